"""One dependency at one moment: the newer digests, and which of them a rebuild may use."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from catalog.reference import Digest
from provider.domain.edges.edge import Edge
from provider.domain.ledger import BuiltOn, Observation
from provider.domain.state import CauseState, ImageState, Target

NO_DELAY = timedelta(0)
BEFORE_ALL = BuiltOn(Digest(f"sha256:{'0' * 64}"), datetime.min.replace(tzinfo=UTC))
"""Older than every digest that a ledger has."""


@dataclass(frozen=True, slots=True)
class EdgeView:
    """One edge at one moment: the newer digests, and which of them have aged.

    Attributes:
        newer: without those that may not be used.
        fallback: the digest to build on where no newer one has aged; None where it is not known.
        unsigned: the newer digests that may not be used, because no signature of them is verified.
    """

    edge: Edge
    now: datetime
    delay: timedelta
    newer: Sequence[Observation]
    fallback: Digest | None
    unsigned: Sequence[Observation] = ()

    @property
    def eligible(self) -> Sequence[Observation]:
        """The newer digests that have aged, oldest first."""
        return [seen for seen in self.newer if self.now - seen.first_seen >= self.delay_of(seen)]

    def delay_of(self, seen: Observation) -> timedelta:
        """None for a digest that our own rebuild made: its causes have aged. Others age, whoever enrolled the image."""
        return NO_DELAY if self.edge.made(seen) else self.delay

    @property
    def wave(self) -> datetime:
        """When the oldest eligible digest became eligible; a digest of our own rebuild has the wave of that rebuild."""
        return min(self._wave_of(seen) for seen in self.eligible)

    @property
    def name(self) -> str:
        """The reference, for people."""
        return self.edge.dependency.image.familiar

    @property
    def built_on_gone(self) -> bool:
        """Whether a build would use the digest in `built_on` again, and that digest no longer exists."""
        built_on = self.edge.dependency.built_on
        if self.eligible or built_on is None or self.edge.dependency.pinned:
            return False
        seen = self.edge.ledger.find(built_on.digest)
        return seen is not None and seen.gone

    def _wave_of(self, seen: Observation) -> datetime:
        return self.edge.made(seen) or seen.first_seen + self.delay

    def cause(self) -> CauseState:
        """The newest aged digest as a cause of a rebuild; there has to be one."""
        newest, dependency = self.eligible[-1], self.edge.dependency
        before = dependency.built_on.digest if dependency.built_on else None
        return CauseState(
            dependency.name, dependency.image.familiar, newest.digest, before, newest.first_seen, self._wave_of(newest)
        )

    def target(self, causing: Sequence["EdgeView"]) -> Target | None:
        """The digest to build on: the newest aged one, else the fallback; None where neither is known."""
        dependency = self.edge.dependency
        if dependency.pinned:
            return None
        aged = self.eligible
        digest = aged[-1].digest if aged else self.fallback
        if digest is None:
            return None
        record = self.edge.trust.record(digest) if self.edge.trust else None
        signed_by = record.by if record else None
        return Target(dependency.name, dependency.written, dependency.image, digest, self in causing, signed_by)


def view_of(now: datetime, image: ImageState, edge: Edge) -> EdgeView:
    """The view of a dependency for an automatic rebuild."""
    delay = NO_DELAY if edge.is_own else image.enrollment.rebuild_delay
    built_on = edge.dependency.built_on
    if built_on is None or edge.dependency.pinned:
        return EdgeView(edge, now, delay, (), None)
    newer, unsigned = newer_digests(image, edge)
    return EdgeView(edge, edge.ledger.clamp(now), delay, newer, built_on.digest, unsigned)


def asked_view(now: datetime, image: ImageState, edge: Edge, *, emergency: bool) -> EdgeView:
    """As `view_of`; in an emergency nothing ages.

    Where it is not known what the image was built from, every digest counts as newer, and the one that is known for
    longest is the fallback: a rebuild that a person asks for makes it certain.
    """
    delay = NO_DELAY if emergency else view_of(now, image, edge).delay
    built_on = edge.dependency.built_on
    if built_on is not None or edge.dependency.pinned:
        return replace(view_of(now, image, edge), delay=delay)
    newer, unsigned = newer_digests(image, edge)
    return EdgeView(edge, edge.ledger.clamp(now), delay, newer, newer[0].digest if newer else None, unsigned)


def newer_digests(image: ImageState, edge: Edge) -> tuple[list[Observation], list[Observation]]:
    """The digests that may follow the one that the image is built from, oldest first, aged or not.

    Digests that people skip for this image are left out. Where it is not known what the image is built from, all count.

    Returns:
        Those that a rebuild may use, and those that it may not use because no signature of them is verified.
    """
    built_on = edge.dependency.built_on or BEFORE_ALL
    found = edge.ledger.candidates(built_on, edge.dependency.platforms)
    wanted = [seen for seen in found if image.skip_of(seen.digest) is None]
    if edge.trust is None:
        return wanted, []
    accepted = [seen for seen in wanted if edge.trust.accepts(seen.digest)]
    return accepted, [seen for seen in wanted if seen not in accepted]
