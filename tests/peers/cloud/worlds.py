"""A cloud with a private and a public image, and the identity that a service has there.

Amazon's registry has Basic authentication, Google's a token server on another port, Azure's its own tokens.
"""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Protocol

import pytest

from catalog.reference import Digest, ImageReference
from tests.fakes.registry import digest_of
from tests.peers.cloud.amazon import AGENT_PATH, USER, Amazon
from tests.peers.cloud.azure import CLIENT, MANAGED_PATH, TENANT, AcrTag, AzureRegistry, Entra
from tests.peers.cloud.google import Google, GoogleRegistry
from tests.peers.cloud.names import on_loopback
from tests.peers.exchange import Login
from tests.peers.images import push
from tests.peers.loopback import LoopbackServer
from tests.peers.registry import DockerRegistry
from tests.peers.token_server import TokenServer

GOOGLE_USER = "oauth2accesstoken"
_MANIFEST = "application/vnd.oci.image.manifest.v1+json"


class Lists(Protocol):
    """A cloud's lists of tags with the times of their pushes; the registry's own list is another one."""

    def publish(self, pushed_at: Mapping[str, datetime]) -> None:
        """List the private image with these tags."""

    def answer(self, status: int) -> None:
        """Answer each request from now on with 200, 403 or 503."""

    @property
    def asked(self) -> int:
        """The requests so far."""


@dataclass
class AmazonLists:
    """DescribeImages: an image for each tag."""

    cloud: Amazon
    registry: DockerRegistry
    digest: Digest

    def publish(self, pushed_at: Mapping[str, datetime]) -> None:
        """See the protocol."""
        self.registry.add_tags("team/app", self.digest, [tag for tag in pushed_at if tag != "1"])
        common = {"imageDigest": self.digest, "imageManifestMediaType": _MANIFEST, "imageSizeInBytes": 2048}
        self.cloud.images["team/app"] = [
            {**common, "imageTags": [tag], "imagePushedAt": at.timestamp()} for tag, at in pushed_at.items()
        ]

    def answer(self, status: int) -> None:
        """See the protocol."""
        action = frozenset({"ecr:DescribeImages"})
        self.cloud.refuses = action if status == HTTPStatus.FORBIDDEN else frozenset()
        self.cloud.fails = action if status == HTTPStatus.SERVICE_UNAVAILABLE else frozenset()

    @property
    def asked(self) -> int:
        """See the protocol."""
        return len([action for action in self.cloud.actions if "DescribeImages" in action])


@dataclass
class GoogleLists:
    """The manifests in the list of tags; each tag has one of its own."""

    front: GoogleRegistry
    registry: DockerRegistry
    digest: Digest

    def publish(self, pushed_at: Mapping[str, datetime]) -> None:
        """See the protocol."""
        self.registry.add_tags("acme/team/app", self.digest, [tag for tag in pushed_at if tag != "1"])
        newest = max(pushed_at.values())
        entries = [
            (self.digest if at == newest else digest_of(tag), tag, str(int(at.timestamp() * 1000)))
            for tag, at in pushed_at.items()
        ]
        self.front.manifests["acme/team/app"] = {
            digest: {"tag": [tag], "mediaType": _MANIFEST, "imageSizeBytes": "2048", "timeUploadedMs": at}
            for digest, tag, at in entries
        }

    def answer(self, status: int) -> None:
        """See the protocol."""
        self.front.list_status = status

    @property
    def asked(self) -> int:
        """See the protocol."""
        return self.front.lists


@dataclass
class AzureLists:
    """The registry's `_tags`."""

    front: AzureRegistry
    registry: DockerRegistry
    digest: Digest

    def publish(self, pushed_at: Mapping[str, datetime]) -> None:
        """See the protocol."""
        self.registry.add_tags("team/app", self.digest, [tag for tag in pushed_at if tag != "1"])
        self.front.tags["team/app"] = [AcrTag(tag, self.digest, at) for tag, at in pushed_at.items()]

    def answer(self, status: int) -> None:
        """See the protocol."""
        self.front.list_status = status

    @property
    def asked(self) -> int:
        """See the protocol."""
        return self.front.lists


