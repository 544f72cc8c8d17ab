"""Tests of when an image has to be decided again although no state changes."""

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from catalog.image import Status
from provider.domain.asking.asked import AskedRebuild, Hold
from provider.domain.edges.edge import Edge
from provider.domain.planning.moments import ALWAYS, Moments, next_moment
from provider.domain.rebuild import Nothing, Wait
from tests.provider.domain.samples import DAY, HOUR, START, dependency, image, ledger

TIMES = st.none() | st.integers(0, 9).map(lambda hours: START + hours * HOUR)


def test_the_next_moment_is_the_first_of_all_that_are_still_to_come() -> None:
    """A digest that ages, the end of a hold, the end of a request, and what the decision waits for."""
    edges = [Edge(dependency(), ledger(("a", timedelta(0)), ("b", DAY)))]
    state = image("portal", dependency())
    held = replace(state, held=Hold("no", until=START + 2 * DAY))
    asked = replace(held, asked=(AskedRebuild("q", "jane", "so", START, until=START + 9 * DAY),))
    until = START + 9 * DAY + HOUR

    def moment(now: datetime) -> datetime | None:
        return next_moment(now, asked, edges, Wait(Status.WAITING, until, "because"))

    assert moment(START) == START + 2 * DAY
    assert moment(START + 2 * DAY) == START + 7 * DAY
    assert moment(START + 7 * DAY) == START + 8 * DAY
    assert moment(START + 8 * DAY) == START + 9 * DAY
    assert moment(START + 9 * DAY) == until
    assert moment(until) is None
    assert next_moment(START, state, (), Nothing()) is None


@given(st.lists(st.tuples(st.sampled_from("abc"), TIMES) | st.integers(0, 9)))
def test_each_image_is_taken_once_when_its_last_moment_has_come(steps: list[tuple[str, datetime | None] | int]) -> None:
    """A moment that was replaced is forgotten."""
    moments, expected = Moments(), dict[str, datetime]()
    for step in steps:
        if isinstance(step, int):
            now = START + step * HOUR
            assert moments.take(now) == {name for name, at in expected.items() if at <= now}
            expected = {name: at for name, at in expected.items() if at > now}
            continue
        name, at = step
        moments.note(name, at)
        expected.pop(name, None)
        expected |= {name: at} if at else {}


def test_moments_that_were_replaced_do_not_pile_up() -> None:
    """An image that is decided again and again costs no memory."""
    moments = Moments()
    for number in range(5000):
        moments.note("portal", START + number * HOUR)

    assert len(moments._heap) < 2000
    assert moments.take(START + 5000 * HOUR) == {"portal"}
    moments.note("portal", ALWAYS)
    assert moments.take(START) == {"portal"}
