"""A commit object holds the batch and nothing else; no branch moves."""

from pathlib import Path

import pytest

from provider.config_repo.repository.objects import read_texts
from provider.config_repo.repository.recording import LostRace, push, record
from provider.config_repo.repository.writing import write_whole
from provider.git.command import GitCommand
from tests.provider.config_repo.repositories import Remote, git_in


@pytest.fixture
def git(remote: Remote) -> GitCommand:
    """Git in a clone of the remote."""
    return git_in(remote.folder.with_name("remote.git-clone"))


def test_a_commit_object_moves_no_branch(git: GitCommand, remote: Remote) -> None:
    """It builds on the base and names what differs; neither the branch here nor the remote knows it."""
    made = record(git, remote.head(), {"b.yaml": "b", "a.yaml": "a", "images.yaml": None}, "Subject\n", write_whole)

    assert made is not None
    assert made.paths == ("a.yaml", "b.yaml", "images.yaml")
    assert git.run("rev-parse", f"{made.sha}^", "HEAD", doing="look").splitlines() == [remote.head()] * 2
    assert git.run("for-each-ref", "--contains", made.sha, doing="look") == ""


def test_a_first_commit_has_no_parent(tmp_path: Path) -> None:
    """Where the remote is empty."""
    git = git_in(tmp_path)
    git.run("init", "-q", doing="make it")
    made = record(git, "", {"a.yaml": "a"}, "First\n", write_whole)

    assert made is not None
    assert made.paths == ("a.yaml",)
    assert git.run("rev-list", "--parents", made.sha, doing="look") == made.sha


TEXT = "name: portal\r\nid: $Format:%H$ $Id$\nwords: gr\u00fc\u00dfe \udcff\n"


@pytest.mark.parametrize(
    "attributes",
    [
        "**/z.yaml working-tree-encoding=UTF-16LE",
        "**/z.yaml working-tree-encoding=no-such-encoding",
        "* text=auto eol=crlf",
        "* text eol=lf",
        "* filter=lfs diff=lfs merge=lfs -text",
        "* export-subst ident",
        "[attr]odd text eol=lf\nstate/** odd",
        "* binary -diff export-ignore",
    ],
)
def test_attributes_of_the_repository_change_no_content(git: GitCommand, remote: Remote, attributes: str) -> None:
    """They neither make the commit fail nor change a byte, whoever pushed them."""
    remote.push({"old.yaml": "old\n"})
    remote.push({".gitattributes": f"{attributes}\n"})
    git.run("pull", "-q", doing="pull")
    made = record(git, remote.head(), {"state/images/z.yaml": TEXT, "old.yaml": None}, "x\n", write_whole)

    assert made is not None
    assert made.paths == ("old.yaml", "state/images/z.yaml")
    assert git.ask("cat-file", "blob", f"{made.sha}:state/images/z.yaml").output == TEXT.encode(
        "utf-8", "surrogateescape"
    )
    git.run("reset", "-q", "--hard", doing="put back")
    push(git, "the remote", made.sha, "refs/heads/main")
    assert read_texts(git, made.sha, ["state/images/z.yaml"]) == {"state/images/z.yaml": TEXT}


def test_what_somebody_else_staged_is_not_committed(git: GitCommand, remote: Remote) -> None:
    """The attempt ends as a lost race, and its own files are gone again."""
    (git.folder / "staged.yaml").write_text("1")
    git.run("add", "staged.yaml", doing="stage")

    with pytest.raises(LostRace, match=r"files were edited in .*: staged\.yaml"):
        record(git, remote.head(), {"a.yaml": "a"}, "x\n", write_whole)
    assert not (git.folder / "a.yaml").exists()


def test_a_push_takes_one_commit_to_the_branch_or_nothing(git: GitCommand, remote: Remote) -> None:
    """A commit that does not build on the remote's newest is a lost race."""
    base = remote.head()
    late = record(git, base, {"late.yaml": "1"}, "Late\n", write_whole)
    git.run("reset", "-q", "--hard", doing="put back")
    first = record(git, base, {"first.yaml": "1"}, "First\n", write_whole)
    assert late is not None
    assert first is not None

    push(git, "the remote", first.sha, "refs/heads/main")
    with pytest.raises(LostRace, match=r"the remote: \[rejected\]"):
        push(git, "the remote", late.sha, "refs/heads/main")
    assert remote.head() == first.sha
