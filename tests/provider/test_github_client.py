"""The client before the fake GitHub: one request each time, no waiting, no following elsewhere."""

from collections.abc import Iterator

import pytest
from github import Github

from provider.github_client import NotAFile, ask, github_client, read_file
from provider.github_failures import Cause, GitHubFailure
from proxy.credentials import Secret
from tests.peers.github.controls import TOKEN
from tests.peers.github.server import GitHub
from tests.peers.github_samples import FILES, NAME


@pytest.fixture
def client(github: GitHub) -> Iterator[Github]:
    """A client with the token that may do anything."""
    github.add_repository(NAME, FILES)
    with github_client(f"{github.url}/", Secret(TOKEN)) as opened:
        yield opened


def test_nothing_is_asked_before_it_is_needed(github: GitHub, client: Github) -> None:
    """Making a client sends no request."""
    assert github.log == []


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_nothing_is_repeated(github: GitHub, client: Github, method: str) -> None:
    """A 502 and a used-up rate limit are told at once, after one request."""
    path = f"/repos/{NAME}/actions/workflows/build.yml/{'runs' if method == 'GET' else 'dispatches'}"
    for status, headers in ((502, {}), (403, {"X-RateLimit-Remaining": "0"})):
        github.log.clear()
        github.fail(f"{method} {path}", status, headers, times=5)
        with pytest.raises(GitHubFailure) as caught:
            ask(client, method, path, body={"ref": "main"} if method == "POST" else None)
        assert (caught.value.status, len(github.log)) == (status, 1)
        github.heal()


def test_a_renamed_repository_is_said(github: GitHub, client: Github) -> None:
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


def test_a_redirect_to_another_host_is_not_followed(github: GitHub, client: Github) -> None:
    """The token would go there."""
    github.fail(f"GET /repos/{NAME}", 301, {"Location": "http://localhost:9/repos/x"})

    with pytest.raises(GitHubFailure, match="IMAGE_FACTORY_GITHUB_API_URL"):
        ask(client, "GET", f"/repos/{NAME}")


def test_files_are_read_and_folders_are_not(client: Github) -> None:
    """A folder is there but is no file."""
    assert read_file(client, NAME, "app/Dockerfile", None) == b"FROM debian:12\n"
    with pytest.raises(NotAFile, match="is a folder"):
        read_file(client, NAME, "app", "main")


def test_an_enterprise_address_keeps_its_path() -> None:
    """An Enterprise Server's API is below a folder."""
    with github_client("https://ghes.example.com/api/v3/", None) as client:
        assert client.requester.base_url == "https://ghes.example.com/api/v3"
