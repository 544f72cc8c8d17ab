"""The client before the fake GitHub: one request each time, no waiting, no following elsewhere."""

from collections.abc import Iterator

import pytest

from provider.github_client import GitHubClient, GitHubClients, NotAFile, ask, read_file
from provider.github_failures import Cause, GitHubFailure
from proxy.errors import OutsideFailure, Refused, Unavailable
from proxy.github.credentials import FixedToken
from proxy.secrets.secret import Secret
from tests.peers.github.controls import TOKEN
from tests.peers.github.server import GitHub
from tests.peers.github_samples import FILES, NAME
from tests.proxy.clocks import NOW


class Replacing(FixedToken):
    """Its first token until that is discarded, then its second."""

    def __init__(self, *tokens: str) -> None:
        self.tokens = [Secret(token) for token in tokens]

    def token(self, owner: str) -> Secret:  # noqa: ARG002 - the protocol's
        """See the protocol."""
        return self.tokens[0]

    def discard(self, owner: str, token: Secret) -> bool:  # noqa: ARG002 - the protocol's
        """See the protocol."""
        self.tokens.remove(token)
        return True


class Failing(FixedToken):
    """Has no token to give."""

    def __init__(self, error: OutsideFailure) -> None:
        self.error = error

    def token(self, owner: str) -> Secret:  # noqa: ARG002 - the protocol's
        """See the protocol."""
        raise self.error


@pytest.fixture
def client(github: GitHub) -> Iterator[GitHubClient]:
    """A client with the token that may do anything."""
    github.add_repository(NAME, FILES)
    with GitHubClients(f"{github.url}/", FixedToken(Secret(TOKEN))) as clients:
        yield clients.of("acme")


def test_nothing_is_asked_before_it_is_needed(github: GitHub, client: GitHubClient) -> None:
    """Making a client sends no request."""
    assert github.log == []


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_nothing_is_repeated(github: GitHub, client: GitHubClient, method: str) -> None:
    """A 502 and a used-up rate limit are told at once, after one request."""
    path = f"/repos/{NAME}/actions/workflows/build.yml/{'runs' if method == 'GET' else 'dispatches'}"
    for status, headers in ((502, {}), (403, {"X-RateLimit-Remaining": "0"})):
        github.log.clear()
        github.fail(f"{method} {path}", status, headers, times=5)
        with pytest.raises(GitHubFailure) as caught:
            ask(client, method, path, body={"ref": "main"} if method == "POST" else None)
        assert (caught.value.status, len(github.log)) == (status, 1)
        github.heal()


def test_a_renamed_repository_is_said(github: GitHub, client: GitHubClient) -> None:
    """PyGithub follows the 301 without the query, and so would read another branch: that is refused."""
    github.add_repository("acme/gate", FILES)
    github.fail(
        f"GET /repos/{NAME}/contents/.*",
        301,
        {"Location": f"{github.url}/repos/acme/gate/contents/README.md?ref=develop"},
        "Moved Permanently",
    )

    with pytest.raises(GitHubFailure, match="enroll it by its new name") as caught:
        read_file(client, NAME, "README.md", "develop")

    assert caught.value.cause is Cause.REJECTED


def test_a_refused_token_is_replaced_once(github: GitHub) -> None:
    """A 401 carries nothing out, so even a POST goes again; without another token it is told at once."""
    github.add_repository(NAME, FILES)
    path = f"/repos/{NAME}/actions/workflows/build.yml/dispatches"
    body: dict[str, object] = {"ref": "main", "inputs": {"image_factory_rebuild_id": "r-1"}}

    with GitHubClients(github.url, Replacing("old", TOKEN), seconds_between_writes=0) as clients:
        ask(clients.of("acme"), "POST", path, body=body)
    assert (len(github.log), len(github.runs())) == (2, 1)

    with GitHubClients(github.url, FixedToken(Secret("old"))) as clients, pytest.raises(GitHubFailure) as caught:
        ask(clients.of("acme"), "POST", path, body=body)
    assert (caught.value.cause, len(github.log)) == (Cause.UNAUTHORIZED, 3)


@pytest.mark.parametrize(
    ("error", "cause"), [(Unavailable("later", NOW), Cause.NOT_SENT), (Refused("install it"), Cause.UNAUTHORIZED)]
)
def test_where_there_is_no_token_nothing_is_sent(github: GitHub, error: OutsideFailure, cause: Cause) -> None:
    """The failure keeps the words, and the time."""
    with GitHubClients(github.url, Failing(error)) as clients, pytest.raises(GitHubFailure) as caught:
        ask(clients.of("acme"), "GET", f"/repos/{NAME}")

    assert (caught.value.cause, caught.value.words) == (cause, str(error))
    assert caught.value.retry_at == getattr(error, "retry_at", None)
    assert github.log == []


def test_a_redirect_to_another_host_is_not_followed(github: GitHub, client: GitHubClient) -> None:
    """The token would go there."""
    github.fail(f"GET /repos/{NAME}", 301, {"Location": "http://localhost:9/repos/x"})

    with pytest.raises(GitHubFailure, match="IMAGE_FACTORY_GITHUB_API_URL"):
        ask(client, "GET", f"/repos/{NAME}")


def test_files_are_read_and_folders_are_not(client: GitHubClient) -> None:
    """A folder is there but is no file."""
    assert read_file(client, NAME, "app/Dockerfile", None) == b"FROM debian:12\n"
    with pytest.raises(NotAFile, match="is a folder"):
        read_file(client, NAME, "app", "main")


def test_an_enterprise_address_keeps_its_path() -> None:
    """An Enterprise Server's API is below a folder."""
    with GitHubClients("https://ghes.example.com/api/v3/", FixedToken(None)) as clients:
        assert clients.of("acme").github.requester.base_url == "https://ghes.example.com/api/v3"
