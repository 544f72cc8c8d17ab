"""Images of GitHub's container registry are asked with GitHub's credentials, with all parts of a process."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from catalog.reference import ImageReference
from provider.composition.parts import Parts
from proxy.errors import Refused, Unavailable
from tests.peers.exchange import Answer, Request, json_answer
from tests.peers.github.server import GitHub
from tests.provider.composition.checking import Service
from tests.proxy.github.keys import APP_ID, private_pem, public_pem
from tests.proxy.registries.token_registry import DIGEST, FOUND

PRIVATE = {"acme/app", "acme/team/base", "mona/app", "stranger/app"}
APP = {"GITHUB_APP_ID": APP_ID, "GITHUB_APP_PRIVATE_KEY": private_pem().reveal()}
TOKEN = "ghp_0123456789012345678901234567890123ab"


class GitHubWithImages(GitHub):
    """An Enterprise Server whose container registry, with its token server, is on a host beside it.

    Attributes:
        logins: the passwords of all requests for tokens; None where there was none.
    """

    def __init__(self) -> None:
        super().__init__()
        self.logins: list[str | None] = []

    @property
    def registry(self) -> str:
        """The host of the container registry."""
        return f"containers.{self.name}"

    @property
    def name(self) -> str:
        """The host of the server by name."""
        return f"github.test:{self.host.rpartition(':')[2]}"

    def _respond_to(self, request: Request) -> Answer | None:
        if request.headers["Host"] != self.registry:
            return super()._respond_to(request)
        return self._grant(request) if request.path == "/token" else self._manifest(request)

    def _grant(self, request: Request) -> Answer:
        """A token for what the password may read: a repository of the installation's owner, or a public one."""
        login = request.basic_login
        self.logins.append(login.password if login else None)
        scope = request.query.get("scope")
        repository = scope.split(":")[1] if scope else ""
        known = self.apps.token(login.password) if login else None
        if login and known is None and login.password != TOKEN:
            return json_answer(401, {"errors": [{"code": "UNAUTHORIZED"}]})
        may_read = known is not None and known.installed_for == repository.partition("/")[0]
        if repository in PRIVATE and not may_read and not (login and login.password == TOKEN):
            return json_answer(403, {"errors": [{"code": "DENIED"}]})
        return json_answer(200, {"token": f"granted:{repository}"})

    def _manifest(self, request: Request) -> Answer:
        repository = request.path.removeprefix("/v2/").partition("/manifests/")[0]
        if request.authorization == f"Bearer granted:{repository}":
            return FOUND
        realm = f'Bearer realm="http://{self.registry}/token",service="x",scope="repository:{repository}:pull"'
        return Answer(401, b"", (("WWW-Authenticate", realm),))


@pytest.fixture(name="peer")
def running_peer(monkeypatch: pytest.MonkeyPatch) -> Iterator[GitHubWithImages]:
    """It runs; names below `test` are on this machine."""
    real = socket.getaddrinfo

    def resolved(host: Any, *arguments: Any, **named: Any) -> Any:
        return real("127.0.0.1" if str(host).endswith(".test") else host, *arguments, **named)

    monkeypatch.setattr(socket, "getaddrinfo", resolved)
    with GitHubWithImages() as peer:
        app = peer.apps.register(APP_ID, public_pem())
        for owner in ("acme", "mona"):
            peer.apps.install(app, owner)
        yield peer


def parts_of(peer: GitHubWithImages, folder: Path, **credentials: str) -> Parts:
    """The parts of a service with these credentials for GitHub."""
    if not (folder / "auth.json").exists():
        (folder / "auth.json").write_text("{}", encoding="utf-8")
    hosts = {
        "GITHUB_API_URL": f"http://{peer.name}",
        "INSECURE_REGISTRIES": peer.registry,
        "PRIVATE_HOSTS": peer.registry,
    }
    return Service(folder, {**hosts, **credentials}).parts()


def image(peer: GitHubWithImages, repository: str) -> ImageReference:
    """An image in the container registry."""
    return ImageReference(peer.registry, repository, "latest")


