"""What hosted registries and common products send when they are asked for an image: their challenges and token servers.

The values follow what vendors document and what is known of their answers; none was compared with a hosted service.
"""

import json
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qs, parse_qsl, urlsplit

from catalog.reference import Digest
from tests.peers.exchange import Answer, Login, Request, json_answer
from tests.peers.image_documents import OCI, layer_of, manifest_of

TAGS = ("1.0", "1.1", "latest")
PUBLIC, PRIVATE = "acme/public", "acme/private"
PASSWORD = "correct-horse-battery-staple"
_ROUTE = re.compile(r"/v2/(?P<repository>.+)/(?:manifests/(?P<tag>[^/]+)|tags/list|blobs/(?P<blob>[^/]+))")


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one registry asks for credentials.

    Attributes:
        host: as references name it.
        realm: its token server; `basic`: it asks for Basic authentication; empty: it asks for nothing.
        service: in the challenge; empty: left out.
        scope: in the challenge; `{repository}` is the one that was asked for.
        tags_scope: in the challenge of a list of tags, where it differs.
        user: the name that goes with a password or token.
        anonymous: whether it has public images.
        api: the host of its API, where it differs.
        head: whether it answers HEAD of a manifest.
        variables: what an operator sets, without the prefix.
    """

    host: str
    realm: str = ""
    service: str = ""
    scope: str = "repository:{repository}:pull"
    tags_scope: str = ""
    user: str = "robot"
    anonymous: bool = True
    api: str = ""
    head: bool = True
    variables: Mapping[str, str] = field(default_factory=dict)

    @property
    def token_host(self) -> str:
        """The host of its token server; empty: it has none."""
        return urlsplit(self.realm).netloc if "://" in self.realm else ""

    @property
    def elsewhere(self) -> bool:
        """Whether its token server is another host, so that credentials leave the registry's own."""
        return bool(self.token_host) and self.token_host != self.host

    @property
    def login(self) -> Login:
        """What an operator writes into the auth file."""
        return Login(self.user, PASSWORD)


