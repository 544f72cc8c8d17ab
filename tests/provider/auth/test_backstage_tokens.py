"""Tests of what is checked of a token without a key, and of its signature."""

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
    """What is read of it."""
    return read_token(text, kinds or tuple(TokenKind), issuer=ISSUER, now=NOW)


def token(header: Mapping[str, object] | None = None, /, **claims: object) -> str:
    """A user's token with those changes."""
    return compose({**HEADER, **(header or {})}, {**CLAIMS, **claims}, KEY.sign)


def test_a_right_token_is_read_and_proven() -> None:
    """The user is in lower case, the text prints as stars, and only its own key proves it."""
    right = read(token())
    assert (right.kind, right.key_id, right.subject) == (TokenKind.USER, "one", "user:default/jane")
    assert right.text.reveal() not in repr(right)
    prove(right, KEY.private.public_key())
    with pytest.raises(WrongToken, match="signature"):
        prove(right, SigningKey().private.public_key())


def test_each_part_is_signed() -> None:
    """Header or claims of another token do not go with a signature."""
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
def test_times_are_numbers_and_right(changes: dict[str, object], allowed: bool) -> None:
    """Clocks may differ by half a minute; what has expired has expired."""
    if allowed:
        assert read(token(**changes)).subject == "user:default/jane"
    else:
        with pytest.raises(WrongToken):
            read(token(**changes))


def test_a_kind_counts_only_where_it_is_expected() -> None:
    """A limited token is no caller's, a user's is no obo."""
    with pytest.raises(WrongToken, match="its typ is not"):
        read(token({"typ": "vnd.backstage.limited-user"}), TokenKind.USER, TokenKind.PLUGIN)
    with pytest.raises(WrongToken, match="its typ is not"):
        read(token(), TokenKind.LIMITED_USER)


@pytest.mark.parametrize("part", [0, 1])
def test_a_member_that_is_there_twice_is_refused(part: int) -> None:
    """Readers differ in which of two they take."""
    parts = token().split(".")
    text = json.dumps((HEADER, CLAIMS)[part]).replace("{", '{"kid":"two","sub":"user:default/eve",', 1)
    parts[part] = base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()
    with pytest.raises(WrongToken, match="unique members"):
        read(".".join(parts))


@given(st.text() | st.from_regex(r"[A-Za-z0-9_-]{0,20}(\.[A-Za-z0-9_-]{0,20}){1,3}", fullmatch=True))
def test_any_text_is_read_or_wrong(text: str) -> None:
    """No other error, and nothing of the text in it."""
    with pytest.raises(WrongToken, match=r"^its? "):
        read(text)


@given(st.sampled_from(["alg", "kid", "typ", "iss", "aud", "sub", "exp", "iat", "nbf"]), JSON)
def test_any_value_is_read_or_wrong(name: str, value: object) -> None:
    """Whatever stands in a header or a claim."""
    text = compose({**HEADER, name: value}, CLAIMS, KEY.sign) if name in HEADER else token(**{name: value})
    with contextlib.suppress(WrongToken):
        assert read(text).subject in {"user:default/jane", str(value).lower(), "scaffolder"}


def test_a_giant_is_refused_by_its_length() -> None:
    """Before anything of it is decoded."""
    with pytest.raises(WrongToken, match="longer than"):
        read(token(padding="x" * LONGEST))