def test_a_github_app_reads_private_images_of_each_owner(peer: GitHubWithImages, tmp_path: Path) -> None:
    """Each owner's installation has a token of its own; the images of a sweep are requested with the right one."""
    with parts_of(peer, tmp_path, **APP) as parts:
        wanted = [(image(peer, repository), None) for repository in ("acme/app", "mona/app", "acme/team/base")]

        assert {answer for _, answer in parts.registries.check(wanted)} == {DIGEST}
        assert parts.registries.digest(image(peer, "acme/app")) == DIGEST
    assert len({login for login in peer.logins if login}) == 2
    assert None not in peer.logins


def test_where_the_app_is_not_installed_public_images_are_read_and_private_ones_name_it(
    peer: GitHubWithImages, tmp_path: Path
) -> None:
    """An owner without the App is no problem of the service."""
    with parts_of(peer, tmp_path, **APP) as parts:
        assert parts.registries.digest(image(peer, "stranger/public")) == DIGEST
        with pytest.raises(Refused, match="is not installed for stranger; install it"):
            parts.registries.digest(image(peer, "stranger/app"))
        assert parts.registry_credentials.problems() == []
    assert set(peer.logins) == {None}


def test_the_fixed_token_reads_private_images_of_every_owner(peer: GitHubWithImages, tmp_path: Path) -> None:
    """IMAGE_FACTORY_GITHUB_TOKEN."""
    with parts_of(peer, tmp_path, GITHUB_TOKEN=TOKEN) as parts:
        for repository in ("acme/app", "stranger/app"):
            assert parts.registries.digest(image(peer, repository)) == DIGEST
    assert set(peer.logins) == {TOKEN}


def test_a_token_that_the_registry_refuses_leaves_public_images_readable(
    peer: GitHubWithImages, tmp_path: Path
) -> None:
    """It is a problem with the registry's host."""
    with parts_of(peer, tmp_path, GITHUB_TOKEN="ghp_expired") as parts:
        assert parts.registries.digest(image(peer, "stranger/public")) == DIGEST
        with pytest.raises(Refused):
            parts.registries.digest(image(peer, "acme/app"))
        assert [problem.where for problem in parts.registry_credentials.problems()] == [peer.registry]


def test_the_auth_file_goes_before_github_s_credentials(peer: GitHubWithImages, tmp_path: Path) -> None:
    """Also for a part of the registry; other parts are asked with GitHub's."""
    login = {"username": "ci", "password": TOKEN}
    (tmp_path / "auth.json").write_text(json.dumps({"auths": {f"{peer.registry}/mona": login}}), encoding="utf-8")
    with parts_of(peer, tmp_path, **APP) as parts:
        for repository in ("mona/app", "acme/app"):
            assert parts.registries.digest(image(peer, repository)) == DIGEST

    assert peer.logins[0] == TOKEN
    assert peer.logins[1] not in {TOKEN, None}


def test_ghcr_io_belongs_to_github_com_alone(tmp_path: Path, peer: GitHubWithImages) -> None:
    """A token of another server is not sent there, and the token of github.com is."""
    with parts_of(peer, tmp_path, GITHUB_TOKEN=TOKEN) as parts:
        assert parts.registry_credentials.for_registry("ghcr.io", "acme/app") is None
    with Service(tmp_path, {"GITHUB_TOKEN": TOKEN}).parts() as parts:
        found = parts.registry_credentials.for_registry("ghcr.io", "acme/app")
        assert found is not None
        assert found.password.reveal() == TOKEN
        assert parts.registry_credentials.for_registry("quay.io", "acme/app") is None


def test_public_images_are_read_while_github_s_api_fails(peer: GitHubWithImages, tmp_path: Path) -> None:
    """No token can be had for an owner then; a private image is unavailable, and says why."""
    peer.fail("GET /users/acme/installation", 503, times=20)
    with parts_of(peer, tmp_path, **APP) as parts:
        assert parts.registries.digest(image(peer, "acme/public")) == DIGEST
        with pytest.raises(Unavailable, match="answered 503 to GET /users/acme/installation"):
            parts.registries.digest(image(peer, "acme/app"))
