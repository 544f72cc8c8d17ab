"""Durations as people write them in images.yaml and in settings: 30m, 12h, 7d, 2w."""

import re
from datetime import timedelta

_UNITS = {
    "w": timedelta(weeks=1),
    "d": timedelta(days=1),
    "h": timedelta(hours=1),
    "m": timedelta(minutes=1),
    "s": timedelta(seconds=1),
}
# Ten digits are enough for ten years in seconds, and `timedelta` can hold the number.
_DURATION = re.compile(r"([0-9]{1,10})([smhdw])")

SHORTEST = timedelta(seconds=1)
LONGEST = timedelta(days=3650)
"""Ten years: a longer duration is a mistake, and subtracting it from today could leave the range of dates."""

_SHOWN = 40


class InvalidDuration(ValueError):
    """The text is not a duration; the message says what to write."""


def parse_duration(text: str) -> timedelta:
    """A whole number and a unit (s m h d w), for example `7d`; from one second to ten years.

    Raises:
        InvalidDuration: anything else.
    """
    match = _DURATION.fullmatch(text)
    if not match:
        raise InvalidDuration(f"{text[:_SHOWN]!r} is not a duration; write for example 12h, 7d or 2w")
    unit = _UNITS[match[2]]
    number = int(match[1])
    if number * unit.total_seconds() > LONGEST.total_seconds():
        raise InvalidDuration(f"{text!r} is too long; a duration is at most {print_duration(LONGEST)}")
    if number < 1:
        raise InvalidDuration(f"{text!r} is too short; a duration is at least 1s")
    return number * unit


def print_duration(duration: timedelta) -> str:
    """The duration in the largest unit that divides it: `90m`, `36h`, `8d`, `2w`.

    A single week is `7d`, as the documentation writes the default.

    Raises:
        ValueError: less than a second, or a part of a second.
    """
    if duration < SHORTEST or duration % SHORTEST:
        raise ValueError(f"{duration} cannot be written as a duration: it is no whole number of seconds from 1 on")
    if duration == _UNITS["w"]:
        return "7d"
    letter, unit = next((letter, unit) for letter, unit in _UNITS.items() if not duration % unit)
    return f"{duration // unit}{letter}"
