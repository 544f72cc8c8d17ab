"""Tests of following the enrollments."""

from provider.services.enrollments import follow_enrollments
from tests.fakes.snapshot_store import FakeSnapshotStore
from tests.provider.services.world import DAY, START, enrolled, settled


def test_pushed_enrollments_become_images() -> None:
    """All new enrollments become images in one commit; the next round changes nothing."""
    snapshot = FakeSnapshotStore()
    snapshot.enroll(enrolled("portal"), enrolled("billing"))

    assert set(follow_enrollments(START, snapshot).images) == {"portal", "billing"}
    follow_enrollments(START, snapshot)
    assert [subject for subject, _ in snapshot.commits] == ["Apply the enrollments"]


def test_a_removed_enrollment_is_archived() -> None:
    """The image is no longer tracked, and its state moves to the archive."""
    snapshot = FakeSnapshotStore()
    snapshot.enroll(enrolled("portal"))
    follow_enrollments(START, snapshot)
    snapshot.withdraw("portal")
    after = follow_enrollments(START, snapshot)

    assert (set(after.images), set(after.archived_images)) == (set(), {"portal"})


def test_a_change_by_others_is_noted_whichever_pull_finds_it() -> None:
    """A pull between two rounds, or a round's own; the service's own commits do not count."""
    company = settled()
    store = company.store
    assert isinstance(store, FakeSnapshotStore)
    company.now += DAY
    before = company.round.changed_at
    assert before < company.now
    assert not company.round.pull()
    company.round.run()
    assert company.round.changed_at == before

    store.enroll(enrolled("more"))
    assert company.round.pull()
    assert not company.round.pull()
    assert company.round.changed_at == company.now

    company.now += DAY
    store.enroll(enrolled("another"))
    company.round.run()
    assert company.round.changed_at == company.now
    assert not company.round.pull()
