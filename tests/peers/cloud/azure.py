"""Microsoft Entra's token endpoint, and an Azure registry in front of a real one.

Sources: Microsoft's documentation ("OAuth 2.0 client credentials flow": a federated credential as assertion),
github.com/Azure/acr `docs/AAD-OAuth.md`, github.com/Azure/azure-sdk-for-go `sdk/containers/azcontainerregistry`.
"""

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt

from tests.peers.certificates import self_signed
from tests.peers.exchange import Answer, Request, json_answer
from tests.peers.loopback import LoopbackServer
from tests.peers.registry_front import RegistryFront

TENANT = "72f988bf-86f1-41af-91ab-2d7cd011db47"
MANAGED_PATH = "/msi/token"
CLIENT = "9d9d9d9d-0000-0000-0000-000000000001"
_LIST = re.compile(r"/acr/v1/(?P<repository>.+)/(?P<list>_tags|_manifests)")
_REPOSITORY = re.compile(
    r"/(?:v2|acr/v1)/(?P<repository>.+)/(?P<kind>tags/list|_tags|_manifests|manifests/.+|blobs/.+)"
)


class Entra(LoopbackServer):
    """Gives an access token for `federated`, a workload's token; speaks https, as azure-identity requires.

    Attributes:
        federated: the token in the file of the service's pod.
        refuses: whether it is refused.
        issued: every access token so far.
        scopes: every scope so far.
        ca_file: the authority that clients trust.
    """

    def __init__(self, folder: Path) -> None:
        self.ca_file, certificate = self_signed("127.0.0.1").write(folder, "entra")
        super().__init__(self._respond_to, certificate=certificate)
        self.federated = "pod-assertion"
        self.refuses = False
        self.issued: list[str] = []
        self.scopes: list[str] = []

    def _respond_to(self, request: Request) -> Answer | None:
        if request.path == MANAGED_PATH:
            return self._managed(request)
        form = {name: values[0] for name, values in parse_qs(request.body.decode()).items()}
        if request.path != f"/{TENANT}/oauth2/v2.0/token":
            return json_answer(404, {"error": "invalid_request", "error_description": request.path})
        if self.refuses or form.get("client_assertion") != self.federated or form.get("client_id") != CLIENT:
            words = "AADSTS70021: No matching federated identity record found for presented assertion."
            return json_answer(401, {"error": "invalid_client", "error_description": words})
        self.scopes.append(form["scope"])
        self.issued.append(secrets.token_urlsafe(24))
        return json_answer(200, {"token_type": "Bearer", "expires_in": 3600, "access_token": self.issued[-1]})

    def _managed(self, request: Request) -> Answer:
        """The endpoint of managed identities in App Service and Container Apps."""
        if request.headers.get("X-IDENTITY-HEADER") != self.federated:
            return json_answer(401, {"statusCode": 401, "message": "the header is wrong"})
        resource = request.query["resource"]
        self.scopes.append(f"{resource}/.default")
        self.issued.append(secrets.token_urlsafe(24))
        ends = str(int((datetime.now(UTC) + timedelta(hours=1)).timestamp()))
        token = {"access_token": self.issued[-1], "expires_on": ends, "resource": resource, "token_type": "Bearer"}
        return json_answer(200, token)


@dataclass(frozen=True)
class AcrTag:
    """A tag as `/acr/v1/NAME/_tags` lists it."""

    name: str
    digest: str
    updated: datetime


