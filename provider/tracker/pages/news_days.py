"""News by days, in the words of people. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import groupby

from catalog.times import utc_day
from provider.tracker.ports import ReleaseNews

_UNKNOWN = "First seen at an unknown time"


@dataclass(frozen=True, slots=True)
class NewsDay:
    """The releases that were first seen on one day, in UTC."""

    label: str
    items: tuple[ReleaseNews, ...]


def by_day(items: Sequence[ReleaseNews], now: datetime) -> list[NewsDay]:
    """The items of a list in its order, in days."""
    days = groupby(items, lambda news: _day(news.release.first_seen))
    return [NewsDay(_label(day, now), tuple(of_day)) for day, of_day in days]


def _day(at: datetime | None) -> date | None:
    return None if at is None else at.astimezone(UTC).date()


def _label(day: date | None, now: datetime) -> str:
    if day is None:
        return _UNKNOWN
    today = now.astimezone(UTC).date()
    words = {today: "Today", today - timedelta(days=1): "Yesterday"}
    return words.get(day) or utc_day(datetime(day.year, day.month, day.day, tzinfo=UTC), with_year=True)
