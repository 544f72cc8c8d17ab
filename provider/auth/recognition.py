"""Which caller a request's tokens show.

A service token in its own header lets a request in; what stands in Authorization says who acts. Backstage's proxy adds
the same service token to everybody's requests, so beside it a user has the user's own rights and no more.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from provider.auth.backstage import Backstage
from provider.auth.backstage_tokens import BackstageUser, WrongToken
from provider.auth.callers import Caller, CallerRole, ServiceToken, identify

TOKEN_HEADER = "X-Image-Factory-Token"  # noqa: S105 - the header's name, no secret
# GitHub's own clients write `token` before what is no JWT (octokit/auth-token.js, withAuthorizationPrefix).
_SCHEMES = frozenset({"bearer", "token"})


@dataclass(frozen=True, slots=True)
class Recognised:
    """Who calls; `user` where it is a user of Backstage."""

    caller: Caller
    user: BackstageUser | None = None


def recognise(
    tokens: Sequence[ServiceToken], backstage: Backstage | None, own_header: str | None, authorization: str | None
) -> Recognised | None:
    """Who acts; None where nobody says who they are.

    Args:
        tokens: the service tokens.
        backstage: whose users may call.
        own_header: the value of X-Image-Factory-Token.
        authorization: the value of Authorization.

    Raises:
        WrongToken: one of the two is not right, whatever the other is.
        Unavailable: Backstage cannot be asked for the key of the token in Authorization.
    """
    service = None if own_header is None else _service(tokens, own_header)
    return service if authorization is None else _acting(tokens, backstage, authorization)


def _service(tokens: Sequence[ServiceToken], text: str) -> Recognised:
    caller = identify(tokens, [text])
    if caller is None:
        raise WrongToken(f"{TOKEN_HEADER} holds no service token that is known here.")
    return Recognised(caller)


def _acting(tokens: Sequence[ServiceToken], backstage: Backstage | None, authorization: str) -> Recognised:
    scheme, _, text = authorization.partition(" ")
    text = text.strip(" ")
    if scheme.lower() not in _SCHEMES:
        raise WrongToken("Authorization is not by Bearer and a token.")
    if caller := identify(tokens, [text]):
        return Recognised(caller)
    if backstage is None:
        raise WrongToken(
            "Authorization holds no service token that is known here, and no Backstage is configured whose users may "
            "call; IMAGE_FACTORY_BACKSTAGE_URL names it."
        )
    try:
        user = backstage.user(text)
    except WrongToken as error:
        raise WrongToken(
            f"Authorization holds neither a service token that is known here nor a user's token by Backstage: {error}."
        ) from None
    return Recognised(Caller(user.reference, CallerRole.READ, frozenset({user.reference})), user)
