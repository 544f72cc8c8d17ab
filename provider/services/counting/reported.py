"""What the worker alone knows and the metrics show: limits of other hosts, and what rebuilds wait for."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from catalog.times import rfc3339
from provider.domain.plan import Plan, waits
from provider.domain.rebuild import WaitFor
from provider.ports import Beat, Beats
from provider.services.health import WAITS

Details = Mapping[str, str]
"""The details of a report."""


class Limit(Protocol):
    """How many requests another host still allows."""

    @property
    def remaining(self) -> int:
        """How many are left."""

    @property
    def limit(self) -> int:
        """How many there are in all."""

    @property
    def reset(self) -> datetime:
        """When all of them are allowed again, in UTC."""


class ReportingBeats:
    """Adds reports to the reports of the worker's parts, each where it says something new.

    Args:
        beats: stores the reports.
        reports: give the details of a report, by its name; no details: there is nothing to report yet.
    """

    def __init__(self, beats: Beats, reports: Mapping[str, Callable[[], Details]]) -> None:
        self._beats = beats
        self._reports = reports
        self._reported: dict[str, Details] = {}

    def beat(self, beat: Beat) -> None:
        """Store a report in place of the part's last one, and what else is new."""
        self._beats.beat(beat)
        for name, report in self._reports.items():
            details = report()
            if details != self._reported.get(name, {}):
                self._reported[name] = details
                self._beats.beat(Beat(name, beat.at, None, details))

    def beats(self) -> Sequence[Beat]:
        """The last report of every part."""
        return self._beats.beats()


def least(limits: Mapping[str, Limit], label: Callable[[str], str]) -> Mapping[str, Limit]:
    """The limits by the labels of their hosts; where hosts share a label, the one of which the least is left."""
    found: dict[str, Limit] = {}
    for host, limit in limits.items():
        known = found.get(name := label(host))
        if known is None or limit.remaining < known.remaining:
            found[name] = limit
    return found


def limit_details(limits: Mapping[str, Limit]) -> Details:
    """The details of a report about the limits of other hosts; read with `budget_left`."""
    return {name: f"{each.remaining}/{each.limit} {rfc3339(each.reset)}" for name, each in limits.items()}


def budget_left(beats: Sequence[Beat], part: str, now: datetime) -> Mapping[str, int]:
    """How many requests are left by the names of this report; all of them where the limit began anew since then."""
    found: dict[str, int] = {}
    for resource, text in _details(beats, part).items():
        numbers, _, reset = text.partition(" ")
        remaining, _, limit = numbers.partition("/")
        found[resource] = int(remaining if now < datetime.fromisoformat(reset) else limit)
    return found


class WaitReport:
    """The details of a report about what images wait for.

    Args:
        planned: gives the plan that was published last; None before the first one.
    """

    def __init__(self, planned: Callable[[], Plan | None]) -> None:
        self._planned = planned
        self._seen: Plan | None = None
        self._details: Details = {}

    def __call__(self) -> Details:
        """The numbers of images, for each kind of wait."""
        planned = self._planned()
        if planned is not None and planned is not self._seen:
            found = waits(planned)
            self._seen, self._details = planned, {what.value: str(found.get(what, 0)) for what in WaitFor}
        return self._details


def waiting(beats: Sequence[Beat]) -> Mapping[str, int]:
    """How many images wait for what, as the worker last reported it; nothing before its first report."""
    details = _details(beats, WAITS)
    return {what.value: int(details.get(what.value, "0")) for what in WaitFor} if details else {}


def _details(beats: Sequence[Beat], part: str) -> Details:
    return next((beat.details for beat in beats if beat.part == part), {})
