"""A quick check of service tokens for cached responses: same rules as the guard, and never more permissive."""

from provider.auth.access import Access
from provider.auth.backstage_tokens import WrongToken
from provider.auth.callers import CallerRole
from provider.auth.permissions import ROLES, Action
from provider.auth.recognition import recognise


def may_read_early(access: Access, *, token_header: str | None, authorization: str | None) -> bool:
    """Whether this caller may read, decided without any request and without signed tokens.

    False means only that the guard decides. It is returned for users of Backstage, for invalid tokens, and for all
    callers while none are configured.

    Args:
        access: the configured callers.
        token_header: the value of X-Image-Factory-Token.
        authorization: the value of Authorization.
    """
    try:
        found = recognise(access.tokens, None, token_header, authorization)
    except WrongToken:
        return False
    return found is not None and _may_read(found.caller.role)


def _may_read(role: CallerRole) -> bool:
    return role in ROLES[Action.READ]
