"""What is left of GitHub's hourly limits, as the worker reports it and the metrics show it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from catalog.times import rfc3339
from provider.ports import Beat, Beats
from provider.services.health import GITHUB
from proxy.github.limits import HourlyLimit


class BudgetBeats:
    """Adds a report about GitHub's limits to the reports of the worker's parts, where an answer has told something new.

    Args:
        beats: stores the reports.
        hours: the limits by resource, as the last answers named them.
    """

    def __init__(self, beats: Beats, hours: Callable[[], Mapping[str, HourlyLimit]]) -> None:
        self._beats = beats
        self._hours = hours
        self._reported: Mapping[str, HourlyLimit] = {}

    def beat(self, beat: Beat) -> None:
        """Store a report in place of the part's last one, and one about GitHub."""
        self._beats.beat(beat)
        hours = self._hours()
        if hours != self._reported:
            self._reported = hours
            details = {name: f"{hour.remaining}/{hour.limit} {rfc3339(hour.reset)}" for name, hour in hours.items()}
            self._beats.beat(Beat(GITHUB, beat.at, None, details))

    def beats(self) -> Sequence[Beat]:
        """The last report of every part."""
        return self._beats.beats()


def budget_left(beats: Sequence[Beat], now: datetime) -> Mapping[str, int]:
    """How many requests are left by resource; all of them where a new hour has begun since the report."""
    details = next((beat.details for beat in beats if beat.part == GITHUB), {})
    found: dict[str, int] = {}
    for resource, text in details.items():
        numbers, _, reset = text.partition(" ")
        remaining, _, limit = numbers.partition("/")
        found[resource] = int(remaining if now < datetime.fromisoformat(reset) else limit)
    return found
