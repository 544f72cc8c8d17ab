"""Times for people to read."""

from datetime import UTC, datetime, timedelta

from catalog.times import rfc3339, utc_day

_UNITS = (
    (timedelta(days=365), "year"),
    (timedelta(days=30), "month"),
    (timedelta(days=1), "day"),
    (timedelta(hours=1), "hour"),
    (timedelta(minutes=1), "minute"),
)


def relative(at: datetime, now: datetime) -> str:
    """The distance from now, rounded down, in the largest unit that fits: `3 hours ago`, `in 2 days`, `just now`."""
    distance = abs(at - now)
    for unit, word in _UNITS:
        if distance >= unit:
            count = distance // unit
            text = f"{count} {word}{'s' if count > 1 else ''}"
            return f"in {text}" if at > now else f"{text} ago"
    return "in a moment" if at > now else "just now"


def exact(at: datetime) -> str:
    """In UTC, to the minute."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def day(at: datetime, now: datetime) -> str:
    """The date in UTC: `28 Nov`, with the year if it is not the current one."""
    return utc_day(at, with_year=at.astimezone(UTC).year != now.astimezone(UTC).year)


def machine(at: datetime) -> str:
    """In RFC 3339, for `<time datetime>`."""
    return rfc3339(at)
