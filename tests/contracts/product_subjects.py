"""Registries whose products have other APIs, on a scripted host: the APIs answer in the forms of their documentation.

A real product is none of these scripts; they hold what the product's description and source say about its answers.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime

from catalog.reference import Digest
from tests.peers.exchange import Answer, Request, json_answer
from tests.proxy.scripted import ScriptedHost

REPOSITORY = "team/tools/app"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
CONFIGURATION = b'{"os": "linux", "architecture": "amd64"}'


def _sha256(content: bytes) -> Digest:
    return Digest(f"sha256:{hashlib.sha256(content).hexdigest()}")


@dataclass(frozen=True, slots=True)
class Pushed:
    """A tag, and when it was pushed."""

    tag: str
    at: datetime

    @property
    def manifest(self) -> bytes:
        """Of the image: another one for each tag."""
        kind = "application/vnd.oci.image.config.v1+json"
        blob = {"mediaType": kind, "digest": _sha256(CONFIGURATION), "size": len(CONFIGURATION)}
        named = {"org.opencontainers.image.ref.name": self.tag}
        document = {"schemaVersion": 2, "mediaType": MANIFEST, "config": blob, "layers": [], "annotations": named}
        return json.dumps(document).encode()

    @property
    def digest(self) -> Digest:
        """Of the manifest."""
        return _sha256(self.manifest)


def paged(pushed: Sequence[Pushed], number: int, size: int) -> Sequence[Pushed]:
    """One page, from 1."""
    return pushed[(number - 1) * size : number * size]


def rfc3339(at: datetime) -> str:
    """As Go writes times."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


@dataclass(frozen=True, slots=True)
class Product:
    """One product.

    Attributes:
        name: for the names of tests.
        challenge: the `WWW-Authenticate` of the registry at a host.
        api: answers a request to the other API.
        digests: whether its list has digests.
        signed_in: whether the registry's credentials are sent to the API.
    """

    name: str
    challenge: Callable[[str], str]
    api: Callable[[Sequence[Pushed], Request], Answer]
    digests: bool
    signed_in: bool


def quay(pushed: Sequence[Pushed], request: Request) -> Answer:
    """Quay, `GET /api/v1/repository/{repository}/tag/`. Source: quay/quay, endpoints/api/tag.py, ListRepositoryTags.

    Images are not scanned yet (endpoints/api/secscan.py).
    """
    if request.path.endswith("/security"):
        return json_answer(200, {"status": "queued", "data": None})
    assert request.path == f"/api/v1/repository/{REPOSITORY}/tag/"
    query = request.query
    assert query["onlyActiveTags"] == "true"
    number, size = int(query["page"]), min(100, int(query["limit"]))
    tags: list[object] = [
        {
            "name": each.tag,
            "reversion": False,
            "start_ts": int(each.at.timestamp()),
            "manifest_digest": each.digest,
            "is_manifest_list": False,
            "size": 1000,
            "last_modified": format_datetime(each.at),
        }
        for each in paged(pushed, number, size)
    ]
    return json_answer(200, {"tags": tags, "page": number, "has_additional": number * size < len(pushed)})


def harbor(pushed: Sequence[Pushed], request: Request) -> Answer:
    """Harbor, `listArtifacts`. Source: goharbor/harbor, api/v2.0/swagger.yaml."""
    assert request.path == "/api/v2.0/projects/team/repositories/tools%252Fapp/artifacts"
    number, size = int(request.query["page"]), int(request.query["page_size"])
    assert size <= 100
    assert (request.query["q"], request.query["with_tag"]) == ("tags=*", "true")
    artifacts: list[object] = [
        {
            "id": 1,
            "type": "IMAGE",
            "digest": each.digest,
            "size": 1000,
            "push_time": rfc3339(each.at),
            "tags": [{"id": 1, "name": each.tag, "push_time": rfc3339(each.at), "immutable": False}],
            "references": None,
            "accessories": None,
            "extra_attrs": {"architecture": "amd64", "os": "linux", "created": "2020-01-01T00:00:00Z"},
        }
        for each in paged(pushed, number, size)
    ]
    return json_answer(200, artifacts, ("X-Total-Count", str(len(pushed))))


