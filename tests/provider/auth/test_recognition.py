"""Tests of which caller a request's tokens show."""

import pytest

from provider.auth.backstage_tokens import WrongToken
from provider.auth.callers import Caller, CallerRole, parse_tokens
from provider.auth.recognition import Recognised, recognise

TOKENS = parse_tokens("boss:admin:a-token,odd:read:a=b:c")
BOSS = Recognised(Caller("boss", CallerRole.ADMIN))
ODD = Recognised(Caller("odd", CallerRole.READ))


@pytest.mark.parametrize(
    ("own_header", "authorization", "found"),
    [
        (None, None, None),
        ("a-token", None, BOSS),
        (None, "Bearer a-token", BOSS),
        (None, "bearer   a-token ", BOSS),
        (None, "BEARER a=b:c", ODD),
        (None, "token a-token", BOSS),
        ("a-token", "Bearer a=b:c", ODD),
        ("a=b:c", "Bearer a-token", BOSS),
    ],
)
def test_authorization_says_who_acts(
    own_header: str | None, authorization: str | None, found: Recognised | None
) -> None:
    """Alone, or beside the header that lets the request in."""
    assert recognise(TOKENS, None, own_header, authorization) == found


@pytest.mark.parametrize(
    ("own_header", "authorization", "message"),
    [
        ("", None, "X-Image-Factory-Token does not contain a known service token"),
        ("a-token,a=b:c", None, "X-Image-Factory-Token does not contain a known service token"),
        ("hush", "Bearer a-token", "X-Image-Factory-Token does not contain a known service token"),
        ("a-token", "", "Authorization is not 'Bearer'"),
        ("a-token", "a-token", "Authorization is not 'Bearer'"),
        ("a-token", "Basic hush", "Authorization is not 'Bearer'"),
        ("a-token", "Bearer", "no Backstage is configured"),
        ("a-token", "Bearer hush", "set IMAGE_FACTORY_BACKSTAGE_URL"),
        (None, "Bearer a-tok en", "no Backstage is configured"),
    ],
)
def test_what_is_wrong_is_told_without_it(own_header: str | None, authorization: str | None, message: str) -> None:
    """Whatever stands beside it."""
    with pytest.raises(WrongToken, match=message) as raised:
        recognise(TOKENS, None, own_header, authorization)
    assert "hush" not in str(raised.value)