@dataclass
class World:
    """A cloud with one private image, and a service that has an identity of the cloud.

    Attributes:
        image: the private image.
        digest: its digest.
        settings: of the service, without their prefix.
        identity: the variables of the identity.
        calls: how often the cloud has issued credentials so far.
        refuse: makes the cloud refuse the identity.
        words: what the cloud says then.
        lifetime: of its credentials.
        endpoint: where the cloud issues credentials for identities.
        cloud: its word in the settings, and the name of the extra.
        module: of its library.
        lists: the cloud's lists of tags with their times.
        needed: whether the registry has nothing for anonymous requests.
    """

    image: ImageReference
    digest: Digest
    settings: Mapping[str, str]
    identity: Mapping[str, str]
    calls: Callable[[], int]
    refuse: Callable[[], None]
    words: str
    lifetime: timedelta
    endpoint: LoopbackServer
    cloud: str
    module: str
    lists: Lists
    needed: bool = False

    @property
    def public(self) -> ImageReference:
        """The same image in a repository that anybody may read."""
        return replace(self.image, repository="public/app")


Make = Callable[[ExitStack, Path, pytest.MonkeyPatch], World]


def pushed(registry: DockerRegistry, repository: str, login: Login | None = None) -> Digest:
    """The digest of one image in a private and in a public repository."""
    push(registry.url, "public/app", ["1"], credentials=login)
    return Digest(push(registry.url, repository, ["1"], credentials=login).digest)


def amazon(ends: ExitStack, folder: Path, _: pytest.MonkeyPatch) -> World:
    """ECR, whose registry has Basic authentication; the role is assumed with the token of a pod (IRSA)."""
    cloud = ends.enter_context(Amazon())
    registry = ends.enter_context(DockerRegistry(folder, login=Login(USER, cloud.password)))
    (folder / "token").write_text(cloud.web_identity)
    host = on_loopback("123456789012.dkr.ecr.eu-west-1.amazonaws.com", registry.host)
    digest = pushed(registry, "team/app", Login(USER, cloud.password))
    return World(
        ImageReference(host, "team/app", "1"),
        digest,
        {"INSECURE_REGISTRIES": host},
        {
            "AWS_WEB_IDENTITY_TOKEN_FILE": str(folder / "token"),
            "AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/image-factory",
            "AWS_ENDPOINT_URL_STS": cloud.url,
            "AWS_ENDPOINT_URL_ECR": cloud.url,
        },
        lambda: len([action for action in cloud.actions if "GetAuthorizationToken" in action]),
        lambda: setattr(cloud, "refuses", frozenset({"sts:AssumeRoleWithWebIdentity"})),
        "AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity",
        cloud.lifetime,
        cloud,
        "aws",
        "boto3",
        AmazonLists(cloud, registry, digest),
        needed=True,
    )


def google(file: Callable[[Google, Path], Path]) -> Make:
    """Artifact Registry, whose token server accepts Google's newest access token."""

    def make(ends: ExitStack, folder: Path, patch: pytest.MonkeyPatch) -> World:
        cloud = ends.enter_context(Google())
        tokens = ends.enter_context(GoogleTokenServer(folder, cloud))
        registry = ends.enter_context(DockerRegistry(folder, tokens=tokens))
        front = ends.enter_context(GoogleRegistry(registry.url))
        host = on_loopback("europe-docker.pkg.dev", front.host)
        digest = pushed(registry, "acme/team/app", Login("ci", "ci"))
        return World(
            ImageReference(host, "acme/team/app", "1"),
            digest,
            {"INSECURE_REGISTRIES": f"{host},127.0.0.1", "TRUSTED_REALMS": f"{host}={tokens.host}"},
            {"GOOGLE_APPLICATION_CREDENTIALS": str(file(cloud, folder))},
            lambda: len(cloud.issued),
            lambda: setattr(cloud, "refuses", True),
            "invalid_grant",
            timedelta(seconds=cloud.seconds),
            cloud,
            "gcp",
            "google.auth",
            GoogleLists(front, registry, digest),
        )

    return make


