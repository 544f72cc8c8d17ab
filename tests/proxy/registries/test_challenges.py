"""WWW-Authenticate."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.errors import Refused
from proxy.registries.challenges import Challenge, parse_challenges, usable_challenge

WORD = st.text("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.", min_size=1, max_size=12)
VALUE = st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=30)
CHALLENGES = st.lists(
    st.builds(Challenge, WORD.map(str.lower), st.dictionaries(WORD.map(str.lower), VALUE, min_size=1, max_size=4)),
    max_size=4,
)


def printed(challenge: Challenge) -> str:
    """A challenge with every value quoted."""
    escaped = {name: value.replace("\\", r"\\").replace('"', r"\"") for name, value in challenge.parameters.items()}
    return f"{challenge.scheme} " + ", ".join(f'{name}="{value}"' for name, value in escaped.items())


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (
            'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:a/b:pull,push"',
            [
                (
                    "bearer",
                    {
                        "realm": "https://auth.docker.io/token",
                        "service": "registry.docker.io",
                        "scope": "repository:a/b:pull,push",
                    },
                )
            ],
        ),
        ('Basic realm="x", Bearer realm="y"', [("basic", {"realm": "x"}), ("bearer", {"realm": "y"})]),
        ("Negotiate, Basic realm=x", [("negotiate", {}), ("basic", {"realm": "x"})]),
        ("Negotiate YWJj==, Basic realm=x", [("negotiate", {}), ("basic", {"realm": "x"})]),
        (
            "Bearer realm=https://h:1/t?x=1 , Service = s",
            [("bearer", {"realm": "https://h:1/t?x=1", "service": "s"})],
        ),
        (r'Basic realm="say \"hi\", Bearer realm=\"no\""', [("basic", {"realm": 'say "hi", Bearer realm="no"'})]),
        ('Bearer realm="a",realm="b"', [("bearer", {"realm": "a"})]),
        (
            'bearer realm="https://r/t" service="s" scope="*"',
            [("bearer", {"realm": "https://r/t", "service": "s", "scope": "*"})],
        ),
        ("Bearer realm=https://r/t service=s", [("bearer", {"realm": "https://r/t", "service": "s"})]),
        ('BEARER REALM="x",SERVICE="y"', [("bearer", {"realm": "x", "service": "y"})]),
        ('Bearer  realm = "x" , service = "y"', [("bearer", {"realm": "x", "service": "y"})]),
        (
            'Basic realm="x" Bearer realm="y" service="s"',
            [("basic", {"realm": "x"}), ("bearer", {"realm": "y", "service": "s"})],
        ),
        ("Basic", [("basic", {})]),
        ("", []),
        (" , ,", []),
        ("realm=x", []),
    ],
)
def test_challenges_are_read(header: str, expected: list[tuple[str, dict[str, str]]]) -> None:
    """A header can have several challenges, with and without quotes and escapes; the case of names is ignored."""
    assert parse_challenges(header) == tuple(Challenge(scheme, parameters) for scheme, parameters in expected)


@given(CHALLENGES)
def test_every_challenge_is_read(challenges: list[Challenge]) -> None:
    """This holds for any values, and for several headers joined by commas."""
    assert parse_challenges(", ".join(map(printed, challenges))) == tuple(challenges)


@given(st.text(st.characters(max_codepoint=255), max_size=200))
def test_any_text_is_read_without_an_error(header: str) -> None:
    """The readable parts of a broken header are returned."""
    for challenge in parse_challenges(header):
        assert challenge.scheme == challenge.scheme.lower()
        assert challenge.scheme


@pytest.mark.parametrize("header", ["a" * 100_000, "a:" * 50_000, '"' * 100_000, 'Basic a="' + "\\" * 100_000])
def test_a_hostile_header_is_read_quickly(header: str) -> None:
    """A long invalid header is read in linear time."""
    assert len(parse_challenges(header)) <= 1


def test_scopes_are_split_at_spaces() -> None:
    """A challenge may have several scopes."""
    challenge = Challenge("bearer", {"scope": "repository:a:pull repository:b:pull,push"})

    assert challenge.scopes == ("repository:a:pull", "repository:b:pull,push")
    assert Challenge("bearer").scopes == ()


@pytest.mark.parametrize(
    ("header", "scheme"),
    [
        ('Bearer realm="https://a.example.com/token"', "bearer"),
        ('Negotiate, Basic realm="x"', "basic"),
        ('Basic realm="x", Bearer realm="https://a.example.com/token",service="s"', "bearer"),
        ('Bearer service="s", Basic', "basic"),
        ("basic", "basic"),
    ],
)
def test_a_token_is_preferred_to_a_password(header: str, scheme: str) -> None:
    """A challenge for a token without the address of its server is not used."""
    assert usable_challenge(header, "r.example.com").scheme == scheme


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("Negotiate", "r.example.com requires authentication by negotiate"),
        ("NTLM, Negotiate", "r.example.com requires authentication by negotiate, ntlm"),
        ('Digest realm="x", nonce="y"', "r.example.com requires authentication by digest"),
        ("=", "sent a WWW-Authenticate header that has neither"),
        ("Bearer", "sent a WWW-Authenticate header that has neither"),
        ('Bearer realm=""', "sent a WWW-Authenticate header that has neither"),
        (
            '"Bearer" realm="https://a.example.com/token"',
            "sent a WWW-Authenticate header that has neither",
        ),
        ("\x00\xff", "sent a WWW-Authenticate header that has neither"),
    ],
)
def test_a_challenge_that_cannot_be_answered_is_named(header: str, message: str) -> None:
    """With what the registry requires, or what is wrong with its header."""
    with pytest.raises(Refused, match=message):
        usable_challenge(header, "r.example.com")


@given(st.text(min_size=1, max_size=200))
def test_any_header_is_a_challenge_or_a_refusal(header: str) -> None:
    """Nothing else comes out of it."""
    with contextlib.suppress(Refused):
        assert usable_challenge(header, "r.example.com").scheme in {"basic", "bearer"}
