"""Tests of when Backstage is asked to read the catalog again."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provider.domain.catalog_push.pacing import (
    LONGEST_PAUSE,
    PACE,
    REPEATED,
    Pushes,
    failed,
    is_due,
    met_a_run,
    seen,
    taken,
)

NOW = datetime(2026, 3, 1, tzinfo=UTC)
STEP = timedelta(seconds=0.5)
Outcome = str
TAKEN, RUNNING, FAILED = "taken", "running", "failed"


def after(now: datetime, tag: str, pushes: Pushes, outcome: Outcome) -> Pushes:
    """The pushes after a request with this outcome."""
    match outcome:
        case "taken":
            return taken(now, tag)
        case "running":
            return met_a_run(now, pushes)
        case _:
            return failed(now, pushes)


def simulate(tags: Sequence[str], outcomes: Sequence[Outcome], steps: int) -> list[tuple[datetime, str, Outcome]]:
    """Each request: its time, the tag and its outcome.

    Args:
        tags: of the catalog at each step of half a second; the last one stays.
        outcomes: of the requests; after the last one, every request is taken.
        steps: how many steps are looked at.
    """
    pushes, sent = Pushes(pushed="at first"), list[tuple[datetime, str, Outcome]]()
    for step in range(steps):
        now, tag = NOW + step * STEP, tags[min(step, len(tags) - 1)]
        pushes = seen(tag, pushes)
        if is_due(now, pushes):
            outcome = outcomes[len(sent)] if len(sent) < len(outcomes) else TAKEN
            pushes = after(now, tag, pushes, outcome)
            sent.append((now, tag, outcome))
    return sent


tags = st.lists(st.sampled_from(["at first", "a", "b", "c"]), min_size=1, max_size=40)
outcomes = st.lists(st.sampled_from([TAKEN, RUNNING, FAILED]), max_size=8)
# Enough for eight failures, the longest pauses and the last push.
STEPS = 2 * 8 * int(LONGEST_PAUSE.total_seconds()) + 100


def test_the_first_change_is_pushed_at_once() -> None:
    """Also where it is not known what Backstage has read."""
    assert is_due(NOW, seen("b", Pushes(pushed="a")))
    assert is_due(NOW, seen("a", Pushes()))
    assert is_due(NOW, seen("b", taken(NOW - timedelta(hours=1), "a")))


def test_what_was_pushed_is_not_pushed_again() -> None:
    """However long ago it was."""
    pushes = taken(NOW, "a")
    assert not any(is_due(NOW + each, seen("a", pushes)) for each in (timedelta(), PACE, timedelta(days=9)))


def test_many_changes_share_a_push() -> None:
    """The first is pushed at once, those of the next second with one more push, and nothing follows."""
    sent = simulate(["a", "b", "c"], [], 100)
    assert [(at - NOW, tag) for at, tag, _ in sent] == [(timedelta(), "a"), (PACE, "c")]


def test_a_catalog_that_keeps_changing_is_pushed_once_a_second() -> None:
    """Not twice, and not only when it stops."""
    sent = simulate([str(number) for number in range(20)], [], 20)
    assert [at - NOW for at, _, _ in sent] == [number * PACE for number in range(10)]


def test_a_run_that_had_begun_is_followed_by_a_push() -> None:
    """After a second, then after growing pauses of at most four."""
    sent = simulate(["a"], [RUNNING] * 5, 60)
    assert [(at - NOW).total_seconds() for at, _, _ in sent] == [0, 1, 3, 7, 11, 15]
    assert sent[-1][1:] == ("a", TAKEN)


def test_failures_are_tried_again_after_growing_pauses() -> None:
    """Up to two minutes; the sixth in a row is a problem."""
    sent = simulate(["a"], [FAILED] * 9, 1200)
    assert [(at - NOW).total_seconds() for at, _, _ in sent] == [0, 2, 6, 14, 30, 62, 126, 246, 366, 486]
    pushes, found = Pushes(), []
    for number in range(REPEATED + 1):
        found.append(pushes.troubled)
        pushes = failed(NOW + number * LONGEST_PAUSE, pushes)
    assert found == [False] * REPEATED + [True]


def test_a_success_or_a_run_ends_the_failures() -> None:
    """The next failure is the first again."""
    troubled = Pushes(failures=REPEATED + 3)
    assert not taken(NOW, "a").troubled
    assert not met_a_run(NOW, troubled).troubled
    assert failed(NOW, met_a_run(NOW, troubled)).pause == failed(NOW, Pushes()).pause


def test_a_failure_ends_the_runs_that_were_met() -> None:
    """The next run is the first again, and after a request no other one is sent at the same time."""
    again = met_a_run(NOW, failed(NOW, Pushes(running=3)))
    assert again.pause == met_a_run(NOW, Pushes()).pause == PACE
    assert not is_due(NOW, again)


@pytest.mark.parametrize(
    ("wait", "pause"),
    [
        (timedelta(seconds=-50), timedelta(seconds=2)),
        (timedelta(seconds=1), timedelta(seconds=2)),
        (timedelta(seconds=40), timedelta(seconds=40)),
        (timedelta(hours=1), LONGEST_PAUSE),
    ],
)
def test_the_time_that_backstage_gives_is_kept(wait: timedelta, pause: timedelta) -> None:
    """Within the shortest and the longest pause of the service."""
    assert failed(NOW, Pushes(), NOW + wait).pause == pause


@given(st.timedeltas(timedelta(microseconds=1), timedelta(days=400)), st.integers(0, 40))
def test_a_clock_that_was_set_back_holds_nothing_up(back: timedelta, failures: int) -> None:
    """A last push in the future says nothing about when the next one may be sent."""
    pushes = failed(NOW + back, Pushes(failures=failures))
    assert is_due(NOW, pushes)


def last_change(tags: Sequence[str]) -> datetime | None:
    """When the catalog changed for the last time; None: it is as Backstage read it."""
    before = ["at first", *tags]
    changes = [NOW + step * STEP for step, tag in enumerate(tags) if tag != before[step]]
    return changes[-1] if changes else None


@given(tags, outcomes)
def test_one_push_follows_the_last_change(tags: list[str], outcomes: list[Outcome]) -> None:
    """Whatever failed before: Backstage is asked once to read the last catalog, and nothing follows."""
    changed_at, sent = last_change(tags), simulate(tags, outcomes, STEPS)
    if changed_at is None:
        assert sent == []
        return
    accepted = [each for each in sent if each[0] >= changed_at and each[2] == TAKEN]
    assert [tag for _, tag, _ in accepted] == [tags[-1]]
    assert sent[-1] == accepted[0]


@given(tags, outcomes)
def test_pushes_are_a_second_apart_and_no_more_than_two_minutes_late(tags: list[str], outcomes: list[Outcome]) -> None:
    """Failures only make the pauses longer."""
    sent = simulate(tags, outcomes, STEPS)
    pauses = [(later[0] - earlier[0], earlier[2]) for earlier, later in pairwise(sent)]

    assert all(pause >= PACE for pause, _ in pauses)
    assert all(pause <= LONGEST_PAUSE for pause, before in pauses if before != TAKEN)


def test_a_catalog_that_becomes_again_what_it_was_is_pushed() -> None:
    """Backstage may have read the other one meanwhile: during the pause, in a run, or before its answer was lost."""
    assert [tag for _, tag, _ in simulate(["a", "b", "a", "a"], [], 60)] == ["a", "a"]
    assert [tag for _, tag, _ in simulate(["a", "at first"], [RUNNING], 60)] == ["a", "at first"]
    assert [tag for _, tag, _ in simulate(["a", "at first"], [FAILED], 60)] == ["a", "at first"]
