"""Packing the objects of a checkout, with real git."""

import logging
from dataclasses import replace
from pathlib import Path

import pytest

from provider.config_repo.repository import housekeeping
from provider.config_repo.repository.housekeeping import EVERY_SECONDS, FIRST_SECONDS, Housekeeping
from provider.git.addresses import GitAddress
from provider.git.command import GitCommand
from provider.git.environment import git_environment
from tests.provider.config_repo.conftest import Opens
from tests.provider.config_repo.repositories import Remote, put
from tests.proxy.clocks import Clock

# git estimates their number from one of 256 folders.
OBJECTS = 1_500


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Objects are packed from a smaller number on, so that the tests need fewer."""
    monkeypatch.setattr(housekeeping, "WHEN", (("gc.auto", "700"),))


@pytest.fixture
def clock() -> Clock:
    """A clock that the test moves."""
    return Clock()


@pytest.fixture
def git(tmp_path: Path) -> GitCommand:
    """Git in a new repository, as the service runs it."""
    folder = tmp_path / "here"
    folder.mkdir()
    command = GitCommand(folder, folder / ".git", git_environment(GitAddress.parse(str(folder)), None, {}))
    command.run("init", "-q", doing="make it")
    return command


def loose(git: GitCommand) -> int:
    """The number of objects that are in no pack."""
    return int(git.run("count-objects", doing="count").partition(" ")[0])


def fill(git: GitCommand) -> None:
    """Make loose objects, more than git leaves unpacked: one tree of many blobs, which a branch has."""
    folder = git.folder / "files"
    folder.mkdir()
    for number in range(OBJECTS):
        (folder / f"{number}.txt").write_text(f"content {number}\n")
    git.run("add", "-A", doing="add")
    git.run("commit", "-q", "-m", "many", doing="commit")


def test_objects_are_packed_after_a_minute_and_then_once_an_hour(git: GitCommand, clock: Clock) -> None:
    """By a command of its own: the ones of a round never do it."""
    fill(git)
    packing = Housekeeping([git], clock.monotonic)

    packing.begin_if_due()
    packing.wait()
    early = loose(git)
    clock.sleep(FIRST_SECONDS)
    packing.begin_if_due()
    packing.wait()
    packed = loose(git)
    (git.folder / "one.txt").write_text("one\n")
    git.run("add", "-A", doing="add")
    packing.begin_if_due()
    packing.wait()

    assert early > OBJECTS
    assert packed == 0
    assert loose(git) == 1


def test_a_fetch_leaves_loose_objects_alone(git: GitCommand, tmp_path: Path) -> None:
    """Cut off by the limit of a request, it would begin again with each fetch, and none would end."""
    fill(git)
    other = replace(git, folder=tmp_path / "other", git_dir=tmp_path / "other/.git")
    other.folder.mkdir()
    other.run("init", "-q", doing="make it")
    (other.folder / "new.txt").write_text("new\n")
    other.run("add", "-A", doing="add")
    other.run("commit", "-q", "-m", "new", doing="commit")
    before = loose(git)

    git.run("fetch", "-q", str(other.folder), "HEAD:refs/heads/there", doing="fetch")

    assert loose(git) >= before


def test_a_push_into_the_own_bare_repository_packs_nothing(opens: Opens, tmp_path: Path) -> None:
    """Git's receive-pack does not get the configuration of the command that pushes."""
    opens(None).commit([put("images.yaml", "images: []\n")], "x")
    bare = tmp_path / "config.git"

    assert "autogc = false" in (bare / "config").read_text().lower()


def test_packing_that_fails_is_a_warning_and_is_tried_again(
    git: GitCommand, clock: Clock, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing waits for it."""
    fill(git)
    monkeypatch.setattr(housekeeping, "PACK_SECONDS", 0.0)
    late = Housekeeping([git], clock.monotonic)
    clock.sleep(FIRST_SECONDS)
    with caplog.at_level(logging.WARNING):
        late.begin_if_due()
        late.wait()
    assert "git gc did not end within 0 seconds; tried again within 60 minutes" in caplog.text

    monkeypatch.setattr(housekeeping, "PACK_SECONDS", 60.0)
    again = Housekeeping([git], clock.monotonic)
    clock.sleep(EVERY_SECONDS)
    again.begin_if_due()
    again.wait()

    assert loose(git) == 0


def test_a_pull_begins_it(opens: Opens, remote: Remote, monkeypatch: pytest.MonkeyPatch) -> None:
    """Worker and web part pull before each of their steps."""
    begun: list[Housekeeping] = []

    def note(each: Housekeeping) -> None:
        begun.append(each)

    monkeypatch.setattr(Housekeeping, "begin_if_due", note)

    opens(str(remote.folder)).pull()

    assert len(begun) == 1
