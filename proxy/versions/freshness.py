"""The age of an answer that was made from several ones. Pure."""

from collections.abc import Iterable
from datetime import datetime

from proxy.cache import Cached


def oldest_of(parts: Iterable[Cached]) -> tuple[datetime, bool]:
    """When the oldest part was fetched, and whether any of them is stale.

    Raises:
        ValueError: there are no parts.
    """
    known = list(parts)
    return min(part.fetched_at for part in known), any(part.stale for part in known)
