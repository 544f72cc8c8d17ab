"""What the caller of the current request may do with an image: the rules that decide the acts, asked beforehand."""

from dataclasses import dataclass

from catalog.image import Image
from provider.auth.permissions import Action
from provider.auth.rights import is_allowed
from provider.ports import ImageIndex
from provider.services.asking.asking import emergency_owners
from provider.services.enrolled_sources import enrolled_source, hidden_runs


@dataclass(frozen=True, slots=True)
class Permitted:
    """One attribute for each act: False where the act would be 403, or where there is nothing that it could be about.

    An act that is permitted can still be a conflict, such as a rebuild of a base image.
    """

    rebuild: bool
    emergency: bool
    hold: bool
    skip: bool
    check: bool
    change: bool
    remove: bool
    rerun: bool


def permitted(index: ImageIndex, image: Image) -> Permitted:
    """What the caller may do with the image."""
    owner = image.acting_owner
    rebuilds, changes = is_allowed(Action.REBUILD, owner), is_allowed(Action.CHANGE, owner)
    edits = changes and image.enrollment is not None
    return Permitted(
        rebuild=rebuilds,
        emergency=_emergency(index, image),
        hold=changes,
        skip=changes,
        check=rebuilds,
        change=edits,
        remove=edits,
        rerun=_rerun(image),
    )


def _emergency(index: ImageIndex, image: Image) -> bool:
    # Who may do it for every image needs no look at what the emergency covers.
    return is_allowed(Action.EMERGENCY, None) or all(
        is_allowed(Action.EMERGENCY, owner) for owner in emergency_owners(index, image)
    )


def _rerun(image: Image) -> bool:
    source = enrolled_source(image)
    has_runs = source is not None and source.workflow is not None and hidden_runs(image) is None
    return source is not None and has_runs and is_allowed(Action.REBUILD, source.owner)
