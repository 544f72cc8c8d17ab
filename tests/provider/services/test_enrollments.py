"""Tests of following the enrollments."""

from dataclasses import replace

from provider.domain.ledger import BuiltOn
from provider.domain.planning.kept_settling import KeptSettling
from provider.domain.retention.pruning import Retention
from provider.domain.snapshot import Changes
from provider.services.enrollments import follow_enrollments
from tests.fakes.registry import digest_of
from tests.fakes.snapshot_store import FakeSnapshotStore
from tests.provider.services.world import DAY, NODE, START, enrolled, settled


def test_pushed_enrollments_become_images() -> None:
    """All new enrollments become images in one commit; the next round changes nothing."""
    snapshot = FakeSnapshotStore()
    snapshot.enroll(enrolled("portal"), enrolled("billing"))

    assert set(follow_enrollments(START, snapshot, KeptSettling()).images) == {"portal", "billing"}
    follow_enrollments(START, snapshot, KeptSettling())
    assert [subject for subject, _ in snapshot.commits] == ["Apply the enrollments"]


def test_a_removed_enrollment_is_archived() -> None:
    """The image is no longer tracked, and its state moves to the archive."""
    snapshot = FakeSnapshotStore()
    snapshot.enroll(enrolled("portal"))
    follow_enrollments(START, snapshot, KeptSettling())
    snapshot.withdraw("portal")
    after = follow_enrollments(START, snapshot, KeptSettling())

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


def test_old_histories_are_removed_in_one_commit() -> None:
    """A day without old ones makes no commit."""
    company = settled()
    store = company.store
    assert isinstance(store, FakeSnapshotStore)
    for move in range(20):
        company.now += DAY
        company.move(NODE, f"node {move + 1}")
        company.round.run()
    before = len(store.commits)
    company.now += 60 * DAY
    company.round.expire(Retention(history=30 * DAY))
    assert len(store.commits) == before

    built = replace(company.image("portal").dependencies[0], built_on=BuiltOn(digest_of("node 20"), company.now))
    store.write(lambda found: Changes({"portal": replace(found.images["portal"], dependencies=(built,))}), "Built")
    company.round.expire(Retention(history=30 * DAY))
    subject, reasons = store.commits[-1]
    assert subject == "Remove old histories"
    assert list(reasons) == ["node-22: 11 old digests removed from the history"]
    company.round.expire(Retention(history=30 * DAY))
    assert len(store.commits) == before + 2