class AzureRegistry(RegistryFront):
    """An Azure registry: its own tokens, scopes that depend on the question, and its own lists of tags.

    Attributes:
        service: its name, which its challenges state.
        entra: the access tokens that it exchanges.
        lifetime: of refresh tokens.
        tags: what `_tags` lists, by repository.
        sizes: the image sizes that `_manifests` lists, by digest.
        refuses_exchange: whether the exchange is refused.
        list_status: of its own lists.
        lists: how many of their pages were asked for.
        refresh_tokens: every refresh token so far.
        exchanges: the fields of every exchange, without the token.
        page_of_list: entries on a page of its own lists.
        public: the repository that anybody may pull; none if it is empty.
    """

    def __init__(self, upstream: str, service: str, entra: Entra) -> None:
        super().__init__(upstream)
        self.service, self.entra = service, entra
        self.lifetime = timedelta(hours=3)
        self.tags: dict[str, Sequence[AcrTag]] = {}
        self.sizes: dict[str, int] = {}
        self.refuses_exchange = False
        self.list_status = 200
        self.lists = 0
        self.refresh_tokens: list[str] = []
        self.exchanges: list[Mapping[str, str]] = []
        self.page_of_list = 2
        self.public = ""
        self.now: datetime | None = None
        self._granted: dict[str, str] = {}

    def _answer(self, request: Request) -> Answer | None:
        if request.path == "/oauth2/exchange":
            return self._exchange(_form(request))
        if request.path == "/oauth2/token":
            return self._token(_form(request))
        asked = _REPOSITORY.fullmatch(request.path)
        # Tags are metadata here, manifests are pulled.
        metadata = asked is not None and asked["kind"] in {"tags/list", "_tags", "_manifests"}
        action = "metadata_read" if metadata else "pull"
        scope = f"repository:{asked['repository']}:{action}" if asked else ""
        bearer = (request.authorization or "").removeprefix("Bearer ")
        if asked and asked["repository"] == self.public:
            return super()._answer(request)
        if scope not in self._granted.get(bearer, "none").split():
            challenge = f'Bearer realm="http://{request.headers["Host"]}/oauth2/token",service="{self.service}"'
            named = f'{challenge},scope="{scope}"' if scope else challenge
            return json_answer(401, {"errors": [{"code": "UNAUTHORIZED"}]}, ("WWW-Authenticate", named))
        if found := _LIST.fullmatch(request.path):
            return self._list(found["repository"], found["list"], request)
        return super()._answer(request)

    def _exchange(self, form: Mapping[str, str]) -> Answer:
        token = form.get("access_token")
        self.exchanges.append({name: value for name, value in form.items() if name != "access_token"})
        if self.refuses_exchange or token not in self.entra.issued or form.get("service") != self.service:
            return json_answer(401, {"errors": [{"code": "UNAUTHORIZED", "message": "authentication required"}]})
        ends = (self.now or datetime.now(UTC)) + self.lifetime
        claims = {"exp": int(ends.timestamp()), "jti": secrets.token_hex(8), "grant_type": "refresh_token"}
        self.refresh_tokens.append(jwt.encode(claims, "key-of-the-registry-which-is-long-enough", algorithm="HS256"))
        return json_answer(200, {"refresh_token": self.refresh_tokens[-1]})

    def _token(self, form: Mapping[str, str]) -> Answer:
        if form.get("grant_type") != "refresh_token" or form.get("refresh_token") not in self.refresh_tokens:
            return json_answer(401, {"errors": [{"code": "UNAUTHORIZED"}]})
        token = secrets.token_urlsafe(24)
        self._granted[token] = form.get("scope", "")
        return json_answer(200, {"access_token": token})

    def _list(self, repository: str, which: str, request: Request) -> Answer:
        self.lists += 1
        if self.list_status != 200:
            return json_answer(self.list_status, {"errors": [{"code": "DENIED", "message": "scripted"}]})
        query = {name: values[0] for name, values in parse_qs(urlsplit(request.target).query).items()}
        tags = self.tags.get(repository, ())
        if which == "_tags":
            entries = {tag.name: _tag_document(tag) for tag in sorted(tags, key=lambda tag: tag.name)}
        else:
            digests = sorted({tag.digest for tag in tags})
            entries = {digest: {"digest": digest, "imageSize": self.sizes.get(digest)} for digest in digests}
        rest = [name for name in entries if name > query.get("last", "")]
        here = rest[: self.page_of_list]
        document = {"registry": self.service, "imageName": repository, which[1:]: [entries[name] for name in here]}
        if len(rest) <= len(here):
            return json_answer(200, document)
        following = f"/acr/v1/{repository}/{which}?{urlencode({'last': here[-1], 'n': self.page_of_list})}"
        return json_answer(200, document, ("Link", f'<{following}>; rel="next"'))


def _tag_document(tag: AcrTag) -> dict[str, object]:
    at = tag.updated.strftime("%Y-%m-%dT%H:%M:%S.0000000Z")
    return {"name": tag.name, "digest": tag.digest, "createdTime": at, "lastUpdateTime": at, "signed": False}


def _form(request: Request) -> Mapping[str, str]:
    return {name: values[0] for name, values in parse_qs(request.body.decode()).items()}
