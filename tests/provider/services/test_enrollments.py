"""Tests of following the enrollments."""

from provider.services.enrollments import follow_enrollments
from tests.fakes.snapshot_store import FakeSnapshotStore
from tests.provider.services.world import START, enrolled


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
