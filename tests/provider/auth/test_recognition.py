"""Tests of the caller that the tokens of a request identify."""

import pytest

from provider.auth.backstage_tokens import WrongToken
from provider.auth.callers import Caller, CallerRole, parse_tokens
from provider.auth.recognition import Recognised, recognise, with_password_as_token

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
def test_authorization_identifies_the_caller(
    own_header: str | None, authorization: str | None, found: Recognised | None
) -> None:
    """The token in Authorization identifies the caller, with and without a service token."""
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
def test_a_wrong_token_is_refused_without_repeating_it(
    own_header: str | None, authorization: str | None, message: str
) -> None:
    """The message does not contain the wrong token, whatever is in the other header."""
    with pytest.raises(WrongToken, match=message) as raised:
        recognise(TOKENS, None, own_header, authorization)
    assert "hush" not in str(raised.value)


@pytest.mark.parametrize(
    ("authorization", "found"),
    [
        ("Basic dXNlcjphLXRva2Vu", "Bearer a-token"),
        ("bAsIc  OmE9YjpjCg== ", "Bearer a=b:c\n"),
        ("Basic dXNlcjphPWI6Yw==", "Bearer a=b:c"),
        ("Basic dXNlcg==", "Basic dXNlcg=="),
        ("Basic ///", "Basic ///"),
        ("Basic /////w==", "Basic /////w=="),
        ("Basic", "Basic"),
        ("Bearer a-token", "Bearer a-token"),
        ("", ""),
    ],
)
def test_a_password_is_a_token(authorization: str, found: str) -> None:
    """The user name may be anything, and a token may have colons; what cannot be read stays as it is."""
    assert with_password_as_token(authorization) == found
