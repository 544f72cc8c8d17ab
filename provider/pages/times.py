"""Times for people to read."""

from datetime import UTC, datetime, timedelta

from catalog.times import rfc3339, utc_day

_MINUTE = timedelta(minutes=1)
_UNITS = (
    (timedelta(days=365), "year", timedelta(days=30)),
    (timedelta(days=30), "month", timedelta(days=1)),
    (timedelta(days=1), "day", timedelta(hours=1)),
    (timedelta(hours=1), "hour", _MINUTE),
)
"""Each unit with its word and the next smaller one."""


def relative(at: datetime, now: datetime) -> str:
    """The distance from now, rounded to the largest unit that fits: `3 hours ago`, `in 2 days`, `just now`.

    6 days and 23 hours are 7 days, and 23 hours and 50 minutes are 1 day.
    """
    distance = abs(at - now)
    if distance < _MINUTE:
        return "in a moment" if at > now else "just now"
    fitting = ((unit, word) for unit, word, smaller in _UNITS if _nearest(distance, smaller) * smaller >= unit)
    unit, word = next(fitting, (_MINUTE, "minute"))
    count = _nearest(distance, unit)
    text = f"{count} {word}{'s' if count > 1 else ''}"
    return f"in {text}" if at > now else f"{text} ago"


def exact(at: datetime) -> str:
    """In UTC, to the minute."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def clock(at: datetime) -> str:
    """The date and time in UTC, `5 Dec 2026, 10:46 UTC`; `static/localtime.js` shows it in the reader's time zone."""
    return f"{utc_day(at, with_year=True)}, {at.astimezone(UTC):%H:%M} UTC"


def day(at: datetime, now: datetime) -> str:
    """The date in UTC: `28 Nov`, with the year if it is not the current one."""
    return utc_day(at, with_year=at.astimezone(UTC).year != now.astimezone(UTC).year)


def machine(at: datetime) -> str:
    """In RFC 3339, for `<time datetime>`."""
    return rfc3339(at)


def _nearest(distance: timedelta, unit: timedelta) -> int:
    return (distance + unit / 2) // unit
