"""Private images of the clouds' registries are read with the identity of the service."""

import json
import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from catalog.reference import Digest, ImageReference
from provider.composition import parts as composition
from provider.composition.parts import Parts
from proxy.errors import Refused, Unavailable
from tests.peers.cloud.amazon import USER, Amazon
from tests.peers.cloud.azure import CLIENT, TENANT, AzureRegistry, Entra
from tests.peers.cloud.google import Google
from tests.peers.cloud.names import on_loopback, resolve_to_loopback, set_identity
from tests.peers.exchange import Login
from tests.peers.images import push
from tests.peers.loopback import LoopbackServer
from tests.peers.registry import DockerRegistry
from tests.peers.token_server import TokenServer
from tests.provider.composition.checking import Service
from tests.proxy.clocks import Clock

GOOGLE_USER = "oauth2accesstoken"


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
        needed=True,
    )


def google(file: Callable[[Google, Path], Path]) -> Make:
    """Artifact Registry, whose token server accepts Google's newest access token."""

    def make(ends: ExitStack, folder: Path, patch: pytest.MonkeyPatch) -> World:
        cloud = ends.enter_context(Google())
        tokens = ends.enter_context(GoogleTokenServer(folder, cloud))
        registry = ends.enter_context(DockerRegistry(folder, tokens=tokens))
        host = on_loopback("europe-docker.pkg.dev", registry.host)
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
    )


WORLDS: Mapping[str, Make] = {
    "ecr by a pod's role": amazon,
    "gar by a key": google(Google.key_file),
    "gar by federation": google(Google.federation_file),
    "acr by a pod's identity": azure,
}


@pytest.fixture(params=WORLDS)
def world(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """Each cloud in turn."""
    resolve_to_loopback(monkeypatch)
    folder = tmp_path / "cloud"
    folder.mkdir()
    with ExitStack() as ends:
        made = WORLDS[request.param](ends, folder, monkeypatch)
        set_identity(monkeypatch, made.identity, dict(os.environ))
        yield made


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock of the parts, which a test moves."""
    found = Clock()
    monkeypatch.setattr(composition, "utc_now", found.now)
    return found


def opened(world: World, folder: Path, **settings: str) -> Parts:
    """The parts of a service in this world."""
    return Service(folder, {**world.settings, **settings}).parts()


def test_a_private_image_is_read_with_the_identity(world: World, tmp_path: Path) -> None:
    """Nothing names the registry but the enrollment; credentials are issued once for all requests."""
    with opened(world, tmp_path) as parts:
        assert parts.registries.digest(world.image) == world.digest
        assert list(parts.registries.tags(world.image)) == ["1"]
        assert parts.registry_credentials.problems() == []
    assert world.calls() == 1


def test_many_who_ask_share_one_call(world: World, tmp_path: Path) -> None:
    """32 requests at the same time cause one call."""
    with opened(world, tmp_path) as parts, ThreadPoolExecutor(32) as threads:
        found = set(threads.map(lambda _: parts.registries.digest(world.image), range(32)))
    assert found == {world.digest}
    assert world.calls() == 1


def test_credentials_are_renewed_when_they_expire(world: World, clock: Clock, tmp_path: Path) -> None:
    """Shortly before their end new ones are issued, without a refused request."""
    clock.at = datetime.now(UTC)
    with opened(world, tmp_path) as parts:
        parts.registries.digest(world.image)
        clock.at += world.lifetime / 2
        parts.registries.digest(world.image)
        assert world.calls() == 1
        clock.at += world.lifetime / 2
        assert parts.registries.digest(world.image) == world.digest
    assert world.calls() == 2


def test_a_refusal_says_what_the_cloud_said_and_what_to_do(world: World, tmp_path: Path) -> None:
    """The image and the problems name the host, the cloud's words and the remedy; no secret is in them."""
    world.refuse()
    with opened(world, tmp_path) as parts:
        with pytest.raises(Refused) as raised:
            parts.registries.digest(world.image)
        (problem,) = parts.registry_credentials.problems()
    for text in (str(raised.value), problem.message):
        assert f"issued no credentials for {world.image.registry}: " in text
        assert world.words in text
        assert re.search("role", text)
        assert "auth file" in text
    assert problem.where == world.image.registry


def test_a_cloud_that_cannot_be_reached_is_asked_again_later(world: World, clock: Clock, tmp_path: Path) -> None:
    """The failure is one for now; the next request for credentials follows half a minute later."""
    world.endpoint.down()
    with opened(world, tmp_path) as parts:
        with pytest.raises(Unavailable, match=r"issued no credentials for .*refused the connection"):
            parts.registries.digest(world.image)
        world.endpoint.up()
        with pytest.raises(Unavailable, match="issued no credentials"):
            parts.registries.digest(world.image)
        clock.at += timedelta(minutes=1)
        assert parts.registries.digest(world.image) == world.digest


@pytest.mark.parametrize("chosen", ["none", "auto"])
def test_a_cloud_that_is_not_in_use_is_not_asked(
    chosen: str, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The refusal says how to use the identity; it is no problem of the credentials."""
    if chosen == "auto":
        set_identity(monkeypatch, {}, dict(os.environ))
    with opened(world, tmp_path, CLOUD_CREDENTIALS=chosen) as parts:
        with pytest.raises(Refused, match=f"set IMAGE_FACTORY_CLOUD_CREDENTIALS={world.cloud} where"):
            parts.registries.digest(world.image)
        assert parts.registry_credentials.problems() == []
    assert world.calls() == 0


def test_the_auth_file_comes_before_the_identity(world: World, tmp_path: Path) -> None:
    """An entry for the host is used, and the cloud is not asked."""
    login = {"username": "somebody", "password": "a-password-that-is-wrong"}
    (tmp_path / "auth.json").write_text(json.dumps({"auths": {world.image.registry: login}}))
    with opened(world, tmp_path) as parts, pytest.raises(Refused):
        parts.registries.digest(world.image)
    assert world.calls() == 0


def test_a_library_that_is_not_installed_is_named(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message names the extra to install, and the auth file instead."""
    monkeypatch.setitem(sys.modules, world.module, None)
    with opened(world, tmp_path) as parts:
        with pytest.raises(Refused, match=rf"install image-factory\[{world.cloud}\], or add .* to the auth file"):
            parts.registries.digest(world.image)
        (problem,) = parts.registry_credentials.problems()
    assert f"install image-factory[{world.cloud}]" in problem.message


def test_a_public_image_is_read_without_credentials_while_the_identity_is_refused(world: World, tmp_path: Path) -> None:
    """An identity that is wrong keeps nobody from what anybody may read; ECR has nothing public."""
    world.refuse()
    with opened(world, tmp_path) as parts:
        if world.needed:
            with pytest.raises(Refused):
                parts.registries.digest(world.public)
        else:
            assert parts.registries.digest(world.public) == world.digest
