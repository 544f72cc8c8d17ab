"""Read Dockerfiles and record the images that they name."""

from collections.abc import Collection, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from itertools import islice

from catalog.image import DiscoveryStatus
from catalog.reference import ImageReference
from provider.containment import contained
from provider.domain.discovery.build_contexts import observed_images
from provider.domain.discovery.findings import SourceFindings
from provider.domain.discovery.outcome import after_discovery, reason_of
from provider.domain.enrollment import Source
from provider.domain.lifecycle import settle
from provider.domain.snapshot import Changes, Snapshot
from provider.domain.state import ImageState
from provider.errors import InternalError
from provider.ports import ManySources, SnapshotStore, SourceRepository
from provider.services.progress import Progress, no_progress
from provider.services.source_reading.dockerfiles import read_source
from provider.services.source_reading.source_reads import SourceReads
from proxy.at_once import run_all
from proxy.deadline import Deadline
from proxy.errors import KeptBack, NotNow, OutsideFailure
from proxy.ports import Registry
from proxy.urgency import patient

_AT_ONCE = 8
_MOST_OF_A_ROUND = 2000
_MOST_OF_A_PERSON = 100
_Found = tuple[Source, SourceFindings | OutsideFailure | InternalError]
DockerfileReads = SourceReads[_Found]
"""The reads of Dockerfiles that may outlast a round."""


@dataclass(frozen=True, slots=True)
class Discovered:
    """What came of reading Dockerfiles.

    Attributes:
        read: the names of the images that were read, or certainly cannot be.
        waiting: by name, when the source of an image that was not read may be asked again, in UTC.
    """

    read: Collection[str] = ()
    waiting: Mapping[str, datetime] = field(default_factory=dict)


def discover_dependencies(
    now: datetime,
    store: SnapshotStore,
    sources: ManySources,
    registries: Registry,
    names: Collection[str],
    reads: DockerfileReads,
    deadline: Deadline,
    progress: Progress = no_progress,
) -> Discovered:
    """Read the Dockerfiles of these images, and record what has arrived by the deadline.

    One that cannot be read, or not in time, does not stop the next one.

    Args:
        now: the time of the reading.
        store: has the images.
        sources: are read.
        registries: tell platforms and labels.
        names: of the images, in the order in which they are read.
        reads: what earlier rounds began to read; a read that is still running is not begun again.
        deadline: of the reads; recording them comes after it.
        progress: counts the images.

    Returns:
        Which were read, and which have to wait: a source that is used up by its limit is not asked before its time.
        Of very many, the first 2,000.
    """
    snapshot = store.read()
    known = (image for name in names if (image := snapshot.images.get(name)) and image.enrollment.source)
    wanted = list(islice(known, _MOST_OF_A_ROUND))
    if not wanted:
        return Discovered()
    # Where a source limits requests, people come first: they never wait for more.
    can_wait = len(wanted) > _MOST_OF_A_PERSON
    step = progress("Dockerfiles", len(wanted))
    begun = [image for image in wanted if not reads.is_known(image.name)]
    reader = sources.together([image.enrollment.source for image in begun if image.enrollment.source])
    tasks = [
        partial(reads.run, image.name, partial(_read, reader, registries, image, can_wait=can_wait)) for image in begun
    ]
    for _, result in run_all(tasks, _AT_ONCE, deadline):
        if result is None:
            step()
    found_by_name = reads.take([image.name for image in wanted])
    store.write(lambda fresh: _changes(now, fresh, found_by_name), "Record the dependencies of Dockerfiles")
    waiting = {name: until for name, (_, result) in found_by_name.items() if (until := _retry_at(result))}
    return Discovered(found_by_name.keys() - waiting.keys(), waiting)


def _retry_at(result: SourceFindings | OutsideFailure | InternalError) -> datetime | None:
    return result.retry_at if isinstance(result, NotNow) else None


def _read(sources: SourceRepository, registries: Registry, image: ImageState, *, can_wait: bool) -> _Found:
    source = image.enrollment.source
    assert source  # noqa: S101 - the caller chose images that have one
    with patient() if can_wait else nullcontext():
        return source, contained(image.name, _findings, sources, registries, image, source)


def _findings(
    sources: SourceRepository, registries: Registry, image: ImageState, source: Source
) -> SourceFindings | OutsideFailure:
    try:
        return read_source(sources, registries, image, source)
    except OutsideFailure as error:
        return error


def _changes(now: datetime, snapshot: Snapshot, found_by_name: Mapping[str, _Found]) -> Changes:
    changes, observed = Changes(), observed_images(snapshot)
    for name, (source, result) in found_by_name.items():
        image = snapshot.images.get(name)
        if image is None or image.enrollment.source != source:
            continue
        # What is known stays: a limit of the source says nothing about it, and who was not asked has said nothing.
        if isinstance(result, KeptBack) or (_retry_at(result) and image.discovery is not DiscoveryStatus.PENDING):
            continue
        after = _after(now, image, source, result, observed)
        # A check that finds nothing new is not committed: only `lastDiscovery` would differ.
        if replace(after, last_discovery=image.last_discovery) != image:
            changes.images[name] = after
            changes.reasons.append(f"{name}: {reason_of(after)}")
    return changes.followed_by(settle(now, changes.apply(snapshot)))


def _after(
    now: datetime,
    image: ImageState,
    source: Source,
    result: SourceFindings | OutsideFailure | InternalError,
    observed: Collection[ImageReference],
) -> ImageState:
    if not isinstance(result, InternalError):
        after = contained(image.name, after_discovery, now, image, source, result, observed)
        if not isinstance(after, InternalError):
            return after
        result = after
    return replace(image, discovery=DiscoveryStatus.FAILED, discovery_error=f"Dockerfile: {result}", last_discovery=now)
