"""A token server for registries, like those of ghcr.io and Docker Hub.

Source: distribution's specification, `spec/auth/token` and `spec/auth/jwt`.
"""

import base64
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography.hazmat.primitives.serialization import Encoding

from tests.peers.certificates import self_signed
from tests.peers.exchange import Answer, Login, Request, json_answer
from tests.peers.faults import Faults, faulty_answer
from tests.peers.loopback import LoopbackServer

DEFAULT_LOGIN = Login("ci", "s3cret")
_NOT_BEFORE_SLACK = timedelta(seconds=10)


class TokenFields(Enum):
    """The name of the token in the answer, which differs between registries."""

    BOTH = ("token", "access_token")
    TOKEN = ("token",)
    ACCESS_TOKEN = ("access_token",)


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """A line of the token server's log."""

    scopes: tuple[str, ...]
    service: str | None
    authorized: bool
    user: str | None


class TokenServer(LoopbackServer):
    """Grants all actions to its users, and pull of public names to anyone.

    Attributes may be changed while it runs.

    Attributes:
        users: passwords by user name.
        public: what names anybody may pull match entirely.
        ttl: how long a token is valid; docker-registry allows a minute more.
        multi_scope: off, of several scopes in a request only the first is granted.
        fields: under which names the token is answered.
        tells_expiry: off, the answer has no `expires_in`.
        log: every request, oldest first.
        root_bundle: the certificate that registries trust, a file.
    """

    service = "test-registry"
    issuer = "test-issuer"

    def __init__(self, folder: Path, *, public: str = "public/.*", login: Login = DEFAULT_LOGIN) -> None:
        super().__init__(self._respond_to)
        self.users: dict[str, str] = {login.user: login.password}
        self.public = public
        self.ttl = timedelta(minutes=5)
        self.multi_scope = True
        self.fields = TokenFields.BOTH
        self.tells_expiry = True
        self.log: list[TokenRequest] = []
        self._signer = self_signed(self.issuer)
        self._faults = Faults()
        self.root_bundle, _ = self._signer.write(folder, "token-issuer")

    @property
    def realm(self) -> str:
        """The address that registries send clients to."""
        return f"{self.url}/token"

    def fail(
        self, status: int, *, headers: Mapping[str, str] | None = None, body: bytes | str = "", times: int = 1
    ) -> None:
        """Answer the next requests for a token with that status."""
        self._faults.add("GET", "^/token$", faulty_answer(status, headers, body, "application/json"), times)

    def _respond_to(self, request: Request) -> Answer | None:
        if request.path != "/token" or request.method != "GET":
            return json_answer(404, _errors("NOT_FOUND", "ask GET /token"))
        query = parse_qs(urlsplit(request.target).query)
        scopes = tuple(scope for value in query.get("scope", ()) for scope in value.split(" "))
        service = query.get("service", [None])[0]
        login = request.basic_login
        self.log.append(TokenRequest(scopes, service, bool(request.authorization), login.user if login else None))
        if fault := self._faults.take(request.method, request.path):
            return fault.answer
        if request.authorization and not (login and self.users.get(login.user) == login.password):
            return json_answer(401, _errors("UNAUTHORIZED", "authentication required"))
        return json_answer(200, self._grant(login, scopes, service))

    def _grant(self, login: Login | None, scopes: tuple[str, ...], service: str | None) -> dict[str, object]:
        granted = [self._access(scope, everything=login is not None) for scope in scopes]
        now = datetime.now(UTC)
        claims = {
            "iss": self.issuer,
            "sub": login.user if login else "",
            # GHCR's challenge names no service, so a client of it asks without one.
            "aud": service or self.service,
            "iat": now,
            "nbf": now - _NOT_BEFORE_SLACK,
            "exp": now + self.ttl,
            "jti": str(uuid.uuid4()),
            "access": [access for access in granted[: None if self.multi_scope else 1] if access["actions"]],
        }
        chain = [base64.b64encode(self._signer.certificate.public_bytes(Encoding.DER)).decode()]
        token = jwt.encode(claims, self._signer.key, algorithm="RS256", headers={"x5c": chain})
        answer: dict[str, object] = dict.fromkeys(self.fields.value, token)
        if self.tells_expiry:
            answer["expires_in"] = int(self.ttl.total_seconds())
        return {**answer, "issued_at": now.strftime("%Y-%m-%dT%H:%M:%SZ")}

    def _access(self, scope: str, *, everything: bool) -> dict[str, object]:
        kind, _, rest = scope.partition(":")
        name, _, actions = rest.rpartition(":")
        wanted = actions.split(",")
        if not everything:
            public = kind == "repository" and re.fullmatch(self.public, name)
            wanted = [action for action in wanted if public and action == "pull"]
        return {"type": kind, "name": name, "actions": wanted}


def _errors(code: str, message: str) -> dict[str, object]:
    return {"errors": [{"code": code, "message": message, "detail": None}]}
