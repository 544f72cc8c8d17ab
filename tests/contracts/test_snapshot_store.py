"""The contract of the snapshot store, over the real one and the fake."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from catalog.image import Failure
from catalog.reference import ImageReference
from provider.config_repo.state.snapshot_store import GitSnapshotStore
from provider.domain.asking.asked import Hold
from provider.domain.enrollment import Enrollment, Source
from provider.domain.snapshot import Changes, Snapshot
from provider.domain.state import BaseState, ImageState
from provider.ports import SnapshotStore
from provider.services.decisions.logged_store import LoggedSnapshots
from tests.fakes.snapshot_store import FakeSnapshotStore, Step
from tests.provider.config_repo.repositories import Remote
from tests.provider.config_repo.repository.steered import SteeredRepository, push_enrollments

NOW = datetime(2026, 3, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Subject:
    """A store, and control over what others do to it."""

    store: SnapshotStore
    enroll: Callable[[Enrollment], None]
    lose_race: Callable[[Step], None]


def _fake(_: Path, __: ExitStack) -> Subject:
    snapshot = FakeSnapshotStore()
    return Subject(snapshot, snapshot.enroll, snapshot.lose_race)


def _logged(folder: Path, stack: ExitStack) -> Subject:
    real = _real(folder, stack)
    return Subject(LoggedSnapshots(real.store), real.enroll, real.lose_race)


def _real(folder: Path, stack: ExitStack) -> Subject:
    remote = Remote.make(folder / "remote.git", {"images.yaml": "[]\n"})
    ours = stack.enter_context(SteeredRepository.open(str(remote.folder), checkout=folder / "ours"))
    theirs = stack.enter_context(SteeredRepository.open(str(remote.folder), checkout=folder / "theirs"))
    assert isinstance(ours, SteeredRepository)
    rival = GitSnapshotStore(theirs)

    def lose_race(change: Step) -> None:
        def interfere(_: str) -> None:
            ours.before = None
            rival.pull()
            rival.write(change, "Somebody else's change")

        ours.before = interfere

    return Subject(GitSnapshotStore(ours), lambda enrollment: push_enrollments(remote, [enrollment]), lose_race)


@pytest.fixture(params=[_fake, _real, _logged], ids=["fake", "records", "logged"])
def subject(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Subject]:
    """The fake, or the real one with a local repository, which may be logged."""
    with ExitStack() as stack:
        yield request.param(tmp_path, stack)


def image(name: str = "portal") -> ImageState:
    """A managed image."""
    return ImageState(Enrollment(name, "ghcr.io", f"acme/{name}", source=Source("github", f"acme/{name}")), NOW)


def base(name: str = "node-22") -> BaseState:
    """A base image."""
    return BaseState(name, ImageReference("docker.io", "library/node", "22"), NOW)


def add_both(_: Snapshot) -> Changes:
    """Track an image and a base."""
    return Changes({"portal": image()}, {"node-22": base()}, reasons=["portal: enrolled"])


def test_a_written_change_is_read(subject: Subject) -> None:
    """The returned snapshot has the change, and so has the next read."""
    after = subject.store.write(add_both, "Add both")

    assert after.images == {"portal": image()}
    assert after.bases == {"node-22": base()}
    assert subject.store.read() == after


def test_a_step_without_changes_commits_nothing(subject: Subject) -> None:
    """The position does not change."""
    before = subject.store.write(add_both, "Add both")

    assert subject.store.write(lambda _: Changes(), "Nothing") == before


def test_what_is_unchanged_is_the_same_object(subject: Subject) -> None:
    """Callers keep results by identity: of the whole snapshot, and of each state that a change leaves as it is."""
    before = subject.store.write(add_both, "Add both")

    assert subject.store.read() is before
    assert subject.store.write(lambda _: Changes(), "Nothing") is before
    failed = subject.store.write(lambda _: Changes(errors={"evil": "internal error: KeyError"}), "Nothing")
    assert failed.errors
    assert failed.images is before.images
    after = subject.store.write(lambda _: Changes({"portal": replace(image(), held=Hold("no"))}), "Hold")
    assert after is not before
    assert after.bases is before.bases
    assert after.enrollments is before.enrollments


def test_none_removes_and_the_archive_keeps(subject: Subject) -> None:
    """An archived image is not tracked any more, and can be restored from there."""
    subject.store.write(add_both, "Add both")
    away = subject.store.write(
        lambda snapshot: Changes({"portal": None}, {}, {"portal": snapshot.images["portal"]}), "Away"
    )
    back = subject.store.write(
        lambda snapshot: Changes({"portal": snapshot.archived_images["portal"]}, {}, {"portal": None}), "Back"
    )

    assert (away.images, away.archived_images) == ({}, {"portal": image()})
    assert (back.images, back.archived_images) == ({"portal": image()}, {})


def test_enrollments_are_read_after_a_pull(subject: Subject) -> None:
    """Before the pull a push is unknown; a second pull finds nothing new."""
    subject.enroll(image().enrollment)
    assert subject.store.read().enrollments == {}

    assert subject.store.pull()
    assert subject.store.read().enrollments == {"portal": image().enrollment}
    assert not subject.store.pull()


def test_a_lost_race_is_decided_again(subject: Subject) -> None:
    """The step runs again with the other change, and neither change is lost."""
    subject.store.write(add_both, "Add both")
    subject.lose_race(
        lambda snapshot: Changes({"portal": replace(snapshot.images["portal"], held=Hold("by a person"))})
    )
    seen: list[Hold | None] = []

    def step(snapshot: Snapshot) -> Changes:
        seen.append(snapshot.images["portal"].held)
        return Changes({"portal": replace(snapshot.images["portal"], error=Failure(NOW, "down"))})

    after = subject.store.write(step, "Note a failure")

    assert seen == [None, Hold("by a person")]
    assert after.images["portal"] == replace(image(), held=Hold("by a person"), error=Failure(NOW, "down"))


def test_a_race_about_another_image_loses_nothing(subject: Subject) -> None:
    """Both changes are there."""
    subject.store.write(add_both, "Add both")
    subject.lose_race(lambda _: Changes({"billing": image("billing")}))

    after = subject.store.write(
        lambda snapshot: Changes({"portal": replace(snapshot.images["portal"], held=Hold("no"))}), "Hold"
    )

    assert after.images == {"portal": replace(image(), held=Hold("no")), "billing": image("billing")}


@pytest.mark.parametrize("changing", [True, False])
def test_the_errors_of_a_step_are_returned_and_not_stored(subject: Subject, changing: bool) -> None:
    """They belong to the step: the next one may do without them."""
    image = ImageState(Enrollment("portal", "ghcr.io", "acme/portal", source=Source("github", "acme/portal")), NOW)
    changes = Changes({"portal": image} if changing else {}, errors={"evil": "internal error: KeyError"})

    assert subject.store.write(lambda _: changes, "Enroll").errors == {"evil": "internal error: KeyError"}
    assert subject.store.read().errors == {}
    assert subject.store.write(lambda _: Changes(), "Nothing").errors == {}
