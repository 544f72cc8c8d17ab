"""Removes the service's own secrets from texts, logs and answers. Pure.

The last line of defence: no code may rely on it.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from proxy.errors import Garbage
from proxy.secrets.forms import WrittenForm, as_text, written_forms
from proxy.secrets.secret import Secret

HIDDEN = "***"
# Fields of an answer that can contain a credential, such as `temp_clone_token` of GitHub's repositories.
_SECRET_KEY = re.compile(
    r"token|secret|passw(or)?d|credential|authorization|cookie|api_?key|private_?key", re.IGNORECASE
)
# Credentials that are in no setting: those issued at run time, those of callers, those in addresses. A shape is
# searched for only if its hint is in the lower-case text, because most texts have no hint.
_SHAPES = tuple(
    (hint, re.compile(shape, re.IGNORECASE))
    for hint, shape in (
        *((f"{kind}_", rf"\b{kind}_[A-Za-z0-9]{{20,}}") for kind in ("ghp", "gho", "ghu", "ghs", "ghr")),
        ("github_pat_", r"\bgithub_pat_[A-Za-z0-9_]{20,}"),
        ("xox", r"\bxox[a-z]-[A-Za-z0-9-]{10,}"),
        ("eyj", r"\beyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+"),
        ("bearer ", r"(?<=\bbearer )[A-Za-z0-9._~+/-]{16,}=*"),
        ("basic ", r"(?<=\bbasic )[A-Za-z0-9+/]{16,}=*"),
        # `git` is the user of every ssh address.
        ("://", r"(?<=://)(?!git@)[^/\s@]+(?=@)"),
    )
)


class Redactor:
    """Finds secrets in every form in which they can be written; `proxy/secrets/forms.py` has the list.

    Args:
        secrets: all that must not be shown. Secrets shorter than `forms.SHORTEST` are not searched for.
        changing: returns further ones, called for each text; the same tuple as long as they have not changed.
    """

    def __init__(self, secrets: Iterable[Secret], changing: Callable[[], tuple[Secret, ...]] = tuple) -> None:
        self._fixed = _forms(secrets)
        self._changing = changing
        self._seen: tuple[tuple[Secret, ...], tuple[WrittenForm, ...]] = ((), self._fixed)

    @property
    def known(self) -> object:
        """Equal for two moments when the same secrets are searched for: what is kept redacted holds for as long."""
        return self._forms

    @property
    def _forms(self) -> tuple[WrittenForm, ...]:
        """The forms of all secrets as they are now."""
        secrets, forms = self._seen
        if (now := self._changing()) is not secrets:
            forms = tuple(dict.fromkeys((*self._fixed, *_forms(now))))
            self._seen = now, forms
        return forms

    def __repr__(self) -> str:
        return f"Redactor({len(self._forms)} forms)"

    def __call__(self, text: str) -> str:
        """The text with `***` instead of each secret, and of everything that looks like a credential."""
        text = self.without_known(text)
        lower = text.lower()
        for hint, shape in _SHAPES:
            if hint in lower:
                text = shape.sub(HIDDEN, text)
        return text

    def without_known(self, text: str) -> str:
        """The text with `***` instead of each of the secrets; what only looks like a credential stays."""
        pieces, end = [], 0
        for start, stop in _merged(sorted(span for form in self._forms for span in form.spans(text))):
            pieces += [text[end:start], HIDDEN]
            end = stop
        return "".join([*pieces, text[end:]])

    def holds(self, *texts: str | bytes) -> bool:
        """Whether a secret is in one of the texts; bytes are read as UTF-8."""
        decoded = [as_text(text) for text in texts]
        return any(next(form.spans(text), None) for form in self._forms for text in decoded)

    def without_credentials(self, document: object) -> object:
        """The JSON document without fields that can contain a credential.

        Fields with such a name are removed, and values that contain one of the secrets; a document that is such a
        value becomes null.

        Raises:
            Garbage: it is nested too deeply to be checked.
        """
        try:
            # One search in all texts together is much faster than one search in each.
            suspicious = self.holds("\n".join(_texts(document)))
            return self._shown(document, suspicious=suspicious)
        except RecursionError:
            # `from None`: the cause has thousands of useless frames.
            raise Garbage("the upstream's answer is nested too deeply; it is discarded") from None

    def check(self, body: bytes, headers: Mapping[str, str]) -> None:
        """Check the final body and headers of an answer.

        Raises:
            Garbage: one of the secrets is in them.
        """
        if self.holds(body, *headers.values()):
            raise Garbage("the upstream's answer contains one of the service's own credentials; it is discarded")

    def _shown(self, document: object, *, suspicious: bool) -> object:
        def hidden(value: object) -> bool:
            return suspicious and isinstance(value, str) and self.holds(value)

        def shown(value: object) -> object:
            if isinstance(value, Mapping):
                return {
                    key: shown(inner)
                    for key, inner in value.items()
                    if not _SECRET_KEY.search(key) and not hidden(key) and not hidden(inner)
                }
            if isinstance(value, list):
                return [shown(inner) for inner in value if not hidden(inner)]
            return value

        return None if hidden(document) else shown(document)


def _forms(secrets: Iterable[Secret]) -> tuple[WrittenForm, ...]:
    return tuple(dict.fromkeys(form for secret in secrets for form in written_forms(secret)))


def _merged(spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Overlapping spans joined, so that nothing is left of two secrets that share a part."""
    start = stop = 0
    for first, last in spans:
        if first >= stop:
            if stop:
                yield start, stop
            start = first
        stop = max(stop, last)
    if stop:
        yield start, stop


def _texts(document: object) -> Iterator[str]:
    if isinstance(document, str):
        yield document
    elif isinstance(document, Mapping):
        for key, value in document.items():
            yield key
            yield from _texts(value)
    elif isinstance(document, list):
        for value in document:
            yield from _texts(value)
