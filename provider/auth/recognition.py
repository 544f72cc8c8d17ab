"""Identify the caller of a request by its tokens.

A service token in X-Image-Factory-Token admits the request; the token in Authorization identifies who acts. The proxy
of Backstage adds the same service token to all requests, so a user beside it has the permissions of the user only.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass

from provider.auth.backstage import Backstage
from provider.auth.backstage_tokens import BackstageUser, WrongToken
from provider.auth.callers import Caller, CallerRole, ServiceToken, identify

TOKEN_HEADER = "X-Image-Factory-Token"  # noqa: S105 - the header's name, no secret
# GitHub clients write `token` before a token that is not a JWT (octokit/auth-token.js, withAuthorizationPrefix).
_SCHEMES = frozenset({"bearer", "token"})


@dataclass(frozen=True, slots=True)
class Recognised:
    """The caller of a request.

    Attributes:
        caller: who acts.
        user: set for a user of Backstage.
        by_session: a browser added the cookie of a session, so the page that sent the request has to be ours.
        by_proxy: the proxy in front added who it is; the same holds, because it does so for every page.
    """

    caller: Caller
    user: BackstageUser | None = None
    by_session: bool = False
    by_proxy: bool = False


def recognise(
    tokens: Sequence[ServiceToken], backstage: Backstage | None, token_header: str | None, authorization: str | None
) -> Recognised | None:
    """The caller who acts; None if the request has no token.

    Args:
        tokens: the configured service tokens.
        backstage: the Backstage whose users may call; None if none is configured.
        token_header: the value of X-Image-Factory-Token.
        authorization: the value of Authorization.

    Raises:
        WrongToken: one of the two tokens is invalid, even if the other one is valid.
        OutsideFailure: the key of the token in Authorization cannot be fetched: see `Keys.key`.
    """
    service = None if token_header is None else _service(tokens, token_header)
    return service if authorization is None else _acting(tokens, backstage, authorization)


def with_password_as_token(authorization: str) -> str:
    """The value of Authorization, with the password of Basic authentication (RFC 7617) as a bearer token.

    The user name may be anything. A value of another scheme, or one that cannot be read, is returned as it is.
    """
    scheme, _, text = authorization.partition(" ")
    if scheme.lower() != "basic":
        return authorization
    try:
        _, colon, password = base64.b64decode(text.strip(), validate=True).decode().partition(":")
    except ValueError:
        return authorization
    return f"Bearer {password}" if colon else authorization


def _service(tokens: Sequence[ServiceToken], text: str) -> Recognised:
    caller = identify(tokens, [text])
    if caller is None:
        raise WrongToken(f"{TOKEN_HEADER} does not contain a known service token.")
    return Recognised(caller)


def _acting(tokens: Sequence[ServiceToken], backstage: Backstage | None, authorization: str) -> Recognised:
    scheme, _, text = authorization.partition(" ")
    text = text.strip(" ")
    if scheme.lower() not in _SCHEMES:
        raise WrongToken("Authorization is not 'Bearer' followed by a token.")
    if caller := identify(tokens, [text]):
        return Recognised(caller)
    if backstage is None:
        raise WrongToken(
            "Authorization does not contain a known service token, and no Backstage is configured whose users may "
            "call; set IMAGE_FACTORY_BACKSTAGE_URL to accept its users."
        )
    try:
        user = backstage.user(text)
    except WrongToken as error:
        raise WrongToken(
            f"Authorization contains neither a known service token nor a valid Backstage user token: {error}."
        ) from None
    return Recognised(Caller(user.reference, CallerRole.READ, frozenset({user.reference})), user)
