"""A dependency with the state of the image at its other end. A value only."""

from dataclasses import dataclass
from datetime import datetime

from catalog.image import Failure
from provider.domain.ledger import Ledger, Observation
from provider.domain.state import DependencyState, ImageState
from provider.domain.verification.trust import Trust


@dataclass(frozen=True, slots=True)
class Edge:
    """A dependency with the state of the image at its other end.

    Attributes:
        makers: the managed images that are rebuilt first: the one with this tag, or all that are enrolled in that
            repository; empty for a base from outside.
        is_own: whether policy.yaml names the repository as one that the organisation builds itself.
        error: why the image at the other end cannot be checked; None where it can.
        trust: which of its digests are signed as this image needs; None: they need no signature.
    """

    dependency: DependencyState
    ledger: Ledger
    makers: tuple[ImageState, ...] = ()
    is_own: bool = False
    error: Failure | None = None
    trust: Trust | None = None

    def made(self, seen: Observation) -> datetime | None:
        """The wave of our rebuild that made the digest; None where no rebuild of ours did."""
        for maker in self.makers:
            if wave := maker.wave_of(seen):
                return wave
        return None
