"""Tests of the checks of a token without a key, and of its signature."""

import base64
import contextlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provider.auth.backstage_tokens import LONGEST, TokenKind, Unproven, WrongToken, prove, read_token
from tests.peers.backstage_auth import SigningKey, compose

ISSUER = "https://backstage.example/api/auth"
NOW = datetime(2026, 5, 1, tzinfo=UTC)
KEY = SigningKey(id="one")
SECONDS = NOW.timestamp()
HEADER = {"alg": "ES256", "typ": "vnd.backstage.user", "kid": "one"}
CLAIMS = {"iss": ISSUER, "aud": "backstage", "sub": "user:default/Jane", "iat": SECONDS - 60, "exp": SECONDS + 60}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(), lambda inner: st.lists(inner, max_size=3)
)


def read(text: str, *kinds: TokenKind) -> Unproven:
    """Parse the token."""
    return read_token(text, kinds or tuple(TokenKind), issuer=ISSUER, now=NOW)


def token(header: Mapping[str, object] | None = None, /, **claims: object) -> str:
    """A user token with these changes."""
    return compose({**HEADER, **(header or {})}, {**CLAIMS, **claims}, KEY.sign)


def test_a_valid_token_is_parsed_and_verified() -> None:
    """The user is in lower case, the token is printed as stars, and only its key verifies it."""
    right = read(token())
    assert (right.kind, right.key_id, right.subject) == (TokenKind.USER, "one", "user:default/jane")
    assert right.text.reveal() not in repr(right)
    prove(right, KEY.private.public_key())
    with pytest.raises(WrongToken, match="signature"):
        prove(right, SigningKey().private.public_key())


def test_each_part_is_signed() -> None:
    """A signature does not verify the header or the claims of another token."""
    one, other = token().split("."), token(sub="user:default/eve").split(".")
    with pytest.raises(WrongToken, match="signature"):
        prove(read(".".join([one[0], other[1], one[2]])), KEY.private.public_key())


@pytest.mark.parametrize(
    ("changes", "allowed"),
    [
        ({"exp": SECONDS + 0.5}, True),
        ({"exp": SECONDS}, False),
        ({"iat": SECONDS + 30}, True),
        ({"iat": SECONDS + 31}, False),
        ({"nbf": SECONDS + 31}, False),
        ({"nbf": SECONDS - 1}, True),
        ({"exp": True}, False),
        ({"exp": None}, False),
        ({"exp": "9999999999"}, False),
        ({"exp": float("inf")}, False),
        ({"exp": 10**400}, False),
        ({"iat": -(10**400)}, False),
        ({"nbf": None}, False),
    ],
)
def test_times_are_checked(changes: dict[str, object], allowed: bool) -> None:
    """Clocks may differ by half a minute; an expired token is refused."""
    if allowed:
        assert read(token(**changes)).subject == "user:default/jane"
    else:
        with pytest.raises(WrongToken):
            read(token(**changes))


def test_a_token_of_another_kind_is_refused() -> None:
    """A limited user token is not accepted as a caller, and a user token is not accepted as `obo`."""
    with pytest.raises(WrongToken, match="its typ is not"):
        read(token({"typ": "vnd.backstage.limited-user"}), TokenKind.USER, TokenKind.PLUGIN)
    with pytest.raises(WrongToken, match="its typ is not"):
        read(token(), TokenKind.LIMITED_USER)


@pytest.mark.parametrize("part", [0, 1])
def test_a_duplicate_member_is_refused(part: int) -> None:
    """JSON parsers differ in which of the two they use."""
    parts = token().split(".")
    text = json.dumps((HEADER, CLAIMS)[part]).replace("{", '{"kid":"two","sub":"user:default/eve",', 1)
    parts[part] = base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()
    with pytest.raises(WrongToken, match="unique members"):
        read(".".join(parts))


@given(st.text() | st.from_regex(r"[A-Za-z0-9_-]{0,20}(\.[A-Za-z0-9_-]{0,20}){1,3}", fullmatch=True))
def test_any_text_is_parsed_or_refused(text: str) -> None:
    """No other error is raised, and the message does not contain the text."""
    with pytest.raises(WrongToken, match=r"^its? "):
        read(text)


@given(st.sampled_from(["alg", "kid", "typ", "iss", "aud", "sub", "exp", "iat", "nbf"]), JSON)
def test_any_value_is_parsed_or_refused(name: str, value: object) -> None:
    """This is true for any value in the header and the claims."""
    text = compose({**HEADER, name: value}, CLAIMS, KEY.sign) if name in HEADER else token(**{name: value})
    with contextlib.suppress(WrongToken):
        assert read(text).subject in {"user:default/jane", str(value).lower(), "scaffolder"}


def test_a_token_that_is_too_long_is_refused() -> None:
    """It is refused before it is decoded."""
    with pytest.raises(WrongToken, match="longer than"):
        read(token(padding="x" * LONGEST))
