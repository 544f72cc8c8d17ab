"""Dockerfiles from git repositories: allowed addresses, how much is fetched, and cleaning up."""

import itertools
import secrets
import tempfile
from pathlib import Path

import pytest

from provider.domain.enrollment import Source
from provider.git import temporary_repository
from provider.sources.file_text import MOST_BYTES
from provider.sources.git import GitSource
from proxy.errors import AddressRefused, NotFound, Refused, Unavailable
from proxy.http.addresses import AddressPolicy
from proxy.secrets.host_tokens import HostTokens
from proxy.secrets.secret import Secret
from tests.peers.forge import private_forge
from tests.peers.git_server import GitServer
from tests.peers.process import LOOPBACK
from tests.provider.sources.reading import read

NAME = "acme/portal"
FILES = {"Dockerfile": "FROM debian:12\n", "app/Dockerfile": "FROM app\n", "large": "x" * (MOST_BYTES + 1)}
OPEN = AddressPolicy(insecure_registries=(LOOPBACK,))


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for temporary folders; GIT_DIR is unset, because a git hook that runs the tests sets it."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        monkeypatch.delenv(name, raising=False)
    return folder


@pytest.fixture
def address(git_server: GitServer) -> str:
    """A public repository."""
    git_server.anonymous_reading = True
    return git_server.create(NAME, FILES)


def source(address: str, branch: str | None = None) -> Source:
    """A git repository."""
    return Source("git", address, branch=branch)


@pytest.mark.parametrize("filters", ["true", "false"])
def test_a_file_is_fetched_with_and_without_filters(
    git_server: GitServer, address: str, temporary: Path, filters: str
) -> None:
    """A server with filters sends one file, another one all files of one commit; the temporary folder is removed."""
    git_server.repositories.run(NAME, "config", "uploadpack.allowFilter", filters)

    found = read(GitSource(OPEN), source(address), "app/Dockerfile")

    assert found.text == "FROM app\n"
    assert found.revision == git_server.repositories.run(NAME, "rev-parse", "main")
    assert list(temporary.iterdir()) == []


def test_a_server_that_refuses_the_filter_is_asked_without(git_server: GitServer, address: str) -> None:
    """Some servers end the request instead of ignoring the filter."""
    repositories = git_server.repositories
    repositories.run(NAME, "config", "uploadpack.allowFilter", "true")
    repositories.run(NAME, "config", "uploadpackfilter.allow", "false")

    assert read(GitSource(OPEN), source(address)).text == "FROM debian:12\n"


