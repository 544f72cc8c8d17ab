"""What became of the digests that builds used: known by the whole history, which a policy does not have yet. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from catalog.reference import Digest
from provider.domain.edges.view import BEFORE_ALL
from provider.domain.ledger import Observation
from provider.domain.simulation.figures import Fate, ShortLived
from provider.domain.snapshot import Snapshot
from provider.domain.state import BaseState, CauseState, ImageState


@dataclass(frozen=True, slots=True)
class Fates:
    """The whole histories of the base images. Digests of managed images have no fate: every replay makes its own."""

    bases: Mapping[str, BaseState]
    _usable: dict[tuple[str, tuple[str, ...]], Collection[Digest]] = field(default_factory=dict)

    @classmethod
    def of_snapshot(cls, snapshot: Snapshot) -> "Fates":
        """The fates of what was recorded."""
        return Fates(snapshot.bases)

    def of(self, now: datetime, image: ImageState, cause: CauseState) -> Collection[Fate]:
        """The fates of the digest of a cause, for a build that starts now."""
        base = self.bases.get(cause.name)
        seen = _observation(base, cause)
        if base is None or seen is None:
            return ()
        platforms = next((each.platforms for each in image.dependencies if each.name == cause.name), ())
        found = set[Fate]()
        if cause.digest not in self._usable_of(base, platforms):
            found.add(Fate.WITHDRAWN)
        if seen.last_seen is not None and seen.last_seen <= now:
            following = _following(base.ledger.observations, seen, now)
            found.add(Fate.REPOINTED if all(each.same_for(platforms, seen) for each in following) else Fate.REPLACED)
        return found

    def short_lived(self, now: datetime, name: str, cause: CauseState) -> ShortLived:
        """The build of an image that starts now on the digest of a cause."""
        seen = _observation(self.bases.get(cause.name), cause)
        ended = seen.last_seen if seen else None
        return ShortLived(name, cause.reference, cause.digest, cause.first_seen, now, ended)

    def _usable_of(self, base: BaseState, platforms: tuple[str, ...]) -> Collection[Digest]:
        """The digests that are there and were not withdrawn, by what is known today."""
        key = base.name, platforms
        if key not in self._usable:
            self._usable[key] = {seen.digest for seen in base.ledger.candidates(BEFORE_ALL, platforms)}
        return self._usable[key]


def _observation(base: BaseState | None, cause: CauseState) -> Observation | None:
    observations = base.ledger.observations if base else ()
    return next(
        (seen for seen in observations if (seen.digest, seen.first_seen) == (cause.digest, cause.first_seen)), None
    )


def _following(observations: Sequence[Observation], seen: Observation, now: datetime) -> Sequence[Observation]:
    return [each for each in observations if seen.first_seen < each.first_seen <= now]
