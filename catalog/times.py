"""Times as text, for machines and for people; always in UTC, and the same in every locale."""

from datetime import UTC, datetime

# Not strftime's %b: its names depend on the locale.
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def rfc3339(moment: datetime) -> str:
    """For machines, in whole seconds (a fraction is cut off): `2026-11-28T09:30:00Z`."""
    return rfc3339_exact(moment.replace(microsecond=0))


def rfc3339_exact(moment: datetime) -> str:
    """For machines, with microseconds where there are any: `2026-11-28T09:30:00.250000Z`."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def utc_time(moment: datetime) -> str:
    """For messages, to the second: `2026-11-28 09:30:00 UTC`."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def utc_day(moment: datetime, *, with_year: bool = True) -> str:
    """For people: `28 Nov 2026`, or `28 Nov` without the year."""
    date = moment.astimezone(UTC)
    text = f"{date.day} {_MONTHS[date.month - 1]}"
    return f"{text} {date.year}" if with_year else text
