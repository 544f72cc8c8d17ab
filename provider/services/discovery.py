"""Read Dockerfiles and record the images that they name."""

from collections.abc import Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime

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
from provider.ports import SnapshotStore, SourceRepository
from provider.services.dockerfiles import read_source
from provider.services.progress import Progress, no_progress
from proxy.errors import OutsideFailure
from proxy.ports import Registry

_AT_ONCE = 8
_Found = tuple[Source, SourceFindings | OutsideFailure | InternalError]


def discover_dependencies(
    now: datetime,
    store: SnapshotStore,
    sources: SourceRepository,
    registries: Registry,
    names: Collection[str],
    progress: Progress = no_progress,
) -> Snapshot:
    """Read the Dockerfiles of these images; one that cannot be read does not stop the next one."""
    snapshot = store.read()
    wanted = [image for name in names if (image := snapshot.images.get(name)) and image.enrollment.source]
    if not wanted:
        return snapshot
    step, found_by_name = progress("Dockerfiles", len(wanted)), {}
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for image, found in zip(wanted, pool.map(lambda each: _read(sources, registries, each), wanted), strict=True):
            found_by_name[image.name] = found
            step()
    return store.write(lambda fresh: _changes(now, fresh, found_by_name), "Record the dependencies of Dockerfiles")


def _read(sources: SourceRepository, registries: Registry, image: ImageState) -> _Found:
    source = image.enrollment.source
    assert source  # noqa: S101 - the caller chose images that have one
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
