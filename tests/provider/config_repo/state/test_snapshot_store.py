"""The snapshot in git; what all book stores promise is in tests/contracts/test_snapshot_store.py."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from provider.config_repo.state.documents import image_text
from provider.config_repo.state.snapshot_store import GitSnapshotStore
from provider.domain.lifecycle import settle
from provider.domain.snapshot import Changes, Snapshot
from proxy.errors import Unavailable
from tests.provider.config_repo.repositories import Remote
from tests.provider.config_repo.repository.steered import SteeredRepository, enrollments_text, push_enrollments
from tests.provider.domain.samples import NODE, START, base, dependency, image, ledger

PORTAL = image("portal", replace(dependency(), name="node-22"))
NODE_BASE = base("node-22", NODE, ledger(("a", timedelta(0))))


@pytest.fixture
def remote(tmp_path: Path) -> Remote:
    """One enrolled image."""
    return Remote.make(tmp_path / "remote.git", {"images.yaml": enrollments_text([PORTAL.enrollment])})


@pytest.fixture
def repository(remote: Remote, tmp_path: Path) -> Iterator[SteeredRepository]:
    """The service's checkout."""
    with SteeredRepository.open(str(remote.folder), checkout=tmp_path / "config") as opened:
        assert isinstance(opened, SteeredRepository)
        yield opened


@pytest.fixture
def records(repository: SteeredRepository) -> GitSnapshotStore:
    """The snapshot there, with the image and its base."""
    records = GitSnapshotStore(repository)
    records.write(lambda _: Changes({"portal": PORTAL}, {"node-22": NODE_BASE}), "Begin")
    return records


def hold(snapshot: Snapshot) -> Changes:
    """Hold the portal."""
    return Changes({"portal": replace(snapshot.images["portal"], held="no")}, reasons=["portal: held"])


def test_one_step_is_one_commit_that_says_why(records: GitSnapshotStore, remote: Remote) -> None:
    """The subject, then a line for each reason; only what changed is written."""
    before = remote.read("state/base-images/node-22.yaml")
    records.write(hold, "Hold the portal")

    assert remote.log()[0] == "Hold the portal"
    assert "portal: held" in remote.git("log", "-1", "--format=%B", "main")
    assert remote.git("show", "--format=", "--name-only", "main").split() == ["state/images/portal.yaml"]
    assert remote.read("state/base-images/node-22.yaml") == before


def test_a_step_that_changes_nothing_commits_nothing(records: GitSnapshotStore, remote: Remote) -> None:
    """Neither without changes nor with what is there already."""
    head = remote.head()
    records.write(lambda _: Changes(), "Nothing")
    records.write(lambda snapshot: Changes({"portal": snapshot.images["portal"]}), "The same")

    assert remote.head() == head


def test_a_base_names_its_dependents(records: GitSnapshotStore, remote: Remote) -> None:
    """Also when only the images changed."""
    assert "dependents:\n- portal\n" in remote.read("state/base-images/node-22.yaml")
    records.write(lambda _: Changes({"tools": image("tools", *PORTAL.dependencies)}), "Another")
    assert "dependents:\n- portal\n- tools\n" in remote.read("state/base-images/node-22.yaml")


def test_a_hand_edit_of_state_counts(records: GitSnapshotStore, remote: Remote) -> None:
    """The next pull brings it."""
    text = remote.read("state/images/portal.yaml")
    remote.push({"state/images/portal.yaml": f"{text}held: by hand\n"})
    records.pull()

    assert records.read().images["portal"].held == "by hand"


def test_a_file_that_is_no_state_is_reported_and_never_overwritten(records: GitSnapshotStore, remote: Remote) -> None:
    """Its image is not tracked until a person has corrected it; all others are."""
    broken = {"state/images/portal.yaml": "name: portal\nwhat: is this\n", "state/base-images/odd.yaml": "["}
    remote.push(dict(broken))
    records.pull()
    snapshot = records.write(lambda found: settle(START, found), "Settle")

    assert snapshot.unreadable == {"portal", "odd"}
    assert any("state/images/portal.yaml" in text and "what" in text for name, text in snapshot.problems if name)
    assert {path: remote.read(path) for path in broken} == broken


def test_a_broken_file_in_the_archive_stops_no_image(records: GitSnapshotStore, remote: Remote) -> None:
    """What would be archived over it stays; others are written."""
    push_enrollments(remote, [image("tools").enrollment])
    remote.push({"state/_archive/base-images/node-22.yaml": "["})
    records.pull()
    snapshot = records.write(lambda found: settle(START, found), "Settle")

    assert set(snapshot.images) == {"tools"}
    assert set(snapshot.bases) == {"node-22"}
    assert remote.read("state/_archive/base-images/node-22.yaml") == "["


def test_a_name_that_is_not_the_files_is_reported(records: GitSnapshotStore, remote: Remote) -> None:
    """A copied file is not another image."""
    remote.push({"state/images/copy.yaml": image_text(PORTAL)})
    records.pull()
    snapshot = records.read()

    assert set(snapshot.images) == {"portal"}
    assert any("make them equal" in text for name, text in snapshot.problems if name == "copy")


def test_renaming_most_images_removes_none(records: GitSnapshotStore, remote: Remote) -> None:
    """The same images under other names need no admin's confirmation, and no image is there twice."""
    old = {f"image-{number}": image(f"image-{number}") for number in range(8)}
    push_enrollments(remote, [each.enrollment for each in old.values()])
    records.write(lambda _: Changes(dict(old)), "Begin")
    push_enrollments(remote, [replace(each.enrollment, name=f"new-{name}") for name, each in old.items()])
    records.pull()
    snapshot = records.write(lambda found: settle(START, found), "Settle")

    assert set(snapshot.images) == {f"new-{name}" for name in old}
    assert not any("removed" in text for _, text in snapshot.problems)


def test_a_writer_who_is_always_faster_ends_the_write(
    records: GitSnapshotStore, repository: SteeredRepository, remote: Remote
) -> None:
    """It gives up after some tries; what they wrote is there, and nothing of ours."""
    text = remote.read("state/images/portal.yaml")
    races: list[str] = []

    def interfere(message: str) -> None:
        races.append(message)
        remote.push({"state/images/portal.yaml": f"{text}held: race {len(races)}\n"})

    repository.before = interfere
    with pytest.raises(Unavailable, match="Hold the portal"):
        records.write(hold, "Hold the portal")
    repository.before = None
    records.pull()

    assert records.read().images["portal"].held == f"race {len(races)}"
