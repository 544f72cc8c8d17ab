"""When each image has its turn in a period, so that regular work on many images is spread over the period. Pure."""

import zlib
from datetime import UTC, datetime, timedelta

_BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
_NAMES = 2**32


def last_turn(name: str, now: datetime, period: timedelta) -> datetime:
    """The last time before `now`, or now, at which the image had its turn.

    There is exactly one turn in each period, always at the same time of it. It is the same in every process, and the
    turns of all images are spread evenly.

    Args:
        name: of the image.
        now: the time, in UTC.
        period: the time from one turn to the next.
    """
    turn = zlib.crc32(name.encode()) / _NAMES * period
    return now - (now - _BEGINNING - turn) % period