def gitea(pushed: Sequence[Pushed], request: Request) -> Answer:
    """Gitea, `GET /packages/{owner}`. Source: go-gitea/gitea, routers/api/v1/packages/package.go, ListPackages."""
    assert request.path == "/api/v1/packages/team"
    assert (request.query["type"], request.query["q"]) == ("container", "tools/app")
    number, size = int(request.query["page"]), min(50, int(request.query["limit"]))
    versions: list[object] = [
        {
            "id": 1,
            "owner": {"login": "team"},
            "type": "container",
            "name": "tools/app",
            "version": each.tag,
            "html_url": f"https://gitea.example/team/-/packages/container/tools%2Fapp/{each.tag}",
            "created_at": rfc3339(each.at),
        }
        for each in paged(pushed, number, size)
    ]
    return json_answer(200, versions, ("X-Total-Count", str(len(pushed))))


def gitlab(pushed: Sequence[Pushed], request: Request) -> Answer:
    """GitLab, `Project.containerRepositories` and `ContainerRepositoryDetails.tags` of its GraphQL reference."""
    assert request.path == "/api/graphql"
    variables = json.loads(request.query["variables"])
    if "id" not in variables:
        found = {"nodes": [{"id": "gid://gitlab/ContainerRepository/7", "path": REPOSITORY}]}
        projects: Mapping[str, object] = {
            name: {"containerRepositories": found} if path == "team/tools" else None for name, path in variables.items()
        }
        return json_answer(200, {"data": dict(projects)})
    start = int(variables["after"] or 0)
    nodes: list[object] = [
        {"name": each.tag, "digest": each.digest, "createdAt": None, "publishedAt": rfc3339(each.at)}
        for each in pushed[start : start + 100]
    ]
    more = start + 100 < len(pushed)
    page = {"nodes": nodes, "pageInfo": {"hasNextPage": more, "endCursor": str(start + 100)}}
    return json_answer(200, {"data": {"containerRepository": {"tags": page}}})


PRODUCTS = (
    Product(
        "quay",
        lambda host: f'Bearer realm="http://{host}/v2/auth",service="{host}"',
        quay,
        digests=True,
        signed_in=False,
    ),
    Product(
        "harbor",
        lambda host: f'Bearer realm="http://{host}/service/token",service="harbor-registry"',
        harbor,
        digests=True,
        signed_in=True,
    ),
    Product(
        "gitea",
        lambda host: f'Bearer realm="http://{host}/v2/token",service="container_registry",scope="*", Basic realm="x"',
        gitea,
        digests=False,
        signed_in=True,
    ),
    Product(
        "gitlab",
        lambda host: f'Bearer realm="http://{host}/jwt/auth",service="container_registry",error="invalid_token"',
        gitlab,
        digests=True,
        signed_in=False,
    ),
)


@dataclass(slots=True)
class ProductHost:
    """One product on a scripted host, whose repository can be read without credentials.

    Attributes:
        pushed: the tags, newest first.
        api: in the place of the product's API, as long as it returns an answer.
    """

    product: Product
    pushed: Sequence[Pushed]
    api: Callable[[Request], Answer | None] = field(default=lambda _: None)

    def __call__(self, request: Request) -> Answer:
        """The script."""
        host = request.headers["Host"]
        if request.path == "/v2/":
            return json_answer(401, {"errors": []}, ("WWW-Authenticate", self.product.challenge(host)))
        if request.path == f"/v2/{REPOSITORY}/tags/list":
            return json_answer(200, {"name": REPOSITORY, "tags": sorted(each.tag for each in self.pushed)})
        if "/blobs/" in request.path:
            return Answer(200, CONFIGURATION)
        if "/manifests/" in request.path:
            return self._manifest(request.path.rpartition("/")[2])
        if request.path.startswith("/api/"):
            return self.api(request) or self.product.api(self.pushed, request)
        return json_answer(404, {"errors": [{"code": "NAME_UNKNOWN"}]})

    def _manifest(self, reference: str) -> Answer:
        for each in self.pushed:
            if reference in (each.tag, each.digest):
                kind = ("Content-Type", MANIFEST), ("Docker-Content-Digest", each.digest)
                return Answer(200, each.manifest, kind)
        return json_answer(404, {"errors": [{"code": "MANIFEST_UNKNOWN"}]})


def api_requests(host: ScriptedHost) -> list[Request]:
    """The requests for lists to the product's other API."""
    return [each for each in host.requests if each.path.startswith("/api/") and not each.path.endswith("/security")]
