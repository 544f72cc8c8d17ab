"""What a tag pointed to, and since when: a sequence of observations by our own clock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from catalog.reference import Digest


@dataclass(frozen=True, slots=True)
class Observation:
    """A digest that a tag pointed to.

    Attributes:
        first_seen: by our clock, not before the observation ahead of it.
        last_seen: when it was found to be current no more; None while it is.
        seen_by: "poll", or the webhook that caused the check.
        platforms: `os/architecture[/variant]` to the child's digest; empty for an image of one platform.
        repoint: another index over the children that the one before it had.
        gone: the registry has this digest no more; it cannot be built on.
    """

    digest: Digest
    first_seen: datetime
    seen_by: str = "poll"
    last_seen: datetime | None = None
    platforms: Mapping[str, Digest] = field(default_factory=dict, hash=False)
    repoint: bool = False
    gone: bool = False

    def same_for(self, platforms: Sequence[str], other: "Observation") -> bool:
        """Whether both give the same image on the platforms (none named: on all that either has)."""
        return self.digest == other.digest or self.content(platforms) == other.content(platforms)

    def content(self, platforms: Sequence[str]) -> object:
        """What the platforms (none named: all that it has) get of it: equal for indexes over the same children."""
        if not platforms:
            return frozenset(self.platforms.items()) or self.digest
        children = tuple(self.child(name) for name in platforms)
        return self.digest if None in children else children

    def child(self, platform: str) -> Digest | None:
        """The child for a platform, where there is one; without a variant it means whichever variant there is."""
        exact = self.platforms.get(platform)
        variants = (child for name, child in self.platforms.items() if name.startswith(f"{platform}/"))
        return exact or next(variants, None)


@dataclass(frozen=True, slots=True)
class BuiltOn:
    """The digest of a base that an image is built from, and when we learned that."""

    digest: Digest
    at: datetime


@dataclass(frozen=True, slots=True)
class Ledger:
    """The observations of one tag, oldest first. The first is the baseline, never an update."""

    observations: tuple[Observation, ...] = ()

    @property
    def current(self) -> Observation | None:
        """What the tag points to as far as we know."""
        return self.observations[-1] if self.observations else None

    def observe(
        self, now: datetime, digest: Digest, platforms: Mapping[str, Digest] | None = None, seen_by: str = "poll"
    ) -> "Ledger":
        """The ledger after a check; itself when the tag has not moved. What is seen is not gone.

        A clock that jumped back does not reorder history: `now` is taken as not before the last observation.
        """
        current = self.current
        if current is None:
            return Ledger((Observation(digest, now, seen_by, platforms=dict(platforms or {})),))
        if current.digest == digest:
            return Ledger((*self.observations[:-1], replace(current, gone=False))) if current.gone else self
        now = max(now, current.first_seen)
        new = Observation(digest, now, seen_by, platforms=dict(platforms or {}))
        new = replace(new, repoint=new.same_for((), current))
        return Ledger((*self.observations[:-1], replace(current, last_seen=now), new))

    def clamp(self, now: datetime) -> datetime:
        """`now`, but never before the last observation."""
        return max(now, self.observations[-1].first_seen) if self.observations else now

    def without(self, digest: Digest) -> "Ledger":
        """The ledger after the registry said that it has this digest no more."""
        return Ledger(tuple(replace(seen, gone=True) if seen.digest == digest else seen for seen in self.observations))

    def find(self, digest: Digest) -> Observation | None:
        """The newest observation of a digest."""
        return next((seen for seen in reversed(self.observations) if seen.digest == digest), None)

    def candidates(self, built_on: BuiltOn, platforms: Sequence[str] = ()) -> list[Observation]:
        """What is newer than what an image is built from, oldest first.

        Left out: what was withdrawn (the tag returned to something earlier, by digest or to the same children), what is
        gone, and indexes that changed nothing for the image's platforms.
        """
        if not self.observations or self.observations[-1].digest == built_on.digest:
            return []
        start = self._after(built_on)
        stands_on = self.find(built_on.digest)
        returned = self._returns(platforms)
        found = []
        # The furthest return to anything seen so far: whatever lies before it was withdrawn.
        returns_until = -1
        for index, seen in enumerate(self.observations):
            returns_until = max(returns_until, returned[index])
            if index >= max(start, returns_until) and not seen.gone:
                found.append(seen)
        if stands_on is None:
            return found
        return [seen for seen in found if not seen.same_for(platforms, stands_on)]

    def _returns(self, platforms: Sequence[str]) -> list[int]:
        """For each observation, where the tag last came back to it: to its digest, or to its children.

        An index that follows another one over the same children returns to nothing: it is still there.
        """
        contents = [seen.content(platforms) for seen in self.observations]
        newest_digest: dict[Digest, int] = {}
        newest_content: dict[object, int] = {}
        for index, seen in enumerate(self.observations):
            newest_digest[seen.digest] = index
            if index == 0 or contents[index] != contents[index - 1]:
                newest_content[contents[index]] = index
        return [
            max(newest_digest[seen.digest], newest_content[contents[index]])
            for index, seen in enumerate(self.observations)
        ]

    def _after(self, built_on: BuiltOn) -> int:
        """Where newer observations begin.

        A digest that the ledger never held lies before whatever was still current when we learned of it.
        """
        places = [index for index, seen in enumerate(self.observations) if seen.digest == built_on.digest]
        if places:
            return places[-1] + 1
        return next(
            (
                index
                for index, seen in enumerate(self.observations)
                if seen.last_seen is None or seen.last_seen > built_on.at
            ),
            len(self.observations),
        )
