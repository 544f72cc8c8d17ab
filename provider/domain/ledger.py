"""The history of a tag: a sequence of observed digests, with times by our own clock."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache

from catalog.platforms import without_os_version
from catalog.reference import Digest


@dataclass(frozen=True, slots=True)
class Observation:
    """A digest that a tag pointed to.

    Attributes:
        first_seen: by our clock; never earlier than that of the observation before it.
        last_seen: when a check first found another digest; None while this one is current.
        seen_by: "poll", or the webhook that caused the check.
        platforms: `os[(os.version)]/architecture[/variant]` to the digest of the child; empty for an image of one
            platform.
        repoint: whether this is another index with the same children as the observation before it.
        gone: whether the registry no longer has this digest; then it cannot be built on.
        unread: whether its manifest could not be read yet, so that its platforms are not known.
    """

    digest: Digest
    first_seen: datetime
    seen_by: str = "poll"
    last_seen: datetime | None = None
    platforms: Mapping[str, Digest] = field(default_factory=dict, hash=False)
    repoint: bool = False
    gone: bool = False
    unread: bool = False

    def same_for(self, platforms: Sequence[str], other: "Observation") -> bool:
        """Whether both are the same image on these platforms (empty: on all platforms of both)."""
        return self.digest == other.digest or self.content(platforms) == other.content(platforms)

    def content(self, platforms: Sequence[str]) -> object:
        """What these platforms (empty: all) pull: equal for two indexes with the same children.

        A manifest of one platform is equal to an index over exactly that manifest.
        """
        pulled = tuple(self.children(name) for name in platforms)
        if any(pulled):
            return pulled
        only = set(self.platforms.values()) or {self.digest}
        return frozenset(self.platforms.items()) if len(only) > 1 else only.pop()

    def children(self, platform: str) -> tuple[Digest, ...]:
        """The children for a platform, sorted; several where they differ in the version of the operating system.

        A platform without a variant matches any variant, if none matches exactly. A manifest of one platform is pulled
        for every platform.
        """
        if not self.platforms:
            return () if self.unread else (self.digest,)
        wanted = _plain(platform)
        found = {name: _plain(name) for name in self.platforms}
        exact = [self.platforms[name] for name, plain in found.items() if plain == wanted]
        prefix = f"{wanted}/"
        return tuple(
            sorted(exact or [self.platforms[name] for name, plain in found.items() if plain.startswith(prefix)])
        )

    def child(self, platform: str) -> Digest | None:
        """The first child for a platform; None where there is none."""
        return next(iter(self.children(platform)), None) if self.platforms else None


@dataclass(frozen=True, slots=True)
class BuiltOn:
    """The digest of a base that an image is built from, and the time when we learned it."""

    digest: Digest
    at: datetime


@dataclass(frozen=True, slots=True)
class _Pulled:
    """What the observations of a ledger are for an image that pulls some platforms.

    Attributes:
        images: a number for each observation, by index: the same number where these platforms pull the same.
        usable: the indexes of the observations that were not withdrawn, exist, are read and lost no platform, in order.
        lost: the platforms that an earlier observation had and the last one has not.
    """

    images: tuple[int, ...]
    usable: tuple[int, ...]
    lost: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ledger:
    """The observations of one tag, oldest first. The first is the baseline, not an update."""

    observations: tuple[Observation, ...] = ()
    # Thousands of images ask the same ledger in each round, for the same few platforms.
    _pulled: dict[tuple[str, ...], _Pulled] = field(default_factory=dict, init=False, repr=False, compare=False)

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
        return self._observed(now, Observation(digest, now, seen_by, platforms=dict(platforms or {})))

    def observe_unread(self, now: datetime, digest: Digest) -> "Ledger":
        """The ledger after a check that found a digest whose manifest cannot be read now.

        The digest ages from now on; it becomes a candidate when its manifest has been read.
        """
        current = self.current
        if current and current.digest == digest and not current.gone:
            return self
        return self._observed(now, Observation(digest, now, unread=True))

    def _observed(self, now: datetime, new: Observation) -> "Ledger":
        current, earlier = self.current, self.observations[:-1]
        if current is None:
            return Ledger((new,))
        if current.digest != new.digest:
            now = max(now, current.first_seen)
            new = replace(new, first_seen=now, repoint=not new.unread and new.same_for((), current))
            return Ledger((*earlier, replace(current, last_seen=now), new))
        if not (current.gone or current.unread):
            return self
        known = replace(current, gone=False)
        if current.unread and not new.unread:
            repoint = bool(earlier) and new.same_for((), earlier[-1])
            known = replace(known, unread=False, platforms=new.platforms, repoint=repoint)
        return Ledger((*earlier, known))

    def no_later(self, now: datetime) -> "Ledger":
        """The ledger in which nothing was seen later than now."""
        return Ledger(
            tuple(
                replace(
                    seen, first_seen=min(seen.first_seen, now), last_seen=seen.last_seen and min(seen.last_seen, now)
                )
                for seen in self.observations
            )
        )

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
        digests that are gone or not read yet, indexes that are the same for the image's platforms, and indexes that
        lost one of these platforms.
        """
        if not self.observations or self.observations[-1].digest == built_on.digest:
            return []
        pulled = self._for(platforms)
        place = self._place(built_on.digest)
        start = self._current_at(built_on.at) if place is None else place + 1
        newer = pulled.usable[bisect_left(pulled.usable, start) :]
        if place is not None:
            newer = tuple(index for index in newer if pulled.images[index] != pulled.images[place])
        return [self.observations[index] for index in newer]

    def lost_platforms(self, platforms: Sequence[str]) -> tuple[str, ...]:
        """Those of the platforms that an earlier digest had and the current one has not: an index is still filled."""
        return self._for(platforms).lost if self.observations else ()

    def _for(self, platforms: Sequence[str]) -> _Pulled:
        """What the observations are for these platforms; computed once for each ledger."""
        key = tuple(platforms)
        found = self._pulled.get(key)
        if found is None:
            found = self._pulled[key] = self._computed(key)
        return found

    def _computed(self, platforms: tuple[str, ...]) -> _Pulled:
        numbers: dict[object, int] = {}
        images = tuple(numbers.setdefault(seen.content(platforms), len(numbers)) for seen in self.observations)
        lost, returns = self._lost(platforms), self._returns(images)
        usable = []
        # The latest return to an observation so far: everything before it was withdrawn.
        returns_until = -1
        for index, seen in enumerate(self.observations):
            returns_until = max(returns_until, returns[index])
            if index >= returns_until and not (seen.gone or seen.unread or lost[index]):
                usable.append(index)
        return _Pulled(images, tuple(usable), lost[-1])

    def _lost(self, platforms: Sequence[str]) -> list[tuple[str, ...]]:
        """For each observation, the platforms that an observation before it had, and that it has not.

        A manifest of one platform has one of them; which one it is, is not known.
        """
        had: dict[str, Digest] = {}
        lost = []
        for seen in self.observations:
            if seen.platforms:
                lost.append(tuple(name for name in had if not seen.children(name)))
                had |= {name: child for name in platforms if (child := seen.child(name))}
            else:
                several = len(set(had.values())) > 1 and not seen.unread
                lost.append(tuple(name for name in had if had[name] != seen.digest) if several else ())
        return lost

    def _returns(self, images: Sequence[int]) -> list[int]:
        """For each observation, the index of the tag's last return to it: to its digest, or to the same children.

        An index that directly follows another one with the same children is not a return: the tag never left it.
        """
        newest_digest: dict[Digest, int] = {}
        newest_image: dict[int, int] = {}
        for index, seen in enumerate(self.observations):
            newest_digest[seen.digest] = index
            if index == 0 or images[index] != images[index - 1]:
                newest_image[images[index]] = index
        return [
            max(newest_digest[seen.digest], newest_image[images[index]]) for index, seen in enumerate(self.observations)
        ]

    def _place(self, digest: Digest) -> int | None:
        """The index of the newest observation of a digest."""
        indexes = range(len(self.observations))
        return next((index for index in reversed(indexes) if self.observations[index].digest == digest), None)

    def _current_at(self, moment: datetime) -> int:
        """The index of the observation that was current then; of the first one for an earlier moment.

        A digest that the ledger never held counts as older than the observation that was current when we learned of it.
        """
        return next(
            (
                index
                for index, seen in enumerate(self.observations)
                if seen.last_seen is None or seen.last_seen > moment
            ),
            len(self.observations),
        )


@lru_cache(maxsize=1024)
def _plain(platform: str) -> str:
    """The platform without the version of its operating system and without the default variant of arm64."""
    plain = without_os_version(platform)
    return plain.removesuffix("/v8") if plain.endswith("/arm64/v8") else plain