DIALECTS: tuple[Dialect, ...] = (
    Dialect("docker.io", "https://auth.docker.io/token", "registry.docker.io", api="registry-1.docker.io"),
    Dialect("ghcr.io", "https://ghcr.io/token"),
    Dialect("quay.io", "https://quay.io/v2/auth", "quay.io", user="acme+robot"),
    Dialect(
        "europe-docker.pkg.dev", "https://europe-docker.pkg.dev/v2/token", "europe-docker.pkg.dev", user="_json_key"
    ),
    Dialect("gcr.io", "https://gcr.io/v2/token", "gcr.io", user="_json_key"),
    Dialect("mirror.gcr.io", "https://mirror.gcr.io/v2/token", "mirror.gcr.io"),
    Dialect("123456789012.dkr.ecr.eu-west-1.amazonaws.com", "basic", user="AWS", anonymous=False),
    Dialect("123456789012.dkr-ecr.eu-west-1.on.aws", "basic", user="AWS", anonymous=False),
    Dialect("public.ecr.aws", "https://public.ecr.aws/token/", "public.ecr.aws", scope="aws", user="AWS"),
    Dialect("ecr-public.aws.com", "https://ecr-public.aws.com/token/", "public.ecr.aws", scope="aws", user="AWS"),
    Dialect(
        "acme.azurecr.io",
        "https://acme.azurecr.io/oauth2/token",
        "acme.azurecr.io",
        tags_scope="repository:{repository}:metadata_read",
    ),
    Dialect(
        "acme.azurecr.cn",
        "https://acme.azurecr.cn/oauth2/token",
        "acme.azurecr.cn",
        tags_scope="repository:{repository}:metadata_read",
    ),
    Dialect("mcr.microsoft.com"),
    Dialect("registry.gitlab.com", "https://gitlab.com/jwt/auth", "container_registry"),
    Dialect(
        "registry.corp.example",
        "https://gitlab.corp.example/jwt/auth",
        "container_registry",
        variables={"TRUSTED_REALMS": "registry.corp.example=gitlab.corp.example"},
    ),
    Dialect("harbor.corp.example", "https://harbor.corp.example/service/token", "harbor-registry", user="robot$ci"),
    Dialect("nexus.corp.example", "basic", anonymous=False, head=False),
    Dialect(
        "docker.corp.example",
        "https://artifactory.corp.example/artifactory/api/docker/docker-local/v2/token",
        "docker.corp.example",
        variables={"TRUSTED_REALMS": "docker.corp.example=artifactory.corp.example"},
    ),
    Dialect("acme.jfrog.io", "https://acme.jfrog.io/artifactory/api/docker/docker-local/v2/token", "acme.jfrog.io"),
    Dialect("gitea.corp.example", "https://gitea.corp.example/v2/token", "container_registry", scope="*"),
    Dialect(
        "registry.digitalocean.com",
        "https://api.digitalocean.com/v2/registry/auth",
        "registry.digitalocean.com",
        anonymous=False,
    ),
    Dialect(
        "registry.cn-hangzhou.aliyuncs.com",
        "https://dockerauth.cn-hangzhou.aliyuncs.com/auth",
        "registry.aliyuncs.com:cn-hangzhou:26842",
    ),
    Dialect(
        "rg.fr-par.scw.cloud",
        "https://api.scaleway.com/registry-internal/v1/regions/fr-par/tokens",
        "registry",
        user="nologin",
    ),
    Dialect("docker.elastic.co", "https://docker-auth.elastic.co/auth", "token-service"),
    Dialect("nvcr.io", "https://nvcr.io/proxy_auth", "", user="$oauthtoken"),
    Dialect("cgr.dev", "https://cgr.dev/token", "cgr.dev"),
    Dialect(
        "registry.redhat.io",
        "https://registry.redhat.io/auth/realms/rhcc/protocol/redhat-docker-v2/auth",
        "docker-registry",
        anonymous=False,
    ),
    Dialect("registry.access.redhat.com"),
    Dialect("registry.suse.com", "https://scc.suse.com/api/registry/authorize", "SUSE Linux Docker Registry"),
    Dialect("dhi.io", "https://dhi.io/token", "registry.docker.io", anonymous=False),
    Dialect("uk-london-1.ocir.io", "https://uk-london-1.ocir.io/20180419/docker/token", "uk-london-1.ocir.io"),
    Dialect("us.icr.io", "https://us.icr.io/oauth/token", "registry", user="iamapikey", anonymous=False),
    Dialect("icr.io", "https://icr.io/oauth/token", "registry", user="iamapikey"),
    Dialect("container-registry.oracle.com", "https://container-registry.oracle.com/auth", "Oracle Registry"),
)


