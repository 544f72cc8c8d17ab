"""How long rebuilds took: what counts as the change, as the delay and as the end."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.image import CauseDocument, Conclusion, RebuildDocument
from catalog.reference import Digest
from provider.domain.records.rebuild_times import RebuildTimes, moved_at, times_of

NOW = datetime(2026, 3, 1, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
DIGEST = Digest(f"sha256:{'a' * 64}")
TIMES = st.integers(-(10**6), 10**6).map(lambda seconds: NOW + timedelta(seconds=seconds))


def cause(seen: datetime, eligible: datetime | None) -> CauseDocument:
    """A cause of a rebuild."""
    return CauseDocument("node", "node:22", DIGEST, None, seen, None, eligible)


def rebuild(*causes: CauseDocument, requested: datetime, completed: datetime | None, by: str) -> RebuildDocument:
    """A rebuild that succeeded."""
    return RebuildDocument(
        "r", requested, requested, completed, "completed", Conclusion.SUCCESS, None, by, False, "", causes, "passed"
    )


SEEN, AGED = NOW, NOW + 7 * DAY
USUAL = rebuild(cause(SEEN, AGED), requested=AGED + HOUR, completed=AGED + 2 * HOUR, by="image-factory")


def test_a_rebuild_took_from_the_change_to_its_end() -> None:
    """What comes after the delay is counted beside it: here an hour in the queue, and an hour of building."""
    assert times_of(USUAL) == RebuildTimes(7 * DAY + 2 * HOUR, 2 * HOUR)


def test_of_several_causes_the_newest_one_counts() -> None:
    """An older cause waited longer, but only with the newest one is the image up to date."""
    older = cause(SEEN - 30 * DAY, AGED - 30 * DAY)

    assert moved_at(replace(USUAL, causes=(*USUAL.causes, older))) == SEEN
    assert times_of(replace(USUAL, causes=(older, *USUAL.causes))) == times_of(USUAL)


def test_a_rebuild_that_a_person_asked_for_begins_with_the_request() -> None:
    """Until then the service could not know that it should not wait, and afterwards no delay counts."""
    asked = rebuild(cause(SEEN, SEEN), requested=SEEN + DAY, completed=SEEN + DAY + HOUR, by="user:default/mia")

    assert times_of(asked) == RebuildTimes(DAY + HOUR, HOUR)


def test_of_a_base_that_the_service_rebuilt_only_the_own_part_counts() -> None:
    """The change upstream became eligible before the base had its new digest; that time is part of its own rebuild."""
    child = rebuild(cause(SEEN, SEEN - HOUR), requested=SEEN, completed=SEEN + HOUR, by="image-factory")

    assert times_of(child) == RebuildTimes(HOUR, HOUR)


def test_a_cause_whose_delay_is_not_known_had_none() -> None:
    """The record of an earlier version does not have it."""
    assert times_of(replace(USUAL, causes=(cause(SEEN, None),))) == RebuildTimes(7 * DAY + 2 * HOUR, 7 * DAY + 2 * HOUR)


def test_clocks_that_differ_give_no_negative_time() -> None:
    """The build system's clock can be behind."""
    assert times_of(replace(USUAL, completed_at=SEEN - HOUR)) == RebuildTimes(timedelta(), timedelta())


@pytest.mark.parametrize(
    "other",
    [
        replace(USUAL, conclusion=Conclusion.FAILURE),
        replace(USUAL, conclusion=Conclusion.CANCELLED),
        replace(USUAL, conclusion=Conclusion.TIMED_OUT),
        replace(USUAL, conclusion=None, completed_at=None),
        replace(USUAL, completed_at=None),
        replace(USUAL, causes=()),
    ],
)
def test_a_rebuild_without_success_or_cause_has_no_times(other: RebuildDocument) -> None:
    """After it the image is not patched, or there was nothing to patch."""
    assert times_of(other) is None


@given(
    st.lists(st.tuples(TIMES, st.none() | TIMES), min_size=1, max_size=4),
    TIMES,
    TIMES,
    st.sampled_from(["image-factory", "user:default/mia"]),
)
def test_what_comes_beyond_the_delay_is_a_part_of_the_whole(
    causes: list[tuple[datetime, datetime | None]], requested: datetime, completed: datetime, by: str
) -> None:
    """Whatever clocks say, no time is negative, and the order of the causes changes nothing."""
    documents = [cause(seen, eligible) for seen, eligible in causes]
    found = times_of(rebuild(*documents, requested=requested, completed=completed, by=by))

    assert found is not None
    assert timedelta() <= found.beyond <= found.took
    assert found.took in (completed - max(seen for seen, _ in causes), timedelta())
    assert found == times_of(rebuild(*reversed(documents), requested=requested, completed=completed, by=by))
