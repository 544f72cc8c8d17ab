"""Files of a repository at the fake GitHub."""

from collections.abc import Iterator

import pytest

from proxy.errors import Garbage, NotFound
from proxy.github.credentials import FixedToken
from proxy.github.files import read_file
from proxy.github.pygithub import SessionRequester
from proxy.github.renames import Renamed
from proxy.github.session import GitHubSession
from proxy.secrets.secret import Secret
from tests.peers.exchange import json_answer
from tests.peers.github.controls import TOKEN
from tests.peers.github.scripts import answered
from tests.peers.github.server import GitHub
from tests.peers.github_samples import FILES, NAME
from tests.proxy.clocks import Clock
from tests.proxy.scripted import open_transport

CONTENTS = f"GET /repos/{NAME}/contents/.*"


@pytest.fixture
def requester(github: GitHub) -> Iterator[SessionRequester]:
    """PyGithub with a token with all permissions, and a repository with files."""
    github.add_repository(NAME, FILES)
    with open_transport(Clock()) as transport:
        yield SessionRequester(GitHubSession(transport, f"{github.url}/", FixedToken(Secret(TOKEN))), "acme")


def test_files_are_read(requester: SessionRequester) -> None:
    """A file is read at a ref or on the default branch, from any spelling of its path."""
    assert read_file(requester, NAME, "./app//Dockerfile", None) == b"FROM debian:12\n"
    assert read_file(requester, NAME, "app/Dockerfile", None) == b"FROM debian:12\n"
    assert read_file(requester, NAME, "app/Dockerfile", "main") == b"FROM debian:12\n"


@pytest.mark.parametrize(
    ("repository", "path", "ref", "words"),
    [
        (NAME, "app", "main", f"github:{NAME}: app on main is a folder"),
        (NAME, "none", None, f"github:{NAME}: none on the default branch does not exist"),
        (NAME, "README.md", "absent", f"github:{NAME} has no branch absent"),
        ("acme/nothing", "README.md", None, "no repository github:acme/nothing, or the service's token"),
    ],
)
def test_what_is_missing_is_named(
    requester: SessionRequester, repository: str, path: str, ref: str | None, words: str
) -> None:
    """The message names the repository, the branch or the file, or what is at the path instead."""
    with pytest.raises(NotFound, match=words):
        read_file(requester, repository, path, ref)


@pytest.mark.parametrize("path", ["README.md", "none"])
def test_a_renamed_repository_is_not_found(github: GitHub, requester: SessionRequester, path: str) -> None:
    """Its new name may have another owner, so its files are not read under the old name."""
    github.rename_repository(NAME, "acme/gate")

    with pytest.raises(Renamed, match=f"github:{NAME}.* was renamed or moved"):
        read_file(requester, NAME, path, None)


@pytest.mark.parametrize(
    "document",
    [
        {"type": "file", "encoding": "base64", "content": "a"},
        {"message": "strange"},
        {"url": "https://["},
        "text",
        None,
    ],
)
def test_an_answer_that_is_not_a_file_is_garbage(github: GitHub, requester: SessionRequester, document: object) -> None:
    """It is a transient failure."""
    github.script(CONTENTS, answered(json_answer(200, document)))

    with pytest.raises(Garbage, match=f"github:{NAME}: README.md"):
        read_file(requester, NAME, "README.md", None)
