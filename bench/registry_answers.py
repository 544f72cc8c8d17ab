"""The answers of the benchmark's registry: tokens, and manifests and tags for requests with a token.

The protocol is that of the distribution specification, with its token specification (`spec/auth/token`).
"""

import base64
import binascii
import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import parse_qs, urlsplit

from bench.population import TAG, current_digest, manifest

_KEY = b"the bench's own; signs nothing else"
_CONTENT = re.compile(r"/v2/(?P<repository>[a-z0-9/-]+)/(?:manifests/(?P<reference>[^/]+)|tags/list)")
_SERVICE = "bench"
Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, body (empty for HEAD) and headers."""

    status: int
    body: bytes = b""
    headers: Headers = ()


@dataclass(frozen=True, slots=True)
class RegistryAnswers:
    """Answers requests; `batches`: a token is granted for all requested scopes, otherwise only for the first."""

    batches: bool

    def answer(self, target: str, headers: Mapping[str, str]) -> Answer:
        """The answer to GET or HEAD of a target; the names of the headers are in lower case."""
        path, host = urlsplit(target).path, headers.get("host", "")
        if path == "/token":
            return self._token(urlsplit(target).query)
        if path == "/v2/":
            return _challenge(host, "")
        found = _CONTENT.fullmatch(path)
        if found is None:
            return Answer(404, b'{"errors": [{"code": "NAME_UNKNOWN"}]}')
        repository = found["repository"]
        if repository not in _granted(headers.get("authorization", "")):
            return _challenge(host, f',scope="repository:{repository}:pull"')
        return _manifest(repository, found["reference"], headers) if found["reference"] else _tags(repository)

    def _token(self, query: str) -> Answer:
        scopes = [scope for value in parse_qs(query).get("scope", ()) for scope in value.split(" ")]
        claims = json.dumps({"access": scopes if self.batches else scopes[:1]}).encode()
        token = f"{base64.urlsafe_b64encode(claims).decode()}.{_signature(claims)}"
        return _json({"token": token, "expires_in": 300})


def _challenge(host: str, scope: str) -> Answer:
    wanted = f'Bearer realm="https://{host}/token",service="{_SERVICE}"{scope}'
    return Answer(401, b'{"errors": [{"code": "UNAUTHORIZED"}]}', (("WWW-Authenticate", wanted),))


@lru_cache(maxsize=20_000)
def _granted(authorization: str) -> frozenset[str]:
    """The repositories that the token gives access to; none if the token is invalid."""
    encoded, _, signature = authorization.removeprefix("Bearer ").partition(".")
    try:
        claims = base64.urlsafe_b64decode(encoded)
    except binascii.Error:
        return frozenset()
    if not hmac.compare_digest(_signature(claims).encode(), signature.encode()):
        return frozenset()
    scopes = json.loads(claims)["access"]
    return frozenset(scope.removeprefix("repository:").removesuffix(":pull") for scope in scopes)


def _signature(claims: bytes) -> str:
    return hmac.new(_KEY, claims, hashlib.sha256).hexdigest()


def _manifest(repository: str, reference: str, headers: Mapping[str, str]) -> Answer:
    digest = current_digest(repository)
    if reference not in {TAG, digest}:
        return Answer(404, b'{"errors": [{"code": "MANIFEST_UNKNOWN"}]}')
    named = (("Docker-Content-Digest", digest), ("ETag", f'"{digest}"'))
    if headers.get("if-none-match") == f'"{digest}"':
        return Answer(304, b"", named)
    kind = ("Content-Type", "application/vnd.oci.image.manifest.v1+json")
    return Answer(200, manifest(repository), (kind, *named))


def _tags(repository: str) -> Answer:
    return _json({"name": repository, "tags": [TAG]})


def _json(document: object) -> Answer:
    return Answer(200, json.dumps(document).encode(), (("Content-Type", "application/json"),))