class HostedRegistry:
    """A registry that speaks a dialect, with a public and a private image, for the hosts that it consists of.

    Attributes:
        digest: of both images.
        leaks: the hosts that got the password where they do not need it.
        signed_in: whether the token server got the login.
    """

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        document = manifest_of("linux/amd64", [layer_of({"a": dialect.host})], {"made": "here"}, OCI)
        self._manifest, self._blobs = document.blob.content, {blob.digest: blob.content for blob in document.needs}
        self.digest = Digest(document.digest)
        self.leaks: set[str] = set()
        self.signed_in = False
        self._granted: dict[str, set[str]] = {}
        self._lock = threading.Lock()

    @property
    def hosts(self) -> frozenset[str]:
        """Every host of it."""
        return frozenset(filter(None, (self.dialect.api or self.dialect.host, self.dialect.token_host)))

    def answer(self, request: Request) -> Answer:
        """The answer of one of its hosts."""
        host = request.headers["Host"].removesuffix(":443")
        at_token_server = host == self.dialect.token_host and request.path == urlsplit(self.dialect.realm).path
        # The API of a product, such as Harbor, is asked with the login too.
        expected = at_token_server or self.dialect.realm == "basic" or request.path.startswith("/api/")
        if _shows(request, PASSWORD) and not expected:
            self.leaks.add(host)
        return self._token(request) if at_token_server else self._registry(request)

    def _token(self, request: Request) -> Answer:
        if request.method == "POST":
            return Answer(405)
        login = request.basic_login
        if login not in {None, self.dialect.login}:
            return Answer(401)
        if login is None and not self.dialect.anonymous:
            return Answer(401)
        self.signed_in |= login is not None
        wanted = [part for text in parse_qs(urlsplit(request.target).query).get("scope", []) for part in text.split()]
        with self._lock:
            token = f"token-{len(self._granted)}-{self.dialect.host}"
            self._granted[token] = {scope for scope in wanted if login or PRIVATE not in scope}
            self._granted[token] |= {"a login"} if login else set()
        return json_answer(200, {"token": token, "access_token": token, "expires_in": 300})

    def _registry(self, request: Request) -> Answer:
        if request.path == "/v2/":
            return self._challenge("user/image", "") if self.dialect.realm else Answer(200)
        found = _ROUTE.fullmatch(request.path)
        if not found or found["repository"] not in {PUBLIC, PRIVATE}:
            return Answer(404)
        lists = request.path.endswith("/tags/list")
        if not self._may(request, found["repository"], lists):
            return self._challenge(found["repository"], self.dialect.tags_scope if lists else "")
        if lists:
            return json_answer(200, {"name": found["repository"], "tags": list(TAGS)})
        return Answer(200, self._blobs[found["blob"]]) if found["blob"] else self._image(request, found["tag"])

    def _image(self, request: Request, tag: str) -> Answer:
        if tag not in {*TAGS, self.digest}:
            return Answer(404)
        if request.method == "HEAD" and not self.dialect.head:
            return Answer(405)
        return Answer(200, self._manifest, (("Docker-Content-Digest", self.digest), ("Content-Type", OCI.manifest)))

    def _may(self, request: Request, repository: str, lists: bool) -> bool:
        if not self.dialect.realm:
            return repository == PUBLIC
        if self.dialect.realm == "basic":
            return request.basic_login == self.dialect.login
        granted = self._granted.get(request.authorization.removeprefix("Bearer "), set())
        if "{repository}" not in self.dialect.scope:
            return bool(granted) and (repository == PUBLIC or "a login" in granted)
        needed = (self.dialect.tags_scope if lists else "") or "repository:{repository}:pull"
        return needed.format(repository=repository) in granted

    def _challenge(self, repository: str, scope: str) -> Answer:
        if self.dialect.realm == "basic":
            return Answer(401, b"", (("WWW-Authenticate", 'Basic realm="the registry"'),))
        parts = [f'Bearer realm="{self.dialect.realm}"']
        if self.dialect.service:
            parts.append(f'service="{self.dialect.service}"')
        parts.append(f'scope="{(scope or self.dialect.scope).format(repository=repository)}"')
        return Answer(401, b"", (("WWW-Authenticate", ",".join(parts)),))


def _shows(request: Request, password: str) -> bool:
    login = request.basic_login
    sent = [value for _, value in parse_qsl(request.body.decode(errors="replace"))]
    return password in sent or password in request.target or (login is not None and login.password == password)


def auth_file(dialect: Dialect) -> str:
    """The auth file with the dialect's login."""
    return json.dumps({"auths": {_key(dialect): {"username": dialect.user, "password": PASSWORD}}})


def helper_file(dialect: Dialect, program: str) -> str:
    """An auth file that names a helper for the dialect's host."""
    return json.dumps({"credHelpers": {_key(dialect): program}})


def _key(dialect: Dialect) -> str:
    return "https://index.docker.io/v1/" if dialect.host == "docker.io" else dialect.host
