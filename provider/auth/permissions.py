"""The one rule of who may do what. Nothing is asked here: caller, owner and admins come in, an answer goes out."""

from collections.abc import Collection, Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType

from provider.auth.callers import Caller, CallerRole


class Action(StrEnum):
    """What is done with an image: looked at; rebuilt, or a run of it re-run; enrolled, changed or removed."""

    READ = "read"
    REBUILD = "rebuild"
    CHANGE = "change"


ROLES: Mapping[Action, frozenset[CallerRole]] = MappingProxyType(
    {
        Action.READ: frozenset(CallerRole),
        Action.REBUILD: frozenset({CallerRole.REBUILD, CallerRole.ADMIN}),
        Action.CHANGE: frozenset({CallerRole.ADMIN}),
    }
)
"""The roles that may, whoever owns the image."""


def may(caller: Caller, action: Action, owner: str | None, admins: Collection[str]) -> bool:
    """Whether the caller may: by role, or as a user who owns the image or belongs to the admins.

    Args:
        caller: a service token or a user; of a user only the references in `ownership` count.
        action: what they want to do.
        owner: the image's, `group:default/platform`; None where nobody owns what it is about.
        admins: groups and users who may do everything. References match in any case, as they do in Backstage.
    """
    if caller.role in ROLES[action]:
        return True
    owners = {*admins, owner} if owner else admins
    return not _lowered(caller.ownership or ()).isdisjoint(_lowered(owners))


def _lowered(references: Iterable[str]) -> frozenset[str]:
    return frozenset(reference.lower() for reference in references)
