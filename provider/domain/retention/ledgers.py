"""Remove the old observations of a tag, where every decision stays the same. Pure."""

from collections.abc import Collection, Iterator
from datetime import datetime

from catalog.reference import Digest
from provider.domain.ledger import BuiltOn, Ledger, Observation

LEAST = 10
"""So many of the newest observations always stay: people see them, and images are compared with their layers."""


def shortened(
    ledger: Ledger, before: datetime, built_on: Collection[BuiltOn], missed: Collection[Digest] = ()
) -> Ledger:
    """The ledger without the oldest observations that ended before a time.

    An observation stays if an image is built from its digest or pins it, and so do all later ones. A digest or a child
    that the tag had again later stays too, because that return withdrew the digests between, and so does the last
    observation of a platform that later ones lack.

    Args:
        ledger: the history of the tag.
        before: the time.
        built_on: what the dependent images are built from, and what their Dockerfiles pin.
        missed: of these, those that an image does not contain: it contains at best what the tag had before.
    """
    observations = ledger.observations
    ended = next((index for index, seen in enumerate(observations) if not _ended(seen, before)), len(observations))
    needed = [_place_of(observations, each) for each in built_on]
    needed += [max(place - 1, 0) for digest in missed if (place := _last(observations, digest)) is not None]
    most = min([ended, len(observations) - LEAST, *needed])
    cut = max([0, *(place for place in _separating(observations) if place <= most)])
    return Ledger(observations[cut:])


def _ended(seen: Observation, before: datetime) -> bool:
    return seen.last_seen is not None and seen.last_seen < before


def _place_of(observations: Collection[Observation], built_on: BuiltOn) -> int:
    """The index of the observation from which newer ones are counted."""
    place = _last(observations, built_on.digest)
    if place is not None:
        return place
    later = (index for index, seen in enumerate(observations) if seen.last_seen is None or seen.last_seen > built_on.at)
    return next(later, len(observations))


def _last(observations: Collection[Observation], digest: Digest) -> int | None:
    return max((index for index, seen in enumerate(observations) if seen.digest == digest), default=None)


def _separating(observations: Collection[Observation]) -> Iterator[int]:
    """The indexes at which the history can be cut.

    Nothing before has a digest or child that comes again after it, or a platform that the first one after it lacks.
    """
    last = {digest: index for index, seen in enumerate(observations) for digest in _digests(seen)}
    reached, platforms = -1, set[str]()
    for index, seen in enumerate(observations):
        if reached < index and platforms <= seen.platforms.keys():
            yield index
        reached = max(reached, *(last[digest] for digest in _digests(seen)))
        platforms |= seen.platforms.keys()


def _digests(seen: Observation) -> Iterator[Digest]:
    yield seen.digest
    yield from seen.platforms.values()
