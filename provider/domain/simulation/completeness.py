"""From when a history is complete: older parts may have been removed. Pure."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from provider.domain.ledger import Ledger
from provider.domain.retention.ledgers import LEAST
from provider.domain.snapshot import Snapshot

_FIRST_CHECK = timedelta(days=1)
"""An image that was just found is checked within this time."""


def complete_since(snapshot: Snapshot) -> datetime | None:
    """The time from which no part of any history is missing; None: nothing was removed.

    The removal cuts the beginning of a history and leaves at least ten digests. So a history has lost its beginning if
    it has that many, and begins more than a day after its image was found. What follows its first digest is complete.
    """
    return max(_beginnings(snapshot), default=None)


def _beginnings(snapshot: Snapshot) -> Iterator[datetime]:
    for base in snapshot.bases.values():
        yield from _beginning(base.ledger, base.first_discovered)
    for image in snapshot.images.values():
        yield from _beginning(image.ledger, image.enrolled_at)


def _beginning(ledger: Ledger, found: datetime) -> Iterator[datetime]:
    if len(ledger.observations) >= LEAST and ledger.observations[0].first_seen - found > _FIRST_CHECK:
        yield ledger.observations[0].first_seen
