"""Tests of service tokens."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provider.auth.callers import Caller, CallerRole, ServiceToken, identify, parse_tokens, same_secret
from proxy.errors import InvalidSetting
from proxy.secrets.secret import Secret

TOKENS = (
    ServiceToken("ci", CallerRole.REBUILD, Secret("ci-token")),
    ServiceToken("backstage", CallerRole.READ, Secret("backstage-token")),
)
TEXTS = st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters=","), min_size=1)


@pytest.mark.parametrize(
    ("presented", "caller"),
    [
        (["ci-token"], Caller("ci", CallerRole.REBUILD)),
        (["wrong", "backstage-token"], Caller("backstage", CallerRole.READ)),
        (["ci-toke"], None),
        (["ci-token "], None),
        (["ü\ud800"], None),
        ([""], None),
        ([], None),
    ],
)
def test_a_whole_token_identifies_a_caller(presented: list[str], caller: Caller | None) -> None:
    """Only the whole token identifies a caller, in any position of the list."""
    assert identify(TOKENS, presented) == caller


def test_a_secret_is_compared_whole() -> None:
    """A part of a secret is not equal to the secret."""
    assert (same_secret(Secret("abc"), "abc"), same_secret(Secret("abc"), "ab")) == (True, False)


@given(st.dictionaries(st.from_regex(r"[a-z]{1,8}", fullmatch=True), st.tuples(st.sampled_from(CallerRole), TEXTS)))
def test_tokens_are_parsed_as_written(written: dict[str, tuple[CallerRole, str]]) -> None:
    """Name, role and token are parsed, and a token may contain colons; two equal tokens are refused."""
    text = ",".join(f"{name}:{role}:{secret}" for name, (role, secret) in written.items())
    if len({secret for _, secret in written.values()}) < len(written):
        with pytest.raises(InvalidSetting, match="same token"):
            parse_tokens(text)
    else:
        parsed = parse_tokens(text)
        assert {token.name: (token.role, token.secret.reveal()) for token in parsed} == written


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("hush", "entry 1 has an unknown role"),
        ("ci:admin:good,hush:ci:admin", "entry 2 has an unknown role"),
        ("ci:hush", "entry 1 has an unknown role"),
        ("ci:admin:", "entry 1 has no token"),
        (":admin:hush", "entry 1 has no name"),
        ("ci:admin:hush hush", "a header cannot contain"),
        ("ci:admin:hush,", "entry 2 has no name"),
        ("ci:admin:hush,ci:read:other", "entries 1 and 2 have the same name"),
    ],
)
def test_a_wrong_entry_is_named_by_its_position(text: str, message: str) -> None:
    """The error has the position of the entry and the right format, and not its text."""
    with pytest.raises(InvalidSetting, match=message) as raised:
        parse_tokens(text)
    assert "hush" not in f"{raised.value}"
