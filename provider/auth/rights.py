"""Check the permissions of the current caller before an action."""

from dataclasses import dataclass, replace

from flask import g
from werkzeug.exceptions import Forbidden, Unauthorized

from provider.auth.access import Access, current_caller
from provider.auth.backstage_tokens import BackstageUser
from provider.auth.callers import Caller, CallerKind, CallerRole
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
    caller, complete = _with_groups(caller)
    if may(caller, action, owner, access.admins):
        return caller
    raise Forbidden(_missing(caller, action, owner, groups_known=complete))


def is_allowed(action: Action, owner: str | None) -> bool:
    """Whether the caller of the current request may do the action: whether `require` returns."""
    try:
        require(action, owner)
    except (Forbidden, Unauthorized):
        return False
    return True


@dataclass(frozen=True, slots=True)
class Identity:
    """The caller of a request.

    Attributes:
        rights: what the caller may do with every image, whoever owns it.
        owners: the references that the caller owns images by: the user and the user's groups; empty for tokens.
        owners_known: False where the groups could not be read from Backstage.
        admin: whether the caller may do everything.
    """

    caller: str
    kind: CallerKind
    role: CallerRole
    rights: tuple[Action, ...]
    owners: tuple[str, ...]
    owners_known: bool
    admin: bool


def identity() -> Identity:
    """The caller of the current request, with groups.

    Raises:
        Unauthorized: there is no caller.
    """
    caller, admins = current_caller(), _access().admins
    if caller is None:
        raise Unauthorized("Send a token to be known.")
    caller, complete = _with_groups(caller)
    rights = tuple(action for action in Action if may(caller, action, None, admins))
    owners = tuple(sorted(caller.ownership or ()))
    return Identity(caller.name, _kind(), caller.role, rights, owners, complete, rights == tuple(Action))


def _kind() -> CallerKind:
    if g.get("user") is not None:
        return CallerKind.USER
    if g.get("by_session") or g.get("by_proxy"):
        return CallerKind.SESSION
    return CallerKind.TOKEN if _access().configured else CallerKind.ANONYMOUS


def _with_groups(caller: Caller) -> tuple[Caller, bool]:
    """The caller, a user with the groups, and whether they are known; the request keeps them."""
    user, backstage = g.get("user"), _access().backstage
    if not isinstance(user, BackstageUser) or backstage is None:
        return caller, True
    ownership = backstage.ownership(user)
    g.caller = replace(caller, ownership=ownership.references)
    return g.caller, ownership.complete


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
