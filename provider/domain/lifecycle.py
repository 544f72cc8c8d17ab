"""Add, promote, rename, demote and archive images, without losing their history. Pure."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from catalog.image import DiscoveryStatus
from catalog.names import base_name
from catalog.reference import ImageReference
from provider.containment import contained
from provider.domain.enrollment import Enrollment
from provider.domain.ledger import Ledger
from provider.domain.snapshot import Changes, Snapshot, names_by_reference
from provider.domain.state import BaseState, DependencyState, ImageState
from provider.errors import InternalError

Found = TypeVar("Found")


def settle(now: datetime, snapshot: Snapshot) -> Changes:
    """Bring the state in line with the enrollments and with the images that Dockerfiles name.

    An enrollment adds a new image, promotes a base, or renames or restores an image. An image that is no longer
    enrolled becomes a base while others depend on it, and is archived otherwise. Bases without dependents are archived,
    and restored from the archive when they are needed again. An image for which that ends with an unexpected error
    stays as it is, and the error is in the changes.
    """
    changes = _freed(snapshot)
    changes = changes.followed_by(_enrolled(now, changes.apply(snapshot)))
    changes = changes.followed_by(_left(now, snapshot, changes.apply(snapshot)))
    changes = changes.followed_by(_removed(now, snapshot, changes.apply(snapshot)))
    after = changes.apply(snapshot)
    changes = changes.followed_by(_tracked_bases(now, after))
    changes = changes.followed_by(_put_away(after))
    changes = changes.followed_by(_kept_apart(snapshot, changes))
    return changes.followed_by(_named(changes.apply(snapshot)))


def _freed(snapshot: Snapshot) -> Changes:
    """Rename a base when an enrollment takes its name for another image: two entities never share a name."""
    changes = Changes()
    known = names_by_reference(snapshot.images.values(), snapshot.bases.values())
    taken = _taken(known.values(), snapshot.enrollments)
    for name, enrollment in snapshot.enrollments.items():
        base = snapshot.bases.get(name)
        if base and base.image != enrollment.reference and name not in snapshot.unreadable:
            free = base_name(base.image, taken)
            taken.add(free)
            changes.bases |= {name: None, free: replace(base, name=free)}
            changes.reasons.append(f"{free}: was {name}, which an enrollment took")
    return changes


def _enrolled(now: datetime, snapshot: Snapshot) -> Changes:
    changes = Changes()
    for name, enrollment in snapshot.enrollments.items():
        if name in snapshot.unreadable:
            continue
        one = contained(name, _enrolled_one, now, snapshot, enrollment)
        if isinstance(one, InternalError):
            changes.errors[name] = f"its enrollment cannot be applied: {one}"
        else:
            changes.add(one)
    return changes


def _enrolled_one(now: datetime, snapshot: Snapshot, enrollment: Enrollment) -> Changes:
    changes, name = Changes(), enrollment.name
    if enrollment.source is None:
        _watch(now, snapshot, enrollment, changes)
    elif (known := snapshot.images.get(name)) is None:
        _enroll(now, snapshot, enrollment, changes)
    elif known.enrollment != enrollment:
        changes.images[name] = _changed(known, enrollment)
        changes.reasons.append(f"{name}: its enrollment changed")
    return changes


def _enroll(now: datetime, snapshot: Snapshot, enrollment: Enrollment, changes: Changes) -> None:
    name, reference = enrollment.name, enrollment.reference
    if renamed := _renamed_from(snapshot, reference):
        changes.images[renamed.name] = None
        changes.images[name] = replace(renamed, enrollment=enrollment, discovery=DiscoveryStatus.PENDING)
        changes.reasons.append(f"{name}: renamed from {renamed.name}")
        return
    base, archived = _base_at(snapshot.bases, reference), _archived_at(snapshot, reference, name)
    old = None if base else _base_at(snapshot.archived_bases, reference)
    if base:
        changes.bases[base.name] = None
        changes.reasons.append(f"{name}: enrolled; it was the base image {base.name}")
    elif archived:
        changes.reasons.append(
            f"{name}: enrolled again" + (f"; it was {archived.name}" if archived.name != name else "")
        )
    elif old:
        changes.reasons.append(f"{name}: enrolled; it was once the base image {old.name}")
    else:
        changes.reasons.append(f"{name}: enrolled")
    state = _restored(archived, enrollment) if archived else ImageState(enrollment, now)
    if archived:
        changes.archived_images[archived.name] = None
    if old:
        changes.archived_bases[old.name] = None
    changes.images[name] = replace(state, ledger=known.ledger) if (known := base or old) else state


def _watch(now: datetime, snapshot: Snapshot, enrollment: Enrollment, changes: Changes) -> None:
    """Track an external image, which is only watched."""
    name, reference = enrollment.name, enrollment.reference
    known = snapshot.bases.get(name)
    if known and known.image == reference:
        if known.enrollment != enrollment:
            changes.bases[name] = replace(known, enrollment=enrollment)
            changes.reasons.append(f"{name}: its enrollment changed")
        return
    if managed := snapshot.images.get(name) or _renamed_from(snapshot, reference):
        changes.images[managed.name] = None
        changes.archived_images[managed.name] = replace(managed, pending=None, archived_at=now)
    before, ledger = name, Ledger()
    if managed and managed.enrollment.reference == reference:
        before, ledger = managed.name, managed.ledger
    elif base := _base_at(snapshot.bases, reference):
        changes.bases[base.name] = None
        before, ledger = base.name, base.ledger
    elif old := _base_at(snapshot.archived_bases, reference):
        changes.archived_bases[old.name] = None
        before, ledger = old.name, old.ledger
    elif archived := _archived_at(snapshot, reference, name):
        before, ledger = archived.name, archived.ledger
    changes.bases[name] = BaseState(name, reference, now, ledger, enrollment=enrollment)
    changes.reasons.append(f"{name}: enrolled to be watched" + (f"; it was {before}" if before != name else ""))


def _left(now: datetime, snapshot: Snapshot, after: Snapshot) -> Changes:
    """Keep the digest history of each reference that an enrollment has left; it is a base where images need it."""
    changes = Changes()
    taken = _taken(after.archived_bases)
    for name, image in snapshot.images.items():
        reference = image.enrollment.reference
        if name in after.images and after.images[name].enrollment.reference != reference:
            old = _base_at(after.archived_bases, reference)
            free = old.name if old else base_name(reference, taken)
            taken.add(free)
            file = image.enrollment.file
            changes.archived_bases[free] = BaseState(free, reference, now, image.ledger, origin=file, archived_at=now)
    return changes


def _archived_at(snapshot: Snapshot, reference: ImageReference, name: str) -> ImageState | None:
    """The archived image with that reference, the one with that name before others."""
    found = [image for image in snapshot.archived_images.values() if image.enrollment.reference == reference]
    return min(found, key=lambda image: (image.name != name, image.name), default=None)


def _renamed_from(snapshot: Snapshot, reference: ImageReference) -> ImageState | None:
    """The image with that reference whose name is no longer enrolled: removing and adding a reference is a rename."""
    return next(
        (
            image
            for image in snapshot.images.values()
            if image.enrollment.reference == reference and image.name not in snapshot.enrollments
        ),
        None,
    )


def _changed(known: ImageState, enrollment: Enrollment) -> ImageState:
    """The state with a changed enrollment: the history stays, and a changed source is discovered again."""
    state = replace(known, enrollment=enrollment)
    if known.enrollment.reference != enrollment.reference:
        state = replace(state, ledger=Ledger(), last_built=None)
    same_source = known.enrollment.source == enrollment.source and known.enrollment.platforms == enrollment.platforms
    return state if same_source else replace(state, discovery=DiscoveryStatus.PENDING)


def _restored(archived: ImageState, enrollment: Enrollment) -> ImageState:
    """The archived state, enrolled again: the history stays, pending work is dropped, `built_on` is learned again."""
    return replace(
        archived,
        enrollment=enrollment,
        discovery=DiscoveryStatus.PENDING,
        dependencies=(),
        pending=None,
        error=None,
        archived_at=None,
        rebuilds=tuple(replace(record, settled=True, sending=False) for record in archived.rebuilds),
    )


def _removed(now: datetime, snapshot: Snapshot, after: Snapshot) -> Changes:
    changes = Changes()
    stay = {name: image for name, image in after.images.items() if name in snapshot.enrollments}
    needed, _ = _of_all(_names_of, stay)
    for name, image in after.images.items():
        if name in snapshot.enrollments or name in snapshot.unreadable | snapshot.unreadable_archive:
            continue
        changes.add(_removed_one(now, name, image, needed=name in needed))
    for name, base in after.bases.items():
        if base.enrollment is not None and name not in snapshot.enrollments:
            changes.bases[name] = replace(base, enrollment=None, origin=base.home)
            changes.reasons.append(f"{name}: enrolled no more")
    return changes


def _names_of(image: ImageState) -> set[str]:
    return {dependency.name for dependency in image.dependencies}


def _removed_one(now: datetime, name: str, image: ImageState, *, needed: bool) -> Changes:
    archived: dict[str, ImageState | None] = {name: replace(image, pending=None, archived_at=now)}
    if not needed:
        return Changes({name: None}, archived_images=archived, reasons=[f"{name}: enrolled no more; archived"])
    base = BaseState(name, image.enrollment.reference, now, image.ledger, origin=image.enrollment.file)
    reasons = [f"{name}: enrolled no more; watched as a base image"]
    return Changes({name: None}, {name: base}, archived_images=archived, reasons=reasons)


def _tracked_bases(now: datetime, snapshot: Snapshot) -> Changes:
    """Track a base for each reference in a Dockerfile, and archive all other discovered bases."""
    changes = Changes()
    known = names_by_reference(snapshot.images.values(), snapshot.bases.values())
    taken = _taken(known.values())
    needed, complete = _of_all(_bases_of, snapshot.images)
    for reference in sorted(needed - known.keys()):
        old = _base_at(snapshot.archived_bases, reference)
        name = old.name if old and old.name.lower() not in taken else base_name(reference, taken)
        taken.add(name.lower())
        if old:
            changes.archived_bases[old.name] = None
            changes.bases[name] = replace(old, name=name, archived_at=None)
            changes.reasons.append(f"{name}: needed again")
            continue
        archived = _archived_at(snapshot, reference, name)
        changes.bases[name] = BaseState(name, reference, now, archived.ledger if archived else Ledger())
        changes.reasons.append(f"{name}: found in a Dockerfile")
    untouched = snapshot.unreadable | snapshot.unreadable_archive
    if not complete or snapshot.unreadable & snapshot.enrollments.keys():
        # The bases of those images are not known, so no base is known to be unused.
        return changes
    for name, base in snapshot.bases.items():
        if base.enrollment is not None or name in untouched:
            continue
        reference = base.image.tagged
        if reference not in needed:
            reason = f"{name}: no image depends on it any more; archived"
        elif (same := known.get(reference, name)) != name:
            reason = f"{name}: the same image as {same}; archived"
        else:
            continue
        changes.bases[name] = None
        changes.archived_bases[name] = replace(base, archived_at=now)
        changes.reasons.append(reason)
    return changes


def _kept_apart(snapshot: Snapshot, changes: Changes) -> Changes:
    """Give what the archive has another name where something else of the same name is archived now."""
    moved = Changes()
    taken = _taken(snapshot.archived_images, changes.archived_images)
    for name, image in changes.archived_images.items():
        old = snapshot.archived_images.get(name)
        if image and old and old.enrollment.reference != image.enrollment.reference:
            free = base_name(old.enrollment.reference, taken)
            taken.add(free)
            moved.archived_images[free] = replace(old, enrollment=replace(old.enrollment, name=free))
            moved.reasons.append(f"{free}: was {name} in the archive")
    taken = _taken(snapshot.archived_bases, changes.archived_bases)
    for name, base in changes.archived_bases.items():
        known = snapshot.archived_bases.get(name)
        if base and known and known.image != base.image:
            free = base_name(known.image, taken)
            taken.add(free)
            moved.archived_bases[free] = replace(known, name=free)
            moved.reasons.append(f"{free}: was {name} in the archive")
    return moved


def _put_away(snapshot: Snapshot) -> Changes:
    """Put away the unreadable state files that nothing needs: a person who removes the entry is done with them."""
    # What an enrolled image needs is not known while its own file cannot be read.
    if snapshot.unreadable & snapshot.enrollments.keys():
        return Changes()
    needed, complete = _of_all(_names_of, snapshot.images)
    leftovers = set(snapshot.unclaimed - needed) if complete else set()
    reasons = [
        f"{name}: enrolled no more; its state file, which cannot be read, is put away as it is"
        for name in sorted(leftovers)
    ]
    return Changes(reasons=reasons, leftovers=leftovers)


def _of_all(work: Callable[[ImageState], set[Found]], images: Mapping[str, ImageState]) -> tuple[set[Found], bool]:
    """What `work` finds of all images, and whether that is all: no image has a state that nothing expects."""
    found = [contained(name, work, image) for name, image in images.items()]
    known = [each for each in found if not isinstance(each, InternalError)]
    return {one for each in known for one in each}, len(known) == len(found)


def _bases_of(image: ImageState) -> set[ImageReference]:
    return {dependency.image.tagged for dependency in image.dependencies}


def _taken(*names: Iterable[str]) -> set[str]:
    return {name.lower() for each in names for name in each}


def _named(snapshot: Snapshot) -> Changes:
    """Give each dependency the name of the entity that has its reference now."""
    changes = Changes()
    known = names_by_reference(snapshot.images.values(), snapshot.bases.values())
    for name, image in snapshot.images.items():
        named = contained(name, _with_names, image.dependencies, known)
        if isinstance(named, InternalError):
            changes.errors[name] = str(named)
        elif named != image.dependencies:
            changes.images[name] = replace(image, dependencies=named)
    return changes


def _with_names(
    dependencies: Iterable[DependencyState], known: Mapping[ImageReference, str]
) -> tuple[DependencyState, ...]:
    names = ((each, known[each.image.tagged]) for each in dependencies)
    return tuple(each if each.name == name else replace(each, name=name) for each, name in names)


def _base_at(bases: Mapping[str, BaseState], reference: ImageReference) -> BaseState | None:
    return next((base for base in bases.values() if base.image.tagged == reference.tagged), None)
