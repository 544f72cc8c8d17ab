"""Check the permissions of the current caller before an action."""

from dataclasses import dataclass, replace

from flask import g
from werkzeug.exceptions import Forbidden, Unauthorized

from provider.auth.access import Access, current_caller
from provider.auth.backstage_tokens import BackstageUser
from provider.auth.callers import Caller
from provider.auth.permissions import ROLES, Action, may


def require(action: Action, owner: str | None) -> Caller:
    """Return the caller of the current request if it may do the action.

    The groups of a user are read only if the decision needs them.

    Args:
        action: the action.
        owner: the owner of the image; None if the object has no owner, so that only roles and admins count.

    Raises:
        Forbidden: 403, with the missing permission.
        Unauthorized: 401, at an endpoint that needs no caller.
    """
    caller, access = current_caller(), _access()
    if caller is None:
        raise Unauthorized("This action needs a known caller; send a token.")
    if may(caller, action, owner, access.admins):
        return caller
    user: BackstageUser | None = g.get("user")
    complete = True
    if user is not None and access.backstage is not None:
        ownership = access.backstage.ownership(user)
        caller, complete = replace(caller, ownership=ownership.references), ownership.complete
        g.caller = caller
        if may(caller, action, owner, access.admins):
            return caller
    raise Forbidden(_missing(caller, action, owner, groups_known=complete))


@dataclass(frozen=True, slots=True)
class Standing:
    """The caller of the current request, with groups, and whether the caller may do an action whoever the owner is."""

    caller: Caller
    with_everything: bool


def standing(action: Action) -> Standing:
    """What the caller of the current request may do, where an owner decides later.

    Raises:
        Forbidden: 403: a service token whose role does not allow the action, because a token owns nothing.
        Unauthorized: 401, as `require`.
    """
    try:
        return Standing(require(action, owner=None), with_everything=True)
    except Forbidden:
        caller = current_caller()
        if caller is None or caller.ownership is None:
            raise
        return Standing(caller, with_everything=False)


def _access() -> Access:
    access: Access = g.access
    return access


def _missing(caller: Caller, action: Action, owner: str | None, *, groups_known: bool) -> str:
    roles = " or ".join(sorted(ROLES[action]))
    owners = f"a user who owns it ({owner}) or is an admin" if owner else "an admin"
    who = f"a service token of role {caller.role}" if caller.ownership is None else caller.name
    unknown = "" if groups_known else " The groups of the user could not be read from Backstage; try again later."
    return f"The action {action} needs a service token of role {roles}, or {owners}; this is {who}.{unknown}"
