"""What an endpoint asks before it does something: may the caller?"""

from dataclasses import replace

from flask import g
from werkzeug.exceptions import Forbidden, Unauthorized

from provider.auth.access import Access, current_caller
from provider.auth.backstage_tokens import BackstageUser
from provider.auth.callers import Caller
from provider.auth.permissions import ROLES, Action, may


def require(action: Action, owner: str | None) -> Caller:
    """The caller of the request at hand, who may do this; a user's groups are asked for only where they decide.

    Args:
        action: what is to be done.
        owner: of the image; None where nobody owns what it is about, which leaves it to roles and admins.

    Raises:
        Forbidden: 403, with the right that is missing.
        Unauthorized: 401, at a door that is open for everybody.
    """
    caller, access = current_caller(), _access()
    if caller is None:
        raise Unauthorized("Only a caller who is known may do this; send a token.")
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


def _access() -> Access:
    access: Access = g.access
    return access


def _missing(caller: Caller, action: Action, owner: str | None, *, groups_known: bool) -> str:
    roles = " or ".join(sorted(ROLES[action]))
    owners = f"a user who owns it ({owner}) or is among the admins" if owner else "a user among the admins"
    who = f"a service token of role {caller.role}" if caller.ownership is None else caller.name
    unknown = "" if groups_known else " Backstage could not be asked for the user's groups just now; try again later."
    return f"To {action} this takes a service token of role {roles}, or {owners}; this is {who}.{unknown}"
