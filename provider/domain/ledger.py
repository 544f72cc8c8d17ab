"""The history of a tag: a sequence of observed digests, with times by our own clock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from catalog.reference import Digest


@dataclass(frozen=True, slots=True)
class Observation:
    """A digest that a tag pointed to.

    Attributes:
        first_seen: by our clock; never earlier than that of the observation before it.
        last_seen: when a check first found another digest; None while this one is current.
        seen_by: "poll", or the webhook that caused the check.
        platforms: `os/architecture[/variant]` to the digest of the child; empty for an image of one platform.
        repoint: whether this is another index with the same children as the observation before it.
        gone: whether the registry no longer has this digest; then it cannot be built on.
    """

    digest: Digest
    first_seen: datetime
    seen_by: str = "poll"
    last_seen: datetime | None = None
    platforms: Mapping[str, Digest] = field(default_factory=dict, hash=False)
    repoint: bool = False
    gone: bool = False

    def same_for(self, platforms: Sequence[str], other: "Observation") -> bool:
        """Whether both are the same image on these platforms (empty: on all platforms of both)."""
        return self.digest == other.digest or self.content(platforms) == other.content(platforms)

    def content(self, platforms: Sequence[str]) -> object:
        """What these platforms (empty: all) pull: equal for two indexes with the same children."""
        if not platforms:
            return frozenset(self.platforms.items()) or self.digest
        children = tuple(self.child(name) for name in platforms)
        return self.digest if None in children else children

    def child(self, platform: str) -> Digest | None:
        """The child for a platform, or None; a platform without a variant matches any variant."""
        exact = self.platforms.get(platform)
        variants = (child for name, child in self.platforms.items() if name.startswith(f"{platform}/"))
        return exact or next(variants, None)


@dataclass(frozen=True, slots=True)
class BuiltOn:
    """The digest of a base that an image is built from, and the time when we learned it."""

    digest: Digest
    at: datetime


@dataclass(frozen=True, slots=True)
class Ledger:
    """The observations of one tag, oldest first. The first is the baseline, not an update."""

    observations: tuple[Observation, ...] = ()

    @property
    def current(self) -> Observation | None:
        """The newest observation; None before the first check."""
        return self.observations[-1] if self.observations else None

    def observe(
        self, now: datetime, digest: Digest, platforms: Mapping[str, Digest] | None = None, seen_by: str = "poll"
    ) -> "Ledger":
        """The ledger after a check; the same object when the digest has not changed. An observed digest is not gone.

        A clock that jumped back does not reorder the history: `now` counts as at least the last observation's time.
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
        """`now`, or the time of the last observation where that is later."""
        return max(now, self.observations[-1].first_seen) if self.observations else now

    def without(self, digest: Digest) -> "Ledger":
        """The ledger after the registry has answered that it no longer has this digest."""
        return Ledger(tuple(replace(seen, gone=True) if seen.digest == digest else seen for seen in self.observations))

    def find(self, digest: Digest) -> Observation | None:
        """The newest observation of a digest."""
        return next((seen for seen in reversed(self.observations) if seen.digest == digest), None)

    def candidates(self, built_on: BuiltOn, platforms: Sequence[str] = ()) -> list[Observation]:
        """The observations that are newer than the digest an image is built from, oldest first.

        Left out are withdrawn digests (the tag returned to an earlier digest, or to an index with the same children),
        digests that are gone, and indexes that are the same for the image's platforms.
        """
        if not self.observations or self.observations[-1].digest == built_on.digest:
            return []
        start = self._after(built_on)
        built_from = self.find(built_on.digest)
        returned = self._returns(platforms)
        found = []
        # The latest return to an observation so far: everything before it was withdrawn.
        returns_until = -1
        for index, seen in enumerate(self.observations):
            returns_until = max(returns_until, returned[index])
            if index >= max(start, returns_until) and not seen.gone:
                found.append(seen)
        if built_from is None:
            return found
        return [seen for seen in found if not seen.same_for(platforms, built_from)]

    def _returns(self, platforms: Sequence[str]) -> list[int]:
        """For each observation, the index of the tag's last return to it: to its digest, or to the same children.

        An index that directly follows another one with the same children is not a return: the tag never left it.
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
        """The index of the first newer observation.

        A digest that the ledger never held counts as older than the observation that was current when we learned of it.
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
