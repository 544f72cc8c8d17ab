"""What an image was built from at an earlier time, as far as its rebuilds and its history show it. Pure."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from catalog.reference import Digest
from provider.domain.ledger import BuiltOn, Ledger, Observation
from provider.domain.state import DependencyState, ImageState, RebuildState


def pushes(image: ImageState) -> Iterator[Observation]:
    """The digests of the image that no rebuild of ours made, without the baseline."""
    return (seen for seen in image.ledger.observations[1:] if image.wave_of(seen) is None)


def built_on_at(moment: datetime, image: ImageState, dependency: DependencyState, ledger: Ledger) -> BuiltOn | None:
    """The digest of a dependency that the image was built from at that time.

    The next rebuild tells what was there before it, the last one what it was built on. Where neither tells and another
    build made the image, that build is taken to have used the digest that was current when it was seen; before it, the
    image is taken to be built on what was current when it was enrolled.

    Args:
        moment: by our own clock.
        image: with all its rebuilds and its whole history.
        dependency: as it is today.
        ledger: of the dependency.
    """
    times = [seen.first_seen for seen in pushes(image)]
    next_push = min((time for time in times if time > moment), default=None)
    last_push = max((time for time in times if time <= moment), default=None)
    following = _next(moment, image.rebuilds)
    if following and (next_push is None or following.requested_at < next_push):
        told = _before(following, dependency)
    elif (last := _last(moment, image.rebuilds)) and (last_push is None or last_push < _end(last)):
        told = _passed(last, dependency)
    elif next_push is None and last_push is None and dependency.built_on:
        told = dependency.built_on.digest
    else:
        told = None
    digest = told or _current(ledger, last_push or min(moment, image.enrolled_at))
    return BuiltOn(digest, moment) if digest else None


def _next(moment: datetime, records: Sequence[RebuildState]) -> RebuildState | None:
    """The first rebuild that had not ended then."""
    return next((record for record in records if record.completed_at is None or record.completed_at > moment), None)


def _last(moment: datetime, records: Sequence[RebuildState]) -> RebuildState | None:
    """The last rebuild that had made a digest then."""
    made = (record for record in reversed(records) if record.result is not None)
    return next((record for record in made if _end(record) <= moment), None)


def _end(record: RebuildState) -> datetime:
    return record.completed_at or record.requested_at


def _before(record: RebuildState, dependency: DependencyState) -> Digest | None:
    """What the image was built from when the rebuild was decided: a cause has the digest before, the rest keeps its."""
    cause = next((cause for cause in record.causes if cause.name == dependency.name), None)
    return cause.previous_digest if cause else _passed(record, dependency)


def _passed(record: RebuildState, dependency: DependencyState) -> Digest | None:
    key = dependency.name, dependency.image.tag
    return next((target.digest for target in record.targets if (target.name, target.image.tag) == key), None)


def _current(ledger: Ledger, moment: datetime) -> Digest | None:
    """The digest that was current then; of a tag that was seen later, its first one."""
    seen = [each.digest for each in ledger.observations if each.first_seen <= moment]
    first = ledger.observations[:1]
    return seen[-1] if seen else (first[0].digest if first else None)
