"""Callers who can be told at once, for answers at hand: by the guard's own rules, and never more than it lets in."""

from provider.auth.access import Access
from provider.auth.backstage_tokens import WrongToken
from provider.auth.callers import CallerRole
from provider.auth.permissions import ROLES, Action
from provider.auth.recognition import recognise


def may_read_at_once(access: Access, *, own_header: str | None, authorization: str | None) -> bool:
    """Whether this caller may read, as far as that is known without asking anybody and without any signed token.

    False says nothing against the caller: the guard decides. So it is for users of Backstage, for wrong tokens, and for
    everybody while nobody is configured.

    Args:
        access: who may come in.
        own_header: the value of X-Image-Factory-Token.
        authorization: the value of Authorization.
    """
    try:
        found = recognise(access.tokens, None, own_header, authorization)
    except WrongToken:
        return False
    return found is not None and _may_read(found.caller.role)


def _may_read(role: CallerRole) -> bool:
    return role in ROLES[Action.READ]
