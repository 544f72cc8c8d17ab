"""Git over HTTP, tested with git itself."""

import base64
import gzip
import os
import subprocess
from pathlib import Path

import pytest
import requests

from tests.peers.git_server import GitServer, PushStage

REPOSITORY = "acme/config"


class Client:
    """git in one folder, with a token that is not in an argument."""

    def __init__(self, folder: Path, token: str | None) -> None:
        self.folder = folder
        basic = base64.b64encode(f"x-access-token:{token}".encode()).decode()
        self._environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "LC_ALL": "C",
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_COUNT": "3",
            "GIT_CONFIG_KEY_0": "user.name",
            "GIT_CONFIG_VALUE_0": "Tester",
            "GIT_CONFIG_KEY_1": "user.email",
            "GIT_CONFIG_VALUE_1": "tester@example.com",
            "GIT_CONFIG_KEY_2": "http.extraHeader",
            "GIT_CONFIG_VALUE_2": f"Authorization: Basic {basic}" if token else "X-Anonymous: yes",
            "GIT_TRACE_PACKET": "1",
        }

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """A git command's result, whatever its status."""
        command = ["git", "-C", str(self.folder), *arguments]
        return subprocess.run(command, check=False, capture_output=True, text=True, env=self._environment)

    def commit(self, path: str, text: str) -> None:
        """Commit one file in the clone."""
        (self.folder / path).write_text(text)
        assert self.run("add", "--", path).returncode == 0
        assert self.run("commit", "-qm", f"Change {path}").returncode == 0


@pytest.fixture
def address(git_server: GitServer) -> str:
    """A repository with one file and two tags."""
    return git_server.create(REPOSITORY, {"images.yaml": "[]\n"}, tags=("v1.0.0", "v1.1.0"))


def cloned(tmp_path: Path, address: str, token: str | None) -> Client:
    """A clone of the repository."""
    client = Client(tmp_path, token)
    done = client.run("clone", "-q", address, "clone")
    assert done.returncode == 0, done.stderr
    client.folder = tmp_path / "clone"
    return client


def test_a_clone_is_changed_and_pushed(git_server: GitServer, address: str, tmp_path: Path) -> None:
    """With the write token, git clones and pushes by protocol version 2."""
    client = cloned(tmp_path, address, git_server.write_token)
    client.commit("images.yaml", "- name: a\n")

    pushed = client.run("push", "origin", "main")

    assert pushed.returncode == 0, pushed.stderr
    assert git_server.repositories.read(REPOSITORY, "images.yaml") == "- name: a\n"
    assert git_server.repositories.messages(REPOSITORY) == ["Change images.yaml", "Start"]
    assert "version 2" in client.run("ls-remote", address).stderr
    assert git_server.log[0].headers["Git-Protocol"] == "version=2"


def test_a_large_push_is_sent_in_chunks(git_server: GitServer, address: str, tmp_path: Path) -> None:
    """A pack larger than git's post buffer is sent chunked, and arrives completely."""
    client = cloned(tmp_path, address, git_server.write_token)
    text = "".join(f"{number * 7919 % 1000003}\n" for number in range(20_000))
    client.commit("large.txt", text)

    pushed = client.run("-c", "http.postBuffer=1024", "push", "origin", "main")

    assert pushed.returncode == 0, pushed.stderr
    assert git_server.repositories.read(REPOSITORY, "large.txt") == text


def test_a_compressed_body_is_read(git_server: GitServer, address: str) -> None:
    """Git compresses longer requests; the answer is the same."""
    question = b"0014command=ls-refs\n0001001aref-prefix refs/tags/\n0000"
    answers = [
        requests.post(
            f"{address}/git-upload-pack",
            data=body,
            headers={"Content-Type": "application/x-git-upload-pack-request", "Git-Protocol": "version=2", **encoding},
            auth=("x-access-token", git_server.read_token),
            timeout=60,
        )
        for body, encoding in ((question, {}), (gzip.compress(question), {"Content-Encoding": "gzip"}))
    ]

    assert b"refs/tags/v1.1.0" in answers[0].content
    assert answers[1].content == answers[0].content


@pytest.mark.parametrize("token", ["wrong", None])
def test_without_a_valid_token_git_is_refused(
    git_server: GitServer, address: str, tmp_path: Path, token: str | None
) -> None:
    """Without a token and with a wrong one, git is asked for credentials."""
    assert "could not read Username" in Client(tmp_path, token).run("ls-remote", address).stderr
    assert [seen.authorized for seen in git_server.log] == [token is not None]


