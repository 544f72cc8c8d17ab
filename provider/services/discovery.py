"""Read Dockerfiles and record the images that they name."""

from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime

from catalog.image import DependencyRole, DiscoveryStatus
from provider.containment import contained
from provider.domain.dockerfile import Discovery, DockerfileError, FoundReference, discover
from provider.domain.dockerfile.references import DEFAULT_PLATFORMS
from provider.domain.enrollment import Source
from provider.domain.lifecycle import settle
from provider.domain.snapshot import Changes, Snapshot
from provider.domain.state import DependencyState, ImageState
from provider.errors import InternalError
from provider.ports import SnapshotStore, SourceRepository
from provider.services.progress import Progress, no_progress
from proxy.errors import OutsideFailure

_AT_ONCE = 8
_Result = Discovery | OutsideFailure | DockerfileError | InternalError
_Found = tuple[Source, _Result]


def discover_dependencies(
    now: datetime,
    store: SnapshotStore,
    sources: SourceRepository,
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
        for image, found in zip(wanted, pool.map(lambda each: _read(sources, each), wanted), strict=True):
            found_by_name[image.name] = found
            step()
    return store.write(lambda fresh: _changes(now, fresh, found_by_name), "Record the dependencies of Dockerfiles")


def _read(sources: SourceRepository, image: ImageState) -> _Found:
    source = image.enrollment.source
    assert source  # noqa: S101 - the caller chose images that have one
    platforms = image.enrollment.platforms or DEFAULT_PLATFORMS
    return source, contained(image.name, _discovered, sources, source, platforms)


def _discovered(
    sources: SourceRepository, source: Source, platforms: Sequence[str]
) -> Discovery | OutsideFailure | DockerfileError:
    try:
        text = sources.dockerfile(source).text
        return discover(text, build_args=source.build_args, target=source.target, platforms=platforms)
    except (OutsideFailure, DockerfileError) as error:
        return error


def _changes(now: datetime, snapshot: Snapshot, found_by_name: Mapping[str, _Found]) -> Changes:
    changes = Changes()
    for name, (source, result) in found_by_name.items():
        image = snapshot.images.get(name)
        if image is None or image.enrollment.source != source:
            continue
        after = contained(name, _after, now, image, result)
        if isinstance(after, InternalError):
            after = replace(image, discovery=DiscoveryStatus.FAILED, discovery_error=str(after), last_discovery=now)
        # A check that finds nothing new is not committed: only `lastDiscovery` would differ.
        if replace(after, last_discovery=image.last_discovery) != image:
            changes.images[name] = after
            changes.reasons.append(f"{name}: {_reason(after)}")
    return changes.followed_by(settle(now, changes.apply(snapshot)))


def _after(now: datetime, image: ImageState, result: _Result) -> ImageState:
    match result:
        case Discovery():
            dependencies = _dependencies(image, result)
            return replace(
                image,
                dependencies=dependencies,
                unresolved=result.unresolved,
                warnings=result.warnings,
                discovery=DiscoveryStatus.SUCCESS if dependencies else DiscoveryStatus.NONE,
                discovery_error=None,
                last_discovery=now,
            )
        case OutsideFailure(transient=True):
            # The first message stays while the failure lasts, so that not every try makes a commit.
            return replace(image, discovery_error=image.discovery_error or f"{result}; it is tried again")
        case DockerfileError():
            return _failed(now, image, result.without_text)
        case _:
            return _failed(now, image, str(result))


def _failed(now: datetime, image: ImageState, problem: str) -> ImageState:
    """The state after a Dockerfile that cannot be read. Whoever sees it need not be allowed to see that file."""
    message = f"{image.enrollment.source.dockerfile}: {problem}" if image.enrollment.source else problem
    return replace(image, discovery=DiscoveryStatus.FAILED, discovery_error=message, last_discovery=now)


def _dependencies(image: ImageState, found: Discovery) -> tuple[DependencyState, ...]:
    """One dependency for each image, with all kinds of its references; `built_on` stays as it was."""
    known = {dependency.image: dependency for dependency in image.dependencies}
    merged: dict[object, DependencyState] = {}
    for reference in found.references:
        role, kind = reference.role, reference.kind.value
        if (before := merged.get(reference.image)) is None:
            merged[reference.image] = _dependency(reference, role, kind, known.get(reference.image))
        else:
            merged[reference.image] = replace(
                before, kinds=_with(before.kinds, kind), role=min(before.role, role, key=_WEIGHT.index)
            )
    return tuple(merged.values())


_WEIGHT = (DependencyRole.FINAL, DependencyRole.STAGE, DependencyRole.UNUSED, DependencyRole.SYNTAX)


def _dependency(
    found: FoundReference, role: DependencyRole, kind: str, known: DependencyState | None
) -> DependencyState:
    if known:
        return replace(known, written=found.written, role=role, kinds=(kind,), platforms=found.platforms)
    return DependencyState(str(found.image), found.written, found.image, (kind,), role, found.platforms)


def _with(kinds: tuple[str, ...], kind: str) -> tuple[str, ...]:
    return kinds if kind in kinds else (*kinds, kind)


def _reason(image: ImageState) -> str:
    match image.discovery:
        case DiscoveryStatus.SUCCESS:
            return f"depends on {', '.join(dependency.image.familiar for dependency in image.dependencies)}"
        case DiscoveryStatus.NONE:
            return "its Dockerfile names no external image"
        case _:
            return image.discovery_error or "not checked yet"
