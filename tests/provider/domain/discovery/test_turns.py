"""When each image has its turn in a period."""

from collections import Counter
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from provider.domain.discovery.turns import last_turn
from tests.proxy.clocks import NOW

NAMES = st.text(min_size=1, max_size=63)
PERIODS = st.timedeltas(timedelta(minutes=1), timedelta(days=30))
TIMES = st.timedeltas(timedelta(0), timedelta(days=400)).map(lambda passed: NOW + passed)


@given(NAMES, TIMES, PERIODS)
def test_an_image_has_one_turn_in_each_period(name: str, now: datetime, period: timedelta) -> None:
    """The last one is less than a period ago, and the one before it exactly one period earlier."""
    turn = last_turn(name, now, period)

    assert timedelta(0) <= now - turn < period
    assert last_turn(name, turn, period) == turn
    assert last_turn(name, turn - timedelta(microseconds=1), period) == turn - period


def test_the_turns_of_many_images_are_spread_over_the_day() -> None:
    """No hour has more than twice its share of them, however alike the names are."""
    day = timedelta(hours=24)
    hours = Counter(last_turn(f"team-image-{number:05}", NOW, day).hour for number in range(5000))

    assert len(hours) == 24
    assert max(hours.values()) < 2 * 5000 / 24
