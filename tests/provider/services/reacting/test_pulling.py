"""When the config repository is pulled between two rounds."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provider.errors import RepositoryBroken
from provider.services.reacting.pulling import BETWEEN_LOOKS, SHORTEST_PAUSE, ConfigPulls, pause
from proxy.errors import Unavailable

START = datetime(2026, 1, 1, tzinfo=UTC)
ROUND = timedelta(minutes=15)
SECONDS = st.integers(0, 10**6).map(lambda number: timedelta(seconds=number))


class Remote:
    """A remote to which others push at given times, and a clock; a look comes every ten seconds.

    With `rounds`, a round pulls too, at each end of the longest pause.
    """

    def __init__(
        self, *pushes: float, failure: Exception | None = None, longest: timedelta = ROUND, rounds: bool = False
    ) -> None:
        self.now = START
        self.rounds = rounds
        self.pulled: list[float] = []
        self.woken: list[float] = []
        self._pushes = sorted(pushes)
        self._failure = failure
        self._changed_at = datetime.min.replace(tzinfo=UTC)
        self._longest = longest
        self._pulls = ConfigPulls(
            self._pull, lambda: self._changed_at, lambda: self.woken.append(self._seconds()), lambda: self.now, longest
        )

    def pass_by(self, time: timedelta) -> "Remote":
        """Look at the clock until then."""
        end = START + time
        while self.now <= end:
            self._pulls.run()
            if self.rounds and not self._seconds() % self._longest.total_seconds():
                self._find()
            self.now += BETWEEN_LOOKS
        return self

    def _pull(self) -> bool:
        self.pulled.append(self._seconds())
        if self._failure:
            raise self._failure
        return self._find()

    def _find(self) -> bool:
        found = [push for push in self._pushes if push <= self._seconds()]
        self._pushes = [push for push in self._pushes if push not in found]
        if found:
            self._changed_at = self.now
        return bool(found)

    def _seconds(self) -> float:
        return (self.now - START).total_seconds()


@pytest.mark.parametrize("push", [1, 9, 11, 25, 39, 41, 59, 100])
def test_a_push_soon_after_the_start_is_seen_within_a_minute(push: float) -> None:
    """It starts a round; nothing else does."""
    (woken,) = Remote(push).pass_by(timedelta(minutes=10)).woken

    assert push <= woken <= push + 60


@pytest.mark.parametrize("after", [1, 30, 90.5])
@pytest.mark.parametrize("rounds", [True, False])
def test_a_push_soon_after_another_is_seen_as_fast_as_after_a_start(after: float, rounds: bool) -> None:
    """People correct what they pushed; also where a round has seen the first push."""
    seen = Remote(3601, rounds=rounds).pass_by(timedelta(hours=4))
    first = seen._changed_at - START
    second = first.total_seconds() + after
    woken = Remote(3601, second, rounds=rounds).pass_by(timedelta(hours=4)).woken

    assert first.total_seconds() - 3601 <= ROUND.total_seconds() + 10
    assert second <= woken[-1] <= second + 60


def test_the_pauses_grow_to_the_interval_of_rounds() -> None:
    """In a quiet day the remote is hardly asked more often than by rounds."""
    remote = Remote().pass_by(timedelta(days=1))
    pauses = [later - earlier for earlier, later in zip(remote.pulled, remote.pulled[1:], strict=False)]

    assert remote.pulled[:4] == [20, 40, 60, 90]
    assert pauses == sorted(pauses)
    assert pauses[-1] == ROUND.total_seconds()
    assert len(pauses) <= timedelta(days=1) / ROUND + 20
    assert remote.woken == []


@pytest.mark.parametrize("failure", [Unavailable("no answer"), RepositoryBroken("rewritten")])
def test_a_pull_that_fails_is_left_to_the_next_round(failure: Exception) -> None:
    """It wakes nothing, and is not repeated more often than a pull that finds nothing."""
    remote = Remote(failure=failure).pass_by(timedelta(hours=1))

    assert remote.woken == []
    assert remote.pulled == Remote().pass_by(timedelta(hours=1)).pulled


def test_with_a_short_check_interval_the_pauses_are_no_longer() -> None:
    """Rounds pull too."""
    remote = Remote(longest=timedelta(seconds=10)).pass_by(timedelta(minutes=1))

    assert remote.pulled == [10, 20, 30, 40, 50, 60]


@given(SECONDS, SECONDS)
def test_a_pause_is_within_its_limits(quiet: timedelta, longest: timedelta) -> None:
    """At most a third of the quiet time beyond the shortest pause."""
    assert min(SHORTEST_PAUSE, longest) <= pause(quiet, longest) <= longest
    assert pause(quiet, longest) <= max(SHORTEST_PAUSE, quiet / 3)