@pytest.mark.parametrize("files", [1, 40, 150], ids="{}-files".format)
@pytest.mark.parametrize("filters", ["ignored", "refused"])
def test_a_repository_that_is_too_large_is_refused(
    git_server: GitServer, address: str, temporary: Path, monkeypatch: pytest.MonkeyPatch, filters: str, files: int
) -> None:
    """A server without filters sends everything: git stops at the limit, whether in one file or in many."""
    monkeypatch.setattr(temporary_repository, "MOST_BYTES", 1024 * 1024)
    noise = {f"noise-{number}": _noise(4 * 1024 * 1024 // files) for number in range(files)}
    git_server.repositories.commit(NAME, noise)
    if filters == "refused":
        git_server.repositories.run(NAME, "config", "uploadpack.allowFilter", "true")
        git_server.repositories.run(NAME, "config", "uploadpackfilter.allow", "false")

    with pytest.raises(Refused, match=r"more than 1 MiB; let its server send single files"):
        read(GitSource(OPEN), source(address))

    assert list(temporary.iterdir()) == []


def test_one_file_of_a_large_repository_is_read_from_a_server_with_filters(git_server: GitServer, address: str) -> None:
    """Only what the Dockerfile needs is sent, so the size of the repository does not matter."""
    git_server.repositories.commit(NAME, {"noise": _noise(4 * 1024 * 1024)})
    git_server.repositories.run(NAME, "config", "uploadpack.allowFilter", "true")

    assert read(GitSource(OPEN), source(address)).text == "FROM debian:12\n"


def _noise(length: int) -> str:
    """Text that no compression makes shorter than half."""
    return secrets.token_hex(length // 2)


@pytest.mark.parametrize(("path", "words"), [("app", "is a folder"), ("large", "too large"), ("none", "no none on")])
def test_a_path_that_is_not_a_dockerfile_is_not_found(
    git_server: GitServer, address: str, temporary: Path, path: str, words: str
) -> None:
    """The message says what it is, and the temporary folder is removed."""
    git_server.repositories.run(NAME, "config", "uploadpack.allowFilter", "true")

    with pytest.raises(NotFound, match=words):
        read(GitSource(OPEN), source(address), path)

    assert list(temporary.iterdir()) == []


def test_a_symbolic_link_is_not_followed(git_server: GitServer, address: str) -> None:
    """The link could point to any file; the message says to name the file itself."""
    feed = b"commit refs/heads/main\ncommitter P <p@example.com> 1700000001 +0000\ndata 1\nx\n"
    feed += b"from refs/heads/main^0\nM 120000 inline link\ndata 10\nDockerfile\n"
    git_server.repositories.run(NAME, "fast-import", "--quiet", feed=feed)

    with pytest.raises(NotFound, match="symbolic link; name the file itself"):
        read(GitSource(OPEN), source(address), "link")


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("file:///srv/git/portal.git", "a folder of this machine cannot be a source"),
        ("/srv/git/portal.git", "a folder of this machine cannot be a source"),
        ("ext::sh -c id", "not an address"),
        ("--upload-pack=id", "not an address"),
        ("http://git.example.com/portal.git", "allowed only for hosts in IMAGE_FACTORY_INSECURE_REGISTRIES"),
        ("https://user:hunter2@git.example.com/portal.git", "contains credentials"),
        ("https://internal.example.com/portal.git", "10.0.0.7, which is not a public address"),
        ("git@internal.example.com:portal.git", "10.0.0.7, which is not a public address"),
        ("ssh://git@internal.example.com:2222/portal.git", "internal.example.com:2222"),
    ],
)
def test_addresses_that_are_not_allowed_are_refused(address: str, words: str) -> None:
    """They are refused before git starts, and the message does not repeat a password."""
    policy = AddressPolicy(resolver=lambda *_: ["10.0.0.7"])

    with pytest.raises(AddressRefused, match=words) as caught:
        read(GitSource(policy), source(address))

    assert "hunter2" not in str(caught.value)


def test_git_connects_to_the_address_that_was_judged(git_server: GitServer, address: str) -> None:
    """The system cannot resolve this name, so the connection proves that git did not resolve it again."""
    policy = AddressPolicy(insecure_registries=("git.example.invalid",), resolver=lambda *_: [LOOPBACK])

    found = read(GitSource(policy), source(address.replace(LOOPBACK, "git.example.invalid")))

    assert found.text == "FROM debian:12\n"


def test_a_token_goes_to_its_own_server_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The token of another server is not sent; without a token the server refuses."""
    with private_forge(tmp_path, monkeypatch, GitServer) as forge:
        address = forge.create(NAME, FILES)
        token = Secret(forge.read_token)
        other, own = (HostTokens.of_sites([(site, token)]) for site in ("https://git.example.com", forge.url))

        with pytest.raises(Refused) as caught:
            read(GitSource(OPEN, tokens=other), source(address))
        assert forge.read_token not in str(caught.value)
        assert read(GitSource(OPEN, tokens=own), source(address)).text == "FROM debian:12\n"


def test_no_token_goes_over_plain_http(git_server: GitServer, address: str) -> None:
    """Not even to a server that the settings list for plain http: everybody on the way could read it."""
    git_server.anonymous_reading = False
    site = git_server.url.replace("http:", "https:")
    tokens = HostTokens.of_sites([(site, Secret(git_server.read_token))])

    with pytest.raises(Refused, match="sent by https only"):
        read(GitSource(OPEN, tokens=tokens), source(address))

    assert git_server.log
    assert not any("authorization" in {name.lower() for name in request.headers} for request in git_server.log)


def test_a_server_that_is_not_there_is_unavailable(temporary: Path, tmp_path: Path) -> None:
    """A refused connection may be temporary; the temporary folder is removed."""
    with GitServer(tmp_path) as gone:
        url = gone.url

    with pytest.raises(Unavailable):
        read(GitSource(OPEN), source(f"{url}/{NAME}.git"))

    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize("seconds", [20.0, 40.0, 70.0, 200.0])
def test_all_commands_of_a_read_end_together(address: str, temporary: Path, seconds: float) -> None:
    """A server whose every answer comes in time, and slowly, does not hold a read for longer than three minutes."""
    moments = itertools.count(0.0, seconds)

    with pytest.raises(Unavailable, match="the time for all git commands of the read is over"):
        read(GitSource(OPEN, monotonic=lambda: next(moments)), source(address))

    assert next(moments) < 180 + 3 * seconds
    assert list(temporary.iterdir()) == []


def test_a_host_that_does_not_resolve_is_unavailable() -> None:
    """It may resolve later."""

    def unresolved(host: str, port: int) -> list[str]:
        raise OSError("name unknown")

    with pytest.raises(Unavailable, match="does not resolve"):
        read(GitSource(AddressPolicy(resolver=unresolved)), source("https://git.example.com/portal.git"))


def test_a_branch_is_never_an_option(git_server: GitServer, address: str) -> None:
    """Every text is passed to git as a branch name."""
    with pytest.raises(NotFound, match="no branch --upload-pack=touch"):
        read(GitSource(OPEN), source(address, branch="--upload-pack=touch"))
