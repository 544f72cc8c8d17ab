"""When the config repository is pulled between two rounds: a push is seen soon without webhooks too."""

from collections.abc import Callable
from datetime import datetime, timedelta

from provider.errors import ProviderError
from proxy.errors import OutsideFailure
from proxy.observing.event_log import EventLog

_log = EventLog(__name__)
SHORTEST_PAUSE = timedelta(seconds=20)
"""The time between two pulls for one minute after a start, and after each change."""

BETWEEN_LOOKS = SHORTEST_PAUSE / 2
"""The time between two reads of the clock."""

_SHARE = 3


def pause(quiet: timedelta, longest: timedelta) -> timedelta:
    """The time until the next pull: people who push often push again soon.

    Args:
        quiet: the time since the last change, or since the start.
        longest: the interval of rounds, which pull too.
    """
    return min(max(SHORTEST_PAUSE, quiet / _SHARE), longest)


class ConfigPulls:
    """Pulls the config repository when it is time, and starts a round if something has changed there.

    Args:
        pull: fetches what others pushed; returns whether there was anything. It asks the remote once.
        changed_at: when others last changed anything, as far as any pull has seen.
        wake_round: starts a round.
        now: the clock.
        longest: the longest time between two pulls.
    """

    def __init__(
        self,
        pull: Callable[[], bool],
        changed_at: Callable[[], datetime],
        wake_round: Callable[[], None],
        now: Callable[[], datetime],
        longest: timedelta,
    ) -> None:
        self._pull = pull
        self._changed_at = changed_at
        self._wake_round = wake_round
        self._now = now
        self._longest = longest
        self._started = self._last = now()

    def run(self) -> None:
        """Pull, if it is time."""
        now = self._now()
        quiet = now - max(self._started, self._changed_at())
        if now - self._last < pause(quiet, self._longest):
            return
        self._last = now
        if self._pulled():
            self._wake_round()

    def _pulled(self) -> bool:
        try:
            return self._pull()
        except (ProviderError, OutsideFailure) as error:
            # The next round reports it, if it lasts.
            _log.info(
                "pull_failed", "the config repository could not be pulled between two rounds: {error}", error=error
            )
            return False
