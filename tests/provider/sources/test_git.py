"""Dockerfiles by git: which addresses, how much is fetched, and what is left behind."""

import tempfile
from pathlib import Path

import pytest

from provider.domain.enrollment import Source
from provider.sources.dockerfile_text import MOST_BYTES
from provider.sources.git import GitSource
from proxy.errors import AddressRefused, NotFound, Refused, Unavailable
from proxy.http.addresses import AddressPolicy
from proxy.secrets.secret import Secret
from tests.peers.git_server import GitServer
from tests.peers.process import LOOPBACK

NAME = "acme/portal"
FILES = {"Dockerfile": "FROM debian:12\n", "app/Dockerfile": "FROM app\n", "large": "x" * (MOST_BYTES + 1)}
OPEN = AddressPolicy(insecure_registries=(LOOPBACK,))


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for temporary folders; the tests may be run by a git hook, which sets GIT_DIR."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        monkeypatch.delenv(name, raising=False)
    return folder


@pytest.fixture
def address(git_server: GitServer) -> str:
    """A repository that anybody may read."""
    git_server.anonymous_reading = True
    return git_server.create(NAME, FILES)


def source(address: str, dockerfile: str = "Dockerfile", branch: str | None = None) -> Source:
    """A place in a git repository."""
    return Source("git", address, branch=branch, dockerfile=dockerfile)


@pytest.mark.parametrize("filters", ["true", "false"])
def test_a_file_is_fetched_with_and_without_filters(
    git_server: GitServer, address: str, temporary: Path, filters: str
) -> None:
    """A server that knows filters sends one file, another all of one commit; nothing stays here."""
    git_server.repositories.run(NAME, "config", "uploadpack.allowFilter", filters)

    found = GitSource(OPEN).dockerfile(source(address, "app/Dockerfile"))

    assert found.text == "FROM app\n"
    assert found.revision == git_server.repositories.run(NAME, "rev-parse", "main")
    assert list(temporary.iterdir()) == []


def test_a_server_that_refuses_the_filter_is_asked_without(git_server: GitServer, address: str) -> None:
    """Some servers end the request instead of leaving the filter out."""
    repositories = git_server.repositories
    repositories.run(NAME, "config", "uploadpack.allowFilter", "true")
    repositories.run(NAME, "config", "uploadpackfilter.allow", "false")

    assert GitSource(OPEN).dockerfile(source(address)).text == "FROM debian:12\n"


@pytest.mark.parametrize(("path", "words"), [("app", "is a folder"), ("large", "too large"), ("none", "no none on")])
def test_what_is_no_dockerfile(git_server: GitServer, address: str, temporary: Path, path: str, words: str) -> None:
    """It is said what it is, and nothing stays here."""
    git_server.repositories.run(NAME, "config", "uploadpack.allowFilter", "true")

    with pytest.raises(NotFound, match=words):
        GitSource(OPEN).dockerfile(source(address, path))

    assert list(temporary.iterdir()) == []


def test_a_symbolic_link_is_not_followed(git_server: GitServer, address: str) -> None:
    """It might lead anywhere; the message says what to name instead."""
    feed = b"commit refs/heads/main\ncommitter P <p@example.com> 1700000001 +0000\ndata 1\nx\n"
    feed += b"from refs/heads/main^0\nM 120000 inline link\ndata 10\nDockerfile\n"
    git_server.repositories.run(NAME, "fast-import", "--quiet", feed=feed)

    with pytest.raises(NotFound, match="symbolic link; name the file itself"):
        GitSource(OPEN).dockerfile(source(address, "link"))


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("file:///srv/git/portal.git", "not a folder"),
        ("/srv/git/portal.git", "not a folder"),
        ("ext::sh -c id", "not an address"),
        ("--upload-pack=id", "not an address"),
        ("http://git.example.com/portal.git", "plain http is only for listed hosts"),
        ("https://user:hunter2@git.example.com/portal.git", "holds credentials"),
        ("https://internal.example.com/portal.git", "10.0.0.7, which is not a public address"),
        ("git@internal.example.com:portal.git", "10.0.0.7, which is not a public address"),
        ("ssh://git@internal.example.com:2222/portal.git", "internal.example.com:2222"),
    ],
)
def test_addresses_that_git_is_not_given(address: str, words: str) -> None:
    """Refused before git is started, without repeating a password."""
    policy = AddressPolicy(resolver=lambda *_: ["10.0.0.7"])

    with pytest.raises(AddressRefused, match=words) as caught:
        GitSource(policy).dockerfile(source(address))

    assert "hunter2" not in str(caught.value)


def test_git_connects_to_the_address_that_was_judged(git_server: GitServer, address: str) -> None:
    """The system would not find this name, so the connection proves that git did not ask for it again."""
    policy = AddressPolicy(insecure_registries=("git.example.invalid",), resolver=lambda *_: [LOOPBACK])

    found = GitSource(policy).dockerfile(source(address.replace(LOOPBACK, "git.example.invalid")))

    assert found.text == "FROM debian:12\n"


def test_a_token_goes_to_its_own_host_only(git_server: GitServer, address: str) -> None:
    """Another host's token is not sent; without one the server refuses."""
    git_server.anonymous_reading = False
    token = Secret(git_server.read_token)

    with pytest.raises(Refused) as caught:
        GitSource(OPEN, tokens={"git.example.com": token}).dockerfile(source(address))
    assert git_server.read_token not in str(caught.value)

    assert GitSource(OPEN, tokens={LOOPBACK: token}).dockerfile(source(address)).text == "FROM debian:12\n"


def test_a_server_that_is_not_there_is_unavailable(temporary: Path, tmp_path: Path) -> None:
    """A refused connection may pass, and leaves nothing here."""
    with GitServer(tmp_path) as gone:
        url = gone.url

    with pytest.raises(Unavailable):
        GitSource(OPEN).dockerfile(source(f"{url}/{NAME}.git"))

    assert list(temporary.iterdir()) == []


def test_a_host_that_does_not_resolve_is_unavailable() -> None:
    """Its name may be known again later."""

    def nobody(host: str, port: int) -> list[str]:
        raise OSError("name unknown")

    with pytest.raises(Unavailable, match="does not resolve"):
        GitSource(AddressPolicy(resolver=nobody)).dockerfile(source("https://git.example.com/portal.git"))


def test_a_branch_is_never_an_option(git_server: GitServer, address: str) -> None:
    """Whatever is written there is a branch's name."""
    with pytest.raises(NotFound, match="no branch --upload-pack=touch"):
        GitSource(OPEN).dockerfile(source(address, branch="--upload-pack=touch"))
