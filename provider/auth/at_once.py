"""Callers who can be told at once, for answers at hand: by the guard's own rules, and never more than it lets in."""

from provider.auth.access import Access, is_local
from provider.auth.backstage_tokens import WrongToken
from provider.auth.callers import CallerRole
from provider.auth.permissions import ROLES, Action
from provider.auth.recognition import recognise


def may_read_at_once(
    access: Access, *, remote: str | None, host: str | None, own_header: str | None, authorization: str | None
) -> bool:
    """Whether this caller may read, as far as that is known without asking anybody and without any signed token.

    False says nothing against the caller: the guard decides. So it is for users of Backstage, and for wrong tokens.

    Args:
        access: who may come in.
        remote: the address that asks.
        host: the value of Host.
        own_header: the value of X-Image-Factory-Token.
        authorization: the value of Authorization.
    """
    if not access.configured:
        return is_local(remote, host) and _may_read(CallerRole.ADMIN)
    try:
        found = recognise(access.tokens, None, own_header, authorization)
    except WrongToken:
        return False
    return found is not None and _may_read(found.caller.role)


def _may_read(role: CallerRole) -> bool:
    return role in ROLES[Action.READ]