class GoogleTokenServer(TokenServer):
    """Accepts the newest access token of Google as a password."""

    def __init__(self, folder: Path, cloud: Google) -> None:
        super().__init__(folder, login=Login("ci", "ci"))
        self._cloud = cloud

    @property
    def users(self) -> dict[str, str]:
        """Google's user, and who pushes."""
        return {"ci": "ci", **({GOOGLE_USER: self._cloud.issued[-1]} if self._cloud.issued else {})}

    @users.setter
    def users(self, _: dict[str, str]) -> None:
        """The users are Google's."""


def azure(ends: ExitStack, folder: Path, patch: pytest.MonkeyPatch) -> World:
    """An Azure registry; the identity is a federated token of a pod (AKS workload identity)."""
    cloud = ends.enter_context(Entra(folder))
    upstream = ends.enter_context(DockerRegistry(folder))
    registry = ends.enter_context(AzureRegistry(upstream.url, "acme.azurecr.io", cloud))
    (folder / "token").write_text(cloud.federated)
    patch.setenv("SSL_CERT_FILE", str(cloud.ca_file))
    host = on_loopback("acme.azurecr.io", registry.host)
    digest = pushed(upstream, "team/app")
    registry.public = "public/app"
    return World(
        ImageReference(host, "team/app", "1"),
        digest,
        {"INSECURE_REGISTRIES": host},
        {
            "AZURE_FEDERATED_TOKEN_FILE": str(folder / "token"),
            "AZURE_AUTHORITY_HOST": cloud.url,
            "AZURE_TENANT_ID": TENANT,
            "AZURE_CLIENT_ID": CLIENT,
        },
        lambda: len(registry.refresh_tokens),
        lambda: setattr(cloud, "refuses", True),
        "AADSTS70021: No matching federated identity record found",
        registry.lifetime,
        cloud,
        "azure",
        "azure.identity",
        AzureLists(registry, upstream, digest),
    )


WORLDS: Mapping[str, Make] = {
    "ecr by a pod's role": amazon,
    "gar by a key": google(Google.key_file),
    "gar by federation": google(Google.federation_file),
    "acr by a pod's identity": azure,
}


def amazon_by_agent(ends: ExitStack, folder: Path, patch: pytest.MonkeyPatch) -> World:
    """ECR; the agent beside the pods issues the role's keys (EKS Pod Identity)."""
    made = amazon(ends, folder, patch)
    endpoint = made.identity["AWS_ENDPOINT_URL_ECR"]
    identity = {
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{endpoint}{AGENT_PATH}",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": made.identity["AWS_WEB_IDENTITY_TOKEN_FILE"],
        "AWS_ENDPOINT_URL_ECR": endpoint,
    }
    return replace(made, identity=identity)


def google_by_metadata(ends: ExitStack, folder: Path, patch: pytest.MonkeyPatch) -> World:
    """Artifact Registry; a metadata server knows the service account (GKE, Compute Engine)."""
    made = google(Google.key_file)(ends, folder, patch)
    # google-auth reads the variable when it is imported.
    patch.setattr("google.auth.compute_engine._metadata._GCE_METADATA_HOST", made.endpoint.host)
    identity = {"GCE_METADATA_HOST": made.endpoint.host, "GCE_METADATA_IP": made.endpoint.host}
    return replace(made, identity=identity)


def azure_by_managed_identity(ends: ExitStack, folder: Path, patch: pytest.MonkeyPatch) -> World:
    """An Azure registry; the platform has an endpoint for managed identities (App Service, Container Apps)."""
    made = azure(ends, folder, patch)
    token = Path(made.identity["AZURE_FEDERATED_TOKEN_FILE"]).read_text()
    identity = {"IDENTITY_ENDPOINT": f"{made.endpoint.url}{MANAGED_PATH}", "IDENTITY_HEADER": token}
    return replace(made, identity=identity)


IDENTITIES: Mapping[str, Make] = {
    **WORLDS,
    "ecr by an agent": amazon_by_agent,
    "gar by a metadata server": google_by_metadata,
    "acr by a managed identity": azure_by_managed_identity,
}
"""Each kind of identity."""
