"""Google's token endpoints: for the key of a service account, for workload identity federation, and a metadata server.

Sources: RFC 7523 (`jwt-bearer`), RFC 8693 (token exchange), google-auth's `identity_pool` and `compute_engine`.
"""

import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.peers.exchange import Answer, Request, json_answer
from tests.peers.loopback import LoopbackServer
from tests.peers.registry_front import RegistryFront

ACCOUNT = "image-factory@acme.iam.gserviceaccount.com"
_JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
# google-auth states Google's own address, whatever the key's `token_uri` is.
_AUDIENCE = "https://oauth2.googleapis.com/token"
_TAG_LIST = re.compile(r"/v2/(?P<repository>.+)/tags/list")
_METADATA = "/computeMetadata/v1/instance/service-accounts/default"


@dataclass
class Google(LoopbackServer):
    """Issues a new access token for each request that proves the identity; attributes may be changed.

    Attributes:
        subject: the token of the workload that federation exchanges.
        seconds: how long access tokens are valid.
        refuses: whether each proof is refused.
        issued: every access token so far.
    """

    subject: str = "workload-token"
    seconds: int = 3600
    refuses: bool = False
    issued: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(self._respond_to)
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    def key_file(self, folder: Path) -> Path:
        """The key of a service account, whose token endpoint is this server."""
        key = self._key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
        document = {
            "type": "service_account",
            "project_id": "acme",
            "private_key_id": "1",
            "private_key": key,
            "client_email": ACCOUNT,
            "client_id": "1",
            "token_uri": f"{self.url}/token",
        }
        return _written(folder / "key.json", document)

    def federation_file(self, folder: Path) -> Path:
        """The configuration of workload identity federation, with the workload's token in a file beside it."""
        (folder / "subject").write_text(self.subject)
        document = {
            "type": "external_account",
            "audience": "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/q",
            "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
            "token_url": f"{self.url}/v1/token",
            "credential_source": {"file": str(folder / "subject")},
        }
        return _written(folder / "federation.json", document)

    def _respond_to(self, request: Request) -> Answer | None:
        if request.path.startswith("/computeMetadata/") or request.path == "/":
            return self._metadata(request)
        form = {name: values[0] for name, values in parse_qs(request.body.decode()).items()}
        proven = self._by_key(form) if request.path == "/token" else self._by_exchange(form)
        if self.refuses or not proven:
            return json_answer(400, {"error": "invalid_grant", "error_description": "Invalid JWT Signature."})
        return json_answer(200, self._token())

    def _by_key(self, form: Mapping[str, str]) -> bool:
        if form.get("grant_type") != _JWT_BEARER:
            return False
        try:
            claims = jwt.decode(form["assertion"], self._key.public_key(), algorithms=["RS256"], audience=_AUDIENCE)
        except jwt.InvalidTokenError:
            return False
        return claims["iss"] == ACCOUNT and "cloud-platform" in claims["scope"]

    def _by_exchange(self, form: Mapping[str, str]) -> bool:
        return form.get("grant_type") == _EXCHANGE and form.get("subject_token") == self.subject

    def _metadata(self, request: Request) -> Answer:
        flavor = ("Metadata-Flavor", "Google")
        if request.headers.get("Metadata-Flavor") != "Google":
            return json_answer(403, {}, flavor)
        if request.path == f"{_METADATA}/token":
            return json_answer(200, self._token(), flavor)
        if request.path == f"{_METADATA}/":
            return json_answer(200, {"email": ACCOUNT, "scopes": [], "aliases": ["default"]}, flavor)
        return Answer(200, b"acme", (flavor, ("Content-Type", "text/plain")))

    def _token(self) -> dict[str, object]:
        self.issued.append(f"ya29.{secrets.token_urlsafe(24)}")
        return {"access_token": self.issued[-1], "expires_in": self.seconds, "token_type": "Bearer"}


class GoogleRegistry(RegistryFront):
    """A registry that adds the manifests to a list of tags that is asked for without `n`, as Google's do.

    Attributes:
        manifests: the entries of `manifest` by digest, for each repository.
        list_status: of that list.
        lists: how often it was asked for.
    """

    def __init__(self, upstream: str) -> None:
        super().__init__(upstream)
        self.manifests: dict[str, Mapping[str, object]] = {}
        self.list_status = 200
        self.lists = 0

    def _answer(self, request: Request) -> Answer | None:
        answer = super()._answer(request)
        found = _TAG_LIST.fullmatch(request.path)
        if found is None or "n" in request.query or answer is None or answer.status != 200:
            return answer
        self.lists += 1
        if self.list_status != 200:
            return json_answer(self.list_status, {"errors": [{"code": "DENIED", "message": "scripted"}]})
        document = json.loads(answer.body)
        return json_answer(200, {**document, "child": [], "manifest": self.manifests.get(found["repository"], {})})


def _written(file: Path, document: object) -> Path:
    file.write_text(json.dumps(document))
    return file
