"""Sizes and durations for people to read."""

from datetime import timedelta

_STEP = 1000
_UNITS = ("kB", "MB", "GB", "TB")
# An amount that rounds to 1000 is written in the next unit; an amount that rounds to 10 or more has no decimal.
_NEXT_UNIT, _NO_DECIMAL = 999.5, 9.95
_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_SPANS = ((_DAY, "d", _HOUR, "h"), (_HOUR, "h", _MINUTE, "min"), (_MINUTE, "min", 1, "s"))


def size_label(size: int) -> str:
    """A number of bytes in the decimal units that registries use: `523 bytes`, `4.2 MB`, `118 MB`."""
    if size < _STEP:
        return f"{size} byte{'' if size == 1 else 's'}"
    last = len(_UNITS)
    power = next((power for power in range(1, last) if size < _NEXT_UNIT * _STEP**power), last)
    amount = size / _STEP**power
    return f"{amount:.{1 if amount < _NO_DECIMAL else 0}f} {_UNITS[power - 1]}"


def span_label(span: timedelta) -> str:
    """A duration in its two largest units, rounded down: `48 s`, `3 min 20 s`, `2 h`, `1 d 4 h`."""
    seconds = max(0, int(span.total_seconds()))
    for large, unit, small, small_unit in _SPANS:
        if seconds >= large:
            rest = seconds % large // small
            return f"{seconds // large} {unit}" + (f" {rest} {small_unit}" if rest else "")
    return f"{seconds} s"