def test_anonymous_reading_can_be_allowed(git_server: GitServer, address: str, tmp_path: Path) -> None:
    """A public repository can be read without a token, but not written."""
    git_server.anonymous_reading = True
    client = cloned(tmp_path, address, None)
    client.commit("a", "1")

    assert "could not read Username" in client.run("push", "origin", "main").stderr


def test_the_read_token_does_not_push(git_server: GitServer, address: str, tmp_path: Path) -> None:
    """Reading works, and a push is answered 403."""
    client = cloned(tmp_path, address, git_server.read_token)
    client.commit("a", "1")

    assert "error: 403" in client.run("push", "origin", "main").stderr


def test_a_protected_branch_is_refused_in_githubs_words(git_server: GitServer, address: str, tmp_path: Path) -> None:
    """The error is GH006, and other branches accept pushes."""
    git_server.repositories.protect(REPOSITORY, "main")
    client = cloned(tmp_path, address, git_server.write_token)
    client.commit("a", "1")

    refused = client.run("push", "origin", "main").stderr
    assert "GH006" in refused
    assert "[remote rejected]" in refused
    assert client.run("push", "origin", "HEAD:state").returncode == 0


@pytest.mark.parametrize(
    ("stage", "words"),
    [(PushStage.BEFORE_ADVERTISEMENT, "(fetch first)"), (PushStage.BEFORE_UPDATE, "[remote rejected]")],
)
def test_a_push_race_is_lost_once(
    git_server: GitServer, address: str, tmp_path: Path, stage: PushStage, words: str
) -> None:
    """Another commit before the push makes it fail; after a rebase it succeeds."""
    client = cloned(tmp_path, address, git_server.write_token)
    client.commit("mine", "1")
    git_server.before_push(REPOSITORY, lambda: git_server.repositories.commit(REPOSITORY, {"theirs": "1"}), stage)

    lost = client.run("push", "origin", "main")

    assert (lost.returncode, words in lost.stderr) == (1, True), lost.stderr
    assert client.run("pull", "-q", "--rebase", "origin", "main").returncode == 0
    assert client.run("push", "origin", "main").returncode == 0
    assert git_server.repositories.files(REPOSITORY) == ["images.yaml", "mine", "theirs"]


def test_a_forced_push_is_refused(git_server: GitServer, address: str, tmp_path: Path) -> None:
    """History on the server is never rewritten."""
    client = cloned(tmp_path, address, git_server.write_token)
    assert client.run("commit", "-q", "--amend", "-m", "Rewritten").returncode == 0

    assert "non-fast-forward" in client.run("push", "--force", "origin", "main").stderr


def test_an_empty_repository_accepts_a_first_push(git_server: GitServer, tmp_path: Path) -> None:
    """A repository without files has no branch yet, like a new one at a forge."""
    address = git_server.create("acme/new")
    client = cloned(tmp_path, address, git_server.write_token)
    client.commit("README.md", "new\n")

    assert client.run("push", "origin", "HEAD:main").returncode == 0
    assert git_server.repositories.files("acme/new") == ["README.md"]


def test_commits_on_the_server_change_and_remove_files(git_server: GitServer, address: str) -> None:
    """A commit without a client replaces a text and removes a file."""
    repositories = git_server.repositories
    repositories.commit(REPOSITORY, {"a/b.yaml": "ä\n"})
    repositories.commit(REPOSITORY, {"images.yaml": None}, message="Remove it")

    assert repositories.files(REPOSITORY) == ["a/b.yaml"]
    assert repositories.read(REPOSITORY, "a/b.yaml") == "ä\n"
    with pytest.raises(FileNotFoundError, match=r"acme/config: no images\.yaml at main"):
        repositories.read(REPOSITORY, "images.yaml")


def test_faults_and_unknown_repositories(git_server: GitServer, address: str) -> None:
    """A scripted fault occurs once; an unknown repository is 404 with a valid token."""
    git_server.fail("GET", "/info/refs$", 503)
    statuses = [
        requests.get(
            f"{git_server.url}/{name}/info/refs?service=git-upload-pack",
            auth=(git_server.read_token, ""),
            timeout=60,
        ).status_code
        for name in (REPOSITORY, REPOSITORY, "acme/none")
    ]

    assert statuses == [503, 200, 404]
