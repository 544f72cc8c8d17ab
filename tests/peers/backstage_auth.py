"""The part of a Backstage that identifies its users: keys, tokens and userinfo.

Source: backstage, plugins/auth-backend/src/identity/issueUserToken.ts and
packages/backend-defaults/src/entrypoints/auth; shapes as measured with Backstage 1.55.
"""

import base64
import json
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

from tests.peers.exchange import Answer, Request, SeenRequest, json_answer
from tests.peers.faults import Faults, faulty_answer
from tests.peers.loopback import LoopbackServer

USER_KEYS = "/api/auth/.well-known/jwks.json"
SCAFFOLDER_KEYS = "/api/scaffolder/.backstage/auth/v1/jwks.json"
USERINFO = "/api/auth/v1/userinfo"
_HOUR = 3600
Claims = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key and its id."""

    private: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    algorithm: str = "ES256"

    @property
    def document(self) -> dict[str, object]:
        """The public part, as a JWKS lists it."""
        public = ECAlgorithm.to_jwk(self.private.public_key(), as_dict=True)
        return {**public, "kid": self.id, "alg": self.algorithm}

    def sign(self, signed: bytes) -> bytes:
        """The signature of JWS, whichever curve the key has."""
        algorithm = ECAlgorithm(ECAlgorithm.SHA256 if self.algorithm == "ES256" else ECAlgorithm.SHA384)
        return algorithm.sign(signed, self.private)


def compose(header: Claims, claims: Claims, sign: Callable[[bytes], bytes]) -> str:
    """A token with any header and claims, valid or not."""
    signed = f"{_encoded(header)}.{_encoded(claims)}"
    return f"{signed}.{base64url(sign(signed.encode()))}"


def base64url(content: bytes) -> str:
    """Without padding, as JOSE writes it."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


class BackstageAuth(LoopbackServer):
    """Attributes may be changed while it runs.

    Attributes:
        user_keys: of the auth backend; it signs with the last.
        scaffolder_keys: of the scaffolder's backend; it signs with the last.
        groups: direct memberships by user.
        log: every request, oldest first.
    """

    def __init__(self) -> None:
        super().__init__(self._respond_to)
        self.user_keys = [SigningKey()]
        self.scaffolder_keys = [SigningKey()]
        self.groups: dict[str, list[str]] = {}
        self.log: list[SeenRequest] = []
        self._faults = Faults()

    @property
    def issuer(self) -> str:
        """The `iss` of user tokens."""
        return f"{self.url}/api/auth"

    @property
    def asked(self) -> list[str]:
        """The requested paths."""
        return [request.path for request in self.log]

    def rotate(self) -> None:
        """Sign with new keys and remove the old ones, like a start with an in-memory database."""
        self.user_keys, self.scaffolder_keys = [SigningKey()], [SigningKey()]

    def fail(
        self, path: str, status: int, times: int = 1, body: str = "", headers: Mapping[str, str] | None = None
    ) -> None:
        """Answer the next requests for this path with this status."""
        self._faults.add("GET", f"^{path}$", faulty_answer(status, headers, body, "application/json"), times)

    def user_token(self, user: str = "user:default/jane", *, header: Claims | None = None, **claims: object) -> str:
        """A user's token; `header` and `claims` change what is in it, None takes a claim out."""
        limited = self.limited_token(user)
        base = {"iss": self.issuer, "sub": user, "aud": "backstage", **_times(), "uip": limited.rpartition(".")[2]}
        return _signed(self.user_keys[-1], "vnd.backstage.user", base | claims, header)

    def limited_token(self, user: str = "user:default/jane", *, header: Claims | None = None, **claims: object) -> str:
        """A limited token of a user, which plugins pass on."""
        base = {"sub": user, **_times()}
        return _signed(self.user_keys[-1], "vnd.backstage.limited-user", base | claims, header)

    def plugin_token(self, obo: str | None, *, header: Claims | None = None, **claims: object) -> str:
        """A token of the scaffolder for the proxy plugin, which acts for the user of the limited token."""
        base = {"sub": "scaffolder", "aud": "proxy", **_times(), "obo": obo}
        return _signed(self.scaffolder_keys[-1], "vnd.backstage.plugin", base | claims, header)

    def _respond_to(self, request: Request) -> Answer | None:
        self.log.append(SeenRequest.of(request))
        if fault := self._faults.take(request.method, request.path):
            return fault.answer
        if request.path == USERINFO:
            return self._userinfo(request.authorization.removeprefix("Bearer "))
        keys = {USER_KEYS: self.user_keys, SCAFFOLDER_KEYS: self.scaffolder_keys}.get(request.path)
        if keys is None:
            return json_answer(404, {"error": {"name": "NotFoundError"}})
        return json_answer(200, {"keys": [key.document for key in keys]})

    def _userinfo(self, token: str) -> Answer:
        try:
            kid = jwt.get_unverified_header(token)["kid"]
            key = next(key for key in self.user_keys if key.id == kid)
            claims = jwt.decode(token, key.private.public_key(), ["ES256"], options={"verify_aud": False})
        except (jwt.InvalidTokenError, StopIteration):
            return json_answer(401, {"error": {"name": "AuthenticationError"}})
        user = claims["sub"]
        return json_answer(200, {"claims": {"sub": user, "ent": [user, *self.groups.get(user, [])]}})


def _signed(key: SigningKey, kind: str, claims: Claims, header: Claims | None) -> str:
    full = {"typ": kind, "alg": "ES256", "kid": key.id, **(header or {})}
    return compose(full, {name: value for name, value in claims.items() if value is not None}, key.sign)


def _times() -> dict[str, object]:
    now = int(time.time())
    return {"iat": now, "exp": now + _HOUR}


def _encoded(document: Claims) -> str:
    return base64url(json.dumps(document, separators=(",", ":")).encode())
