"""A scripted registry that requires tokens, and its token server on another port or host."""

import contextlib
import itertools
import json
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

from tests.fakes.registry import digest_of
from tests.peers.exchange import Answer, Request, json_answer
from tests.proxy.scripted import ScriptedHost

DIGEST = digest_of("image")
FOUND = Answer(200, b"", (("Docker-Content-Digest", DIGEST),))


class TokenRegistry:
    """Grants numbered tokens and keeps which scopes each one has.

    Attributes:
        registry: answers HEAD of a manifest with `DIGEST` to a token for its repository, else 401.
        tokens: the token server.
        realm_host: under which name the challenge names the token server.
        scopes: by token, what it grants.
        grants: how many scopes of a request are granted.
        forbidden: repositories that no token grants.
        expired: tokens that are no longer accepted.
    """

    def __init__(self, registry: ScriptedHost, tokens: ScriptedHost) -> None:
        self.registry, self.tokens = registry, tokens
        self.realm_host = tokens.host
        self.scopes: dict[str, list[str]] = {}
        self.grants = 1000
        self.forbidden: set[str] = set()
        self.expired: set[str] = set()
        # Requests come in threads of their own: a number is drawn in one step.
        self._numbers = itertools.count()
        registry.script, tokens.script = self._registry, self._token

    @property
    def token_requests(self) -> list[list[str]]:
        """The scopes of every request to the token server."""
        return [parse_qs(urlsplit(request.target).query).get("scope", []) for request in self.tokens.requests]

    def challenge(self, repository: str) -> Answer:
        """The 401 for a repository; without a service, as GHCR has it."""
        header = f'Bearer realm="http://{self.realm_host}/token",scope="repository:{repository}:pull"'
        return Answer(401, b"", (("WWW-Authenticate", header),))

    def _token(self, request: Request) -> Answer:
        token = f"t0ken-{next(self._numbers)}"
        scopes = parse_qs(urlsplit(request.target).query)["scope"]
        self.scopes[token] = [scope for scope in scopes if scope.split(":")[1] not in self.forbidden][: self.grants]
        return json_answer(200, {"token": token, "expires_in": 300})

    def _registry(self, request: Request) -> Answer:
        repository = request.path.removeprefix("/v2/").rpartition("/manifests/")[0]
        token = request.authorization.removeprefix("Bearer ")
        if token in self.expired or f"repository:{repository}:pull" not in self.scopes.get(token, []):
            return self.challenge(repository or "user/image")
        return FOUND


@contextlib.contextmanager
def token_registry() -> Iterator[TokenRegistry]:
    """A running registry and its token server."""
    with ScriptedHost() as registry, ScriptedHost() as tokens:
        yield TokenRegistry(registry, tokens)


def garbage(text: str = "<html>") -> Answer:
    """An answer with the right status and an invalid body."""
    return Answer(200, text.encode(), (("Content-Type", "application/json"),))


def json_bytes(document: object) -> bytes:
    """A document as a registry sends it."""
    return json.dumps(document).encode()
