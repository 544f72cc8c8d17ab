"""The period of a list: one of four that end now, or days. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from catalog.times import rfc3339
from provider.auth.strict_query import day_in, midnight, one_of

PERIOD_QUERY = ("last", "since", "until")
"""The query parameters of a period."""

ANY_TIME = "all"
_LENGTHS: Mapping[str, tuple[str, timedelta | None]] = {
    "24h": ("24 hours", timedelta(hours=24)),
    "7d": ("7 days", timedelta(days=7)),
    "30d": ("30 days", timedelta(days=30)),
    "90d": ("90 days", timedelta(days=90)),
    ANY_TIME: ("Any time", None),
}
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ListPeriod:
    """A period as the address has it.

    Attributes:
        last: the key of a period that ends now; empty where days are given.
        since, until: days as `2026-11-26` in UTC, both included; empty: no limit.
        usual: the key of the period without parameters.
    """

    last: str
    since: str
    until: str
    usual: str

    @classmethod
    def of(cls, arguments: Mapping[str, str], usual: str) -> "ListPeriod":
        """Read it from the query parameters; days count more than `last`, because a form sends both.

        Raises:
            UnprocessableEntity: there is no such period or day.
        """
        last = one_of(arguments, "last", list(_LENGTHS)) or usual
        since, until = day_in(arguments, "since"), day_in(arguments, "until")
        return cls("" if since or until else last, since, until, usual)

    def bounds(self, now: datetime) -> tuple[datetime | None, datetime | None]:
        """The first moment, and the first moment after it; None: no limit."""
        if self.last:
            length = _LENGTHS[self.last][1]
            return None if length is None else now - length, None
        since = midnight(self.since) if self.since else None
        return since, midnight(self.until) + _DAY if self.until else None

    def api_parameters(self, now: datetime) -> dict[str, str]:
        """The parameters of the API for the same period."""
        since, until = self.bounds(now)
        return {name: rfc3339(at) for name, at in (("since", since), ("until", until)) if at}

    @property
    def parameters(self) -> dict[str, str]:
        """The URL parameters; without those of the usual period."""
        last = "" if self.last == self.usual else self.last
        return {"last": last, "since": self.since, "until": self.until}

    @property
    def words(self) -> str:
        """For a sentence: `in the last 7 days`, `from 2026-11-01 to 2026-11-07`; empty for any time."""
        if self.last:
            return "" if self.last == ANY_TIME else f"in the last {_LENGTHS[self.last][0]}"
        parts = (("from ", self.since), ("until " if not self.since else "to ", self.until))
        return " ".join(f"{word}{day}" for word, day in parts if day)

    @property
    def choices(self) -> list[tuple[str, dict[str, str], bool]]:
        """The periods to choose: the label of each, its URL parameters, and whether it is chosen."""
        none = {"since": "", "until": ""}
        return [
            (label, {**none, "last": "" if key == self.usual else key}, key == self.last)
            for key, (label, _) in _LENGTHS.items()
        ]

    @property
    def longer(self) -> list[tuple[str, dict[str, str]]]:
        """The periods that are longer than this one; after days, any time."""
        keys = list(_LENGTHS)
        begin = keys.index(self.last) + 1 if self.last else len(keys) - 1
        return [(label, parameters) for label, parameters, _ in self.choices[begin:]]
