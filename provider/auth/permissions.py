"""The permission rules. Pure: takes a caller, an owner and the admins; sends no requests."""

from collections.abc import Collection, Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType

from provider.auth.callers import Caller, CallerRole


class Action(StrEnum):
    """An action on an image: read; rebuild or re-run; rebuild as an emergency; enroll, change, hold or remove."""

    READ = "read"
    REBUILD = "rebuild"
    EMERGENCY = "emergency"
    CHANGE = "change"


ROLES: Mapping[Action, frozenset[CallerRole]] = MappingProxyType(
    {
        Action.READ: frozenset(CallerRole),
        Action.REBUILD: frozenset({CallerRole.REBUILD, CallerRole.ADMIN}),
        Action.EMERGENCY: frozenset({CallerRole.EMERGENCY, CallerRole.ADMIN}),
        Action.CHANGE: frozenset({CallerRole.ADMIN}),
    }
)
"""The roles that may do each action on every image."""


def may(caller: Caller, action: Action, owner: str | None, admins: Collection[str]) -> bool:
    """Whether the caller may do the action: by role, as owner of the image, or as admin.

    Args:
        caller: a service token or a user; for a user, the references in `ownership` count.
        action: the action.
        owner: the owner of the image, `group:default/platform`; None if the object has no owner.
        admins: groups and users who may do everything. References match case-insensitively, as in Backstage.
    """
    if caller.role in ROLES[action]:
        return True
    owners = {*admins, owner} if owner else admins
    return not _lowered(caller.ownership or ()).isdisjoint(_lowered(owners))


def _lowered(references: Iterable[str]) -> frozenset[str]:
    return frozenset(reference.lower() for reference in references)
