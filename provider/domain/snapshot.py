"""All enrollments and state at one moment, and the changes of one step."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Self, TypeVar

from catalog.reference import ImageReference
from provider.domain.enrollment import Enrollment
from provider.domain.ledger import Ledger
from provider.domain.policy.rules import NO_POLICY, Policy
from provider.domain.state import BaseState, ImageState

_State = TypeVar("_State", ImageState, BaseState)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The state of all images, and the enrollments that are in force.

    Attributes:
        position: the commit that this was read from.
        enrollments: the enrollments in force, by name; of an invalid entry the last valid version.
        archived_images, archived_bases: images and bases that are no longer tracked, by name.
        problems: what people have to correct: the name of the image ("" for none) and a sentence.
        unreadable: names whose state file cannot be read; such a file is reported and never overwritten.
        unreadable_archive: names whose file in the archive cannot be read; it is never overwritten either.
        unclaimed: unreadable names that no entry means, not even an invalid one.
        removals: what a commit would remove, and what stays in force until an admin allows it: names, by file.
        policy: what the entries of teams' files may do.
        errors: image name to the unexpected error of the last step; it is shown, and not stored.
        files: the texts of the files that `verify` of enrollments names, by path, as far as they can be read.
    """

    position: str
    enrollments: Mapping[str, Enrollment]
    images: Mapping[str, ImageState]
    bases: Mapping[str, BaseState]
    archived_images: Mapping[str, ImageState] = field(default_factory=dict)
    archived_bases: Mapping[str, BaseState] = field(default_factory=dict)
    problems: tuple[tuple[str, str], ...] = ()
    unreadable: frozenset[str] = frozenset()
    policy: Policy = NO_POLICY
    errors: Mapping[str, str] = field(default_factory=dict)
    unreadable_archive: frozenset[str] = frozenset()
    unclaimed: frozenset[str] = frozenset()
    removals: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)

    def ledger(self, name: str) -> Ledger:
        """The ledger of an entity; an empty one where there is no such entity."""
        entity = self.images.get(name) or self.bases.get(name)
        return entity.ledger if entity else Ledger()

    def without(self, allowed: Collection[str]) -> Self:
        """The snapshot in which those of these names are no longer in force whose removal waits."""
        names = {name for waiting in self.removals.values() for name in waiting if name in allowed}
        left = {name: enrollment for name, enrollment in self.enrollments.items() if name not in names}
        return replace(self, enrollments=left)


def names_by_reference(images: Iterable[ImageState], bases: Iterable[BaseState]) -> dict[ImageReference, str]:
    """The name of the entity for each reference; a managed image comes before a base.

    Of several bases with one reference (earlier releases kept `quay.io:443/acme/app` apart from `quay.io/acme/app`),
    an enrolled one comes first, then the one with the oldest history.
    """
    found: dict[ImageReference, BaseState] = {}
    for base in bases:
        other = found.setdefault(base.image.tagged, base)
        if other is not base and _rank(base) < _rank(other):
            found[base.image.tagged] = base
    names = {reference: base.name for reference, base in found.items()}
    return names | {image.enrollment.reference: image.name for image in images}


def _rank(base: BaseState) -> tuple[bool, bool, datetime, str]:
    first = next(iter(base.ledger.observations), None)
    return base.enrollment is None, first is None, first.first_seen if first else base.first_discovered, base.name


@dataclass(frozen=True, slots=True)
class Origins:
    """The files of the entries of all images that are or were enrolled.

    Attributes:
        files: the file, by the name and by the reference of the image; what is tracked comes before the archive.
        repositories: the files that have or had an image of a repository (registry and path).
    """

    files: Mapping[str, str] = field(default_factory=dict)
    repositories: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, images: Iterable[ImageState], bases: Iterable[BaseState]) -> "Origins":
        """The origins of these images, those of the archive first."""
        homes = [(base.name, base.image.tagged, base.home) for base in bases if base.home is not None]
        homes += [(image.name, image.enrollment.reference, image.enrollment.file) for image in images]
        files = {key: file for name, reference, file in homes for key in (str(reference), name)}
        repositories: dict[str, set[str]] = {}
        for _, reference, file in homes:
            repositories.setdefault(reference.image, set()).add(file)
        return cls(files, {image: frozenset(found) for image, found in repositories.items()})

    @classmethod
    def of_snapshot(cls, snapshot: Snapshot) -> "Origins":
        """The origins of everything in a snapshot."""
        images = (*snapshot.archived_images.values(), *snapshot.images.values())
        return cls.of(images, (*snapshot.archived_bases.values(), *snapshot.bases.values()))

    def foreign(self, enrollment: Enrollment) -> tuple[str, str] | None:
        """The field whose value comes from another file than the entry's, and that file; None where there is none."""
        for key, place in ((enrollment.name, "name"), (str(enrollment.reference), "repository")):
            origin = self.files.get(key, enrollment.file)
            if origin != enrollment.file:
                return place, origin
        files = self.repositories.get(enrollment.reference.image)
        return ("repository", min(files)) if files and enrollment.file not in files else None


@dataclass(slots=True)
class Changes:
    """The changes of one step: state to write, by name; None removes the state file of that name.

    Attributes:
        images, bases: changes of what is tracked.
        archived_images, archived_bases: changes of the archive.
        reasons: a line each for the commit message.
        errors: image name to the unexpected error of this step, which changes nothing of that image.
        requested_by: the people who asked for these changes, for the commit message.
        leftovers: unreadable names whose state files are put away as they are, because nothing needs the image.
    """

    images: dict[str, ImageState | None] = field(default_factory=dict)
    bases: dict[str, BaseState | None] = field(default_factory=dict)
    archived_images: dict[str, ImageState | None] = field(default_factory=dict)
    archived_bases: dict[str, BaseState | None] = field(default_factory=dict)
    reasons: list[str] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)
    leftovers: set[str] = field(default_factory=set)
    requested_by: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.images or self.bases or self.archived_images or self.archived_bases or self.leftovers)

    def apply(self, snapshot: Snapshot) -> Snapshot:
        """The snapshot with these changes; writes nothing."""
        return replace(
            snapshot,
            images=_merged(snapshot.images, self.images),
            bases=_merged(snapshot.bases, self.bases),
            archived_images=_merged(snapshot.archived_images, self.archived_images),
            archived_bases=_merged(snapshot.archived_bases, self.archived_bases),
            errors={**snapshot.errors, **self.errors},
        )

    def add(self, other: "Changes") -> None:
        """Let these changes be followed by the others."""
        self.images |= other.images
        self.bases |= other.bases
        self.archived_images |= other.archived_images
        self.archived_bases |= other.archived_bases
        self.reasons += other.reasons
        self.errors |= other.errors
        self.leftovers |= other.leftovers
        self.requested_by += other.requested_by

    def followed_by(self, other: "Changes") -> "Changes":
        """These changes and then the others, as one."""
        both = Changes()
        both.add(self)
        both.add(other)
        return both


def _merged(before: Mapping[str, _State], changes: Mapping[str, _State | None]) -> Mapping[str, _State]:
    """The states after the changes; the same object where there are none."""
    if not changes:
        return before
    after = dict(before)
    for name, state in changes.items():
        if state is None:
            after.pop(name, None)
        else:
            after[name] = state
    return after
