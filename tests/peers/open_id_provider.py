"""A small OpenID Connect provider: everybody who comes is signed in at once, as the person that a test sets.

Source: OpenID Connect Core 1.0, Discovery 1.0 and RP-Initiated Logout 1.0; RFC 6749, 7636 and 9207. It checks what a
provider has to check: the client and its proof, the redirect address, PKCE, and that each code is used once.
"""

import hashlib
import hmac
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from urllib.parse import parse_qsl, unquote, urlencode

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import RSAAlgorithm

from tests.peers.backstage_auth import base64url, compose
from tests.peers.exchange import Answer, Request, SeenRequest, json_answer
from tests.peers.faults import Faults, faulty_answer
from tests.peers.loopback import LoopbackServer

CLIENT_ID, CLIENT_SECRET = "factory", "a secret:of+the client"
DISCOVERY = "/.well-known/openid-configuration"
Claims = Mapping[str, object]
_HOUR = 3600


@cache
def provider_key(number: int = 0) -> RSAPrivateKey:
    """A key for signatures; each number is another one, made once for all tests."""
    return generate_private_key(65537, 2048)


@dataclass(frozen=True, slots=True)
class _Code:
    redirect: str
    challenge: str
    nonce: str | None


@dataclass(slots=True)
class Behaviour:
    """What a test changes.

    Attributes:
        person: the claims of who is signed in.
        in_userinfo: claims of the person that only userinfo has.
        claims: replaces claims of the ID token; None leaves one out.
        header: replaces members of its header; None leaves one out.
        document: replaces members of the provider's document; None leaves one out.
        refusal: the error that browsers are sent back with.
        keys: the numbers of the keys that it publishes; it signs with `signs_with`.
    """

    person: dict[str, object] = field(
        default_factory=lambda: {"sub": "1001", "preferred_username": "zoe", "groups": ["team-a"]}
    )
    in_userinfo: dict[str, object] = field(default_factory=dict)
    claims: dict[str, object] = field(default_factory=dict)
    header: dict[str, object] = field(default_factory=dict)
    document: dict[str, object] = field(default_factory=dict)
    refusal: str = ""
    keys: tuple[int, ...] = (0,)
    signs_with: int = 0


class OpenIdPeer(LoopbackServer):
    """Attributes may be changed while it runs; `log` has every request, oldest first."""

    def __init__(self, redirects: tuple[str, ...]) -> None:
        super().__init__(self._respond_to)
        self.redirects = redirects
        self.does = Behaviour()
        self.log: list[SeenRequest] = []
        self._faults = Faults()
        self._codes: dict[str, _Code] = {}
        self._access_tokens: set[str] = set()

    @property
    def asked(self) -> list[str]:
        """The requested paths."""
        return [request.path for request in self.log]

    def fail(self, path: str, status: int, times: int = 1, body: str = "", method: str = "GET") -> None:
        """Answer the next requests for this path with this status."""
        self._faults.add(method, f"^{path}$", faulty_answer(status, None, body, "application/json"), times)

    def _respond_to(self, request: Request) -> Answer | None:
        self.log.append(SeenRequest.of(request))
        if fault := self._faults.take(request.method, request.path):
            return fault.answer
        match request.path:
            case "/.well-known/openid-configuration":
                return json_answer(200, self._document())
            case "/authorize":
                return self._authorize(request.query)
            case "/token":
                return self._token(request)
            case "/keys":
                return json_answer(200, {"keys": [_public(number) for number in self.does.keys]})
            case "/userinfo":
                return self._userinfo(request.authorization.removeprefix("Bearer "))
            case "/end":
                return Answer(200, b"signed out at the provider")
            case _:
                return json_answer(404, {})

    def _document(self) -> dict[str, object]:
        document: dict[str, object] = {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
            "userinfo_endpoint": f"{self.url}/userinfo",
            "end_session_endpoint": f"{self.url}/end",
            "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
        }
        return _without_none(document | self.does.document)

    def _authorize(self, query: Mapping[str, str]) -> Answer:
        asked = query.get("client_id"), query.get("response_type"), query.get("code_challenge_method")
        redirect = query.get("redirect_uri", "")
        if redirect not in self.redirects or asked != (CLIENT_ID, "code", "S256"):
            return Answer(400, b"unknown client, redirect address or way to sign in")
        answer = {"state": query.get("state", "")}
        if self.does.refusal:
            answer |= {"error": self.does.refusal, "error_description": "<b>no</b>"}
        else:
            answer["code"] = secrets.token_urlsafe(16)
            self._codes[answer["code"]] = _Code(redirect, query.get("code_challenge", ""), query.get("nonce"))
        if self.does.document.get("authorization_response_iss_parameter_supported"):
            answer["iss"] = self.url
        return Answer(302, b"", (("Location", f"{redirect}?{urlencode(answer)}"),))

    def _token(self, request: Request) -> Answer:
        form = dict(parse_qsl(request.body.decode()))
        if not self._knows(request, form):
            return json_answer(401, {"error": "invalid_client", "error_description": "wrong secret"})
        code = self._codes.pop(form.get("code", ""), None)
        verifier = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if code is None or (form.get("redirect_uri"), base64url(verifier)) != (code.redirect, code.challenge):
            return json_answer(400, {"error": "invalid_grant"})
        access_token = secrets.token_urlsafe(16)
        self._access_tokens.add(access_token)
        answer = {"access_token": access_token, "token_type": "Bearer", "id_token": self._id_token(code, access_token)}
        return json_answer(200, answer)

    def _knows(self, request: Request, form: Mapping[str, str]) -> bool:
        in_body = self.does.document.get("token_endpoint_auth_methods_supported") == ["client_secret_post"]
        if in_body:
            return (form.get("client_id"), form.get("client_secret")) == (CLIENT_ID, CLIENT_SECRET)
        login = request.basic_login
        return login is not None and (login.user, unquote(login.password)) == (CLIENT_ID, CLIENT_SECRET)

    def _id_token(self, code: _Code, access_token: str) -> str:
        now = int(time.time())
        half = hashlib.sha256(access_token.encode()).digest()[:16]
        base = {"iss": self.url, "aud": CLIENT_ID, "iat": now, "exp": now + _HOUR, "nonce": code.nonce}
        claims = _without_none(base | {"at_hash": base64url(half)} | self.does.person | self.does.claims)
        number = self.does.signs_with
        header = _without_none({"alg": "RS256", "kid": f"key-{number}", **self.does.header})
        return compose(header, claims, lambda signed: _signature(header.get("alg"), number, signed))

    def _userinfo(self, token: str) -> Answer:
        if token not in self._access_tokens:
            return json_answer(401, {"error": "invalid_token"})
        return json_answer(200, self.does.person | self.does.in_userinfo)


def _signature(algorithm: object, number: int, signed: bytes) -> bytes:
    if algorithm == "none":
        return b""
    if algorithm == "HS256":
        # The confusion of algorithms: the public key, which everybody has, as the key of an HMAC.
        public = provider_key(number).public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        return hmac.new(public, signed, hashlib.sha256).digest()
    return RSAAlgorithm(RSAAlgorithm.SHA256).sign(signed, provider_key(number))


def _public(number: int) -> dict[str, object]:
    public = RSAAlgorithm.to_jwk(provider_key(number).public_key(), as_dict=True)
    return {"n": public["n"], "e": public["e"], "kty": "RSA", "kid": f"key-{number}", "use": "sig", "alg": "RS256"}


def _without_none(document: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in document.items() if value is not None}
