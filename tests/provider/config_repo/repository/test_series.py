"""Several commits with one push."""

from pathlib import Path

import pytest

from provider.config_repo.repository.series import Rewrite
from proxy.errors import Refused
from tests.provider.config_repo.conftest import Opens
from tests.provider.config_repo.repositories import PROTECTING, Remote, git_in, status


def test_each_rewrite_is_a_commit_and_one_push_has_them(opens: Opens, remote: Remote, tmp_path: Path) -> None:
    """In their order, with exact bytes; the work tree equals the last commit."""
    repository = opens(str(remote.folder))
    text = "é \udcff\r\n\tx"
    rewrites = [
        Rewrite({"images.yaml": "- name: a\n"}, "First\n\nRequested-by: jané\n"),
        Rewrite({"images.d/a b.yaml": text, "images.yaml": None}, "Second\n"),
    ]
    made = repository.commit_series(lambda: rewrites)

    assert remote.log() == ["Second", "First", "A person's change"]
    assert made == tuple(reversed(remote.git("log", "-2", "--format=%H").split()))
    assert remote.git("log", "-1", "--format=%an <%ae> %cn %b", "HEAD~1") == (
        "Image Factory <image-factory@localhost> Image Factory Requested-by: jané\n\n"
    )
    assert (repository.read("images.d/a b.yaml"), repository.read("images.yaml")) == (text, None)
    assert status(tmp_path / "config") == ""
    git_in(tmp_path / "config").run("fsck", "--strict", doing="check every object")


def test_after_a_lost_race_the_rewrites_are_made_again(opens: Opens, remote: Remote) -> None:
    """On top of the newer texts."""
    repository = opens(str(remote.folder))
    remote.push({"images.yaml": "- name: person\n"}, "A person")
    seen: list[str | None] = []

    def make() -> list[Rewrite]:
        seen.append(repository.read("images.yaml"))
        return [Rewrite({"images.yaml": f"{seen[-1]}# {n}\n"}, f"Change {n}\n") for n in range(2)]

    repository.commit_series(make)

    assert seen == ["- name: portal\n", "- name: person\n"]
    assert remote.log()[:3] == ["Change 1", "Change 0", "A person"]
    assert remote.read("images.yaml") == "- name: person\n# 1\n"


def test_no_rewrites_and_errors_write_nothing(opens: Opens, remote: Remote, tmp_path: Path) -> None:
    """A refused push, an error of the caller and an unsafe path leave the branch and the work tree as they were."""
    repository = opens(str(remote.folder))
    before = remote.head()

    def failing() -> list[Rewrite]:
        raise KeyError("x")

    assert repository.commit_series(list) == ()
    with pytest.raises(KeyError):
        repository.commit_series(failing)
    with pytest.raises(ValueError, match="not a path inside"):
        repository.commit_series(lambda: [Rewrite({"../x": ""}, "x\n")])
    remote.hook("update", PROTECTING)
    with pytest.raises(Refused, match="GH006"):
        repository.commit_series(lambda: [Rewrite({"images.yaml": "x"}, "x\n")])

    assert (remote.head(), status(tmp_path / "config")) == (before, "")
    assert repository.read("images.yaml") == "- name: portal\n"


def test_a_proposed_rewrite_is_on_a_branch_of_its_own(opens: Opens, remote: Remote, tmp_path: Path) -> None:
    """The config branch does not move, not even where it is protected; the next proposal replaces the branch."""
    repository = opens(str(remote.folder))
    before = remote.head()
    for title in ("one", "two"):
        made = repository.propose(
            Rewrite({"images.yaml": f"# {title}\n"}, f"Enroll {title}\n"), "image-factory/enroll-x"
        )

    assert remote.head("image-factory/enroll-x") == made
    assert remote.log("image-factory/enroll-x") == ["Enroll two", *remote.log()]
    assert remote.read("images.yaml", "image-factory/enroll-x") == "# two\n"
    assert (remote.head(), status(tmp_path / "config")) == (before, "")
    assert repository.read("images.yaml") == "- name: portal\n"
    repository.commit_series(lambda: [Rewrite({"images.yaml": "# three\n"}, "Change three\n")])
    assert remote.log()[:2] == ["Change three", *remote.log()[1:2]]
