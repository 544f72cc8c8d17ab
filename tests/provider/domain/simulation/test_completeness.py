"""Tests of the time from which histories are complete."""

from dataclasses import replace
from datetime import timedelta

from provider.domain.retention.pruning import Retention, expire
from provider.domain.simulation.completeness import complete_since
from provider.domain.snapshot import Snapshot
from tests.provider.domain.simulation.organisations import DAY, NOW, organisation


def current(snapshot: Snapshot) -> Snapshot:
    """Every image is built from the newest digests, so that old ones are not needed."""
    images = {
        name: replace(
            image,
            dependencies=tuple(
                replace(each, built_on=replace(each.built_on, digest=now.digest))
                if each.built_on and (now := snapshot.ledger(each.name).current)
                else each
                for each in image.dependencies
            ),
        )
        for name, image in snapshot.images.items()
    }
    return replace(snapshot, images=images)


def test_a_whole_history_has_lost_nothing() -> None:
    """However long it is, and also of a base that is checked for the first time hours after it was found."""
    whole = organisation(1, 5, 3, 90, 30)
    later = {
        name: replace(base, first_discovered=base.first_discovered - timedelta(hours=20))
        for name, base in whole.bases.items()
    }
    assert complete_since(whole) is None
    assert complete_since(replace(whole, bases=later)) is None


def test_what_was_removed_is_noticed() -> None:
    """The beginning of the history that begins last, which is before what the retention keeps."""
    whole = current(organisation(1, 5, 3, 90, 30))
    after = expire(NOW, whole, Retention(history=30 * DAY)).apply(whole)

    found = complete_since(after)

    firsts = [base.ledger.observations[0].first_seen for base in after.bases.values()]
    assert found == max(firsts)
    assert NOW - 90 * DAY < found <= NOW - 30 * DAY


def test_few_digests_are_never_a_rest() -> None:
    """The removal leaves at least ten, so a base that was found late and has fewer has lost nothing."""
    short = organisation(1, 2, 1, 90, 8)
    base = short.bases["base-0"]
    late = replace(base, first_discovered=base.first_discovered - 30 * DAY)
    assert complete_since(replace(short, bases={"base-0": late})) is None
