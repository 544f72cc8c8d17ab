"""The ports of pushes: Backstage's catalog, and what is noted about the pushes of its changes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from provider.domain.catalog_push.locations import CatalogLocation


class BackstageCatalog(Protocol):
    """The catalog of Backstage, as much of it as a push needs.

    Its methods raise:
        NotFound: there is no such task, catalog or entity.
        Refused, AddressRefused: the token or the address is wrong; the message says what to do.
        Unavailable, Garbage: Backstage cannot be asked now, or its answer cannot be read.
    """

    def run_provider(self) -> bool:
        """Let the entity provider of this service run now; returns False where it is running already."""

    def locations(self) -> Sequence[CatalogLocation]:
        """All Location entities that read other addresses."""

    def refresh(self, reference: str) -> None:
        """Let the location of this reference be read now."""


@dataclass(frozen=True, slots=True)
class PushRecord:
    """What is stored about the pushes to one Backstage.

    Attributes:
        pushed: the tag of the catalog that it was last asked to read; None: it may have read another one since then.
        pushed_at: when it was last asked and took it.
        pushes: how many pushes it has taken.
        failures: how many requests failed since then.
        problem: why the last one failed; empty: it did not fail, or only once in a while.
        since: when the failures began.
    """

    pushed: str | None = None
    pushed_at: datetime | None = None
    pushes: int = 0
    failures: int = 0
    problem: str = ""
    since: datetime | None = None


class PushRecords(Protocol):
    """Stores the pushes to the Backstage of the settings, so that they outlast a restart."""

    def last(self) -> PushRecord:
        """What was noted last."""

    def note(self, record: PushRecord) -> None:
        """Store this in place of what was noted, for this Backstage and in place of every other."""
