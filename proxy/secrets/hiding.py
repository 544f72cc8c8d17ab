"""What must not leave the service: credentials in an upstream's answer. Pure."""

import base64
import json
import re
from collections.abc import Iterable, Mapping
from urllib.parse import quote, quote_plus

from proxy.errors import Garbage
from proxy.secrets.secret import Secret

# `temp_clone_token` of GitHub's repositories, for one, lets its reader clone.
_SECRET_KEY = re.compile(
    r"token|secret|passw(or)?d|credential|authorization|cookie|api_?key|private_?key", re.IGNORECASE
)
_ESCAPE = re.compile(r"%[0-9A-F]{2}")
# Short texts are in everything once they are encoded.
_LONG_ENOUGH = 8


class Hiding:
    """Knows the service's own secrets in every form in which they could leave.

    Args:
        secrets: all that are configured.
    """

    def __init__(self, secrets: Iterable[Secret]) -> None:
        self._forms = frozenset(form for secret in secrets if secret for form in _forms(secret.reveal()))

    def __repr__(self) -> str:
        return f"Hiding({len(self._forms)} forms)"

    def without_credentials(self, document: object) -> object:
        """The JSON document without fields that could carry a credential.

        Left out are fields whose name says so, and values that hold one of the service's own secrets; a document that
        is nothing but such a value becomes null.

        Raises:
            Garbage: it is nested too deep to be looked through.
        """
        try:
            return self._shown(document)
        except RecursionError:
            # `from None`: thousands of frames say nothing more.
            raise Garbage("the upstream's answer is nested too deep, so it is not passed on") from None

    def _shown(self, document: object) -> object:
        if isinstance(document, Mapping):
            return {
                key: self._shown(value)
                for key, value in document.items()
                if not _SECRET_KEY.search(key) and not self._holds(key) and not self._is_secret(value)
            }
        if isinstance(document, list):
            return [self._shown(value) for value in document if not self._is_secret(value)]
        return None if self._is_secret(document) else document

    def check(self, body: bytes, headers: Mapping[str, str]) -> None:
        """Look once more at exactly what would leave.

        Raises:
            Garbage: one of the service's own secrets is in it.
        """
        if any(form.encode() in body for form in self._forms) or any(map(self._holds, headers.values())):
            raise Garbage("the upstream's answer holds one of the service's own credentials, so it is not passed on")

    def _is_secret(self, value: object) -> bool:
        return isinstance(value, str) and self._holds(value)

    def _holds(self, text: str) -> bool:
        return any(form in text for form in self._forms)


def _forms(text: str) -> Iterable[str]:
    """The text as it is, in an address, in JSON, and in base64 at each of the three places where it may begin."""
    encoded_for_addresses = {quote(text, safe=""), quote(text), quote_plus(text)}
    yield from {text, *encoded_for_addresses, json.dumps(text)[1:-1]}
    yield from (_ESCAPE.sub(lambda found: found[0].lower(), form) for form in encoded_for_addresses)
    raw = text.encode()
    if len(raw) < _LONG_ENOUGH:
        return
    for before in range(3):
        # The first and the last characters also depend on what stands beside.
        encoded = base64.b64encode(b"\0" * before + raw).decode().rstrip("=")
        inner = encoded[-(-before * 8 // 6) : len(encoded) - (0 if (before + len(raw)) % 3 == 0 else 1)]
        yield from {inner, inner.replace("+", "-").replace("/", "_")}
