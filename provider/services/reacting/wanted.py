"""What one reaction does, and which images an event concerns. Pure."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from catalog.reference import ImageReference
from provider.containment import contained
from provider.domain.enrollment import Enrollment
from provider.domain.events import BuildReported, Event, ImagePushed, RunChanged, SourcePushed
from provider.domain.events.build_reports import report_problem
from provider.domain.snapshot import Snapshot
from provider.domain.state import ImageState, RebuildState
from provider.services.reacting.addresses import path_of_repository, same_repository


@dataclass(frozen=True, slots=True)
class ConfigSource:
    """The address and the branches of the config repository."""

    address: str = ""
    branches: frozenset[str] = frozenset()

    def is_meant(self, event: Event) -> bool:
        """Whether somebody pushed to the config repository."""
        if not isinstance(event, SourcePushed) or event.branch not in self.branches:
            return False
        path = path_of_repository(self.address)
        return same_repository(self.address, event.addresses) or path == event.repository.lower()


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for, each thing once; nothing at all: only decide.

    Attributes:
        names: the images that are checked, with their dependencies.
        events: what has happened outside; equal events are one.
        config: those of them that are pushes to the config repository: its enrollments are read and applied.
    """

    names: frozenset[str] = frozenset()
    events: tuple[Event, ...] = ()
    config: frozenset[Event] = frozenset()


@dataclass(frozen=True, slots=True)
class Reacted:
    """What a reaction has done.

    Attributes:
        snapshot: after it.
        outcomes: by event, a sentence for a person; an event that is not there has to be reacted to again.
    """

    snapshot: Snapshot
    outcomes: Mapping[Event, str]


@dataclass(slots=True)
class Concerned:
    """The names of the images that events concern.

    Attributes:
        read: whose Dockerfiles are read.
        checked: whose digests are checked, by reference.
        followed: whose rebuilds in progress are followed.
        reports: of build systems that cannot be asked, about rebuilds in progress.
    """

    read: set[str] = field(default_factory=set)
    checked: dict[ImageReference, set[str]] = field(default_factory=dict)
    followed: set[str] = field(default_factory=set)
    reports: list[BuildReported] = field(default_factory=list)

    def add(self, snapshot: Snapshot, event: Event) -> None:
        """Add the images that an event concerns."""
        match event:
            case SourcePushed():
                self.read |= built_from(snapshot, event)
            case ImagePushed():
                names = named_by(snapshot, event.image)
                self.checked[event.image] = names
                # The digest of an image that is being built is read where its rebuild is followed.
                self.followed |= {name for name in _those(snapshot, _is_active) if name in names}
            case RunChanged() | BuildReported():
                followed = in_progress(snapshot, event)
                self.followed |= followed
                if isinstance(event, BuildReported):
                    self._report(snapshot, followed, event)
            case _:
                pass

    def _report(self, snapshot: Snapshot, names: Iterable[str], event: BuildReported) -> None:
        """Take the report of a build system that cannot be asked; every other one is asked."""
        builds = [snapshot.images[name].enrollment.build for name in names]
        unasked = any(build and build.system == "webhook" for build in builds)
        if unasked and report_problem(event.status, event.conclusion) is None:
            self.reports.append(event)


def built_from(snapshot: Snapshot, push: SourcePushed) -> set[str]:
    """The names of the images that are built from this branch; an entry without a branch may mean any."""
    return _those(snapshot, lambda image: _is_built_from(image.enrollment, push))


def named_by(snapshot: Snapshot, reference: ImageReference) -> set[str]:
    """The names of the managed images and base images with this registry, repository and tag."""
    names = _those(snapshot, lambda image: image.enrollment.reference == reference)
    return names | {name for name, base in snapshot.bases.items() if base.image.tagged == reference}


def in_progress(snapshot: Snapshot, event: RunChanged | BuildReported) -> set[str]:
    """The names of the images whose rebuild in progress may have this run."""
    return _those(
        snapshot, lambda image: image.active is not None and _is_run_of(image.enrollment, image.active, event)
    )


def _those(snapshot: Snapshot, condition: Callable[[ImageState], bool]) -> set[str]:
    """The names of the images of which the condition is true; an image that it cannot be applied to is not one."""
    return {name for name, image in snapshot.images.items() if contained(name, condition, image) is True}


def _is_built_from(enrollment: Enrollment, push: SourcePushed) -> bool:
    source = enrollment.source
    if source is None or source.branch not in (None, push.branch):
        return False
    if source.provider == "git":
        return same_repository(source.repo, push.addresses)
    return source.provider == push.provider and source.repo.lower() == push.repository.lower()


def _is_run_of(enrollment: Enrollment, record: RebuildState, event: RunChanged | BuildReported) -> bool:
    if event.rebuild_id is not None:
        return event.rebuild_id == record.id
    if enrollment.build is None or enrollment.build.system != event.system:
        return False
    if record.run_id is not None:
        return event.run_id == record.run_id
    repository = enrollment.build.project or (enrollment.source.repo if enrollment.source else "")
    return repository.lower() == event.repository.lower()


def _is_active(image: ImageState) -> bool:
    return image.active is not None
