"""What neither logs nor answers show."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.errors import Garbage
from proxy.secrets.redactor import Redactor
from proxy.secrets.secret import Secret
from tests.proxy.secrets.written import WRITERS, basic

TOKEN = "ghp_0123456789abcdef+/="
REDACTOR = Redactor([Secret(TOKEN), Secret("")])
FORMS = [write(TOKEN) for write in WRITERS.values()]
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([*FORMS, "text", f"see {TOKEN}!"])
    | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["name", "url", TOKEN, "x"]), inner),
    max_leaves=12,
)


@pytest.mark.parametrize(
    "key",
    ["token", "temp_clone_token", "clientSecret", "password", "Authorization", "credentials", "private_key", "Cookie"],
)
def test_fields_that_could_carry_a_credential_are_left_out(key: str) -> None:
    """Wherever they are, whatever is in them."""
    document = [{"name": "app", key: "x", "owner": {key: {"a": 1}, "login": "acme"}}]
    assert REDACTOR.without_credentials(document) == [{"name": "app", "owner": {"login": "acme"}}]


def test_everything_else_stays() -> None:
    """Types and order too."""
    document = {"a": [1, 2.5, None, True, "x"], "author": {"login": "mia"}, "digest": "sha256:1", "tags": []}
    assert REDACTOR.without_credentials(document) == document


@pytest.mark.parametrize("form", FORMS)
def test_our_own_secrets_are_found_in_every_form(form: str) -> None:
    """As they are, in an address, in a Basic header; as a value or within one."""
    document = {"url": f"https://example.com/?a={form}", "list": [form, "kept"], form: 1, "name": "app"}
    assert REDACTOR.without_credentials(document) == {"list": ["kept"], "name": "app"}
    for body, headers in ((f"..{form}..".encode(), {}), (b"", {"Link": f"<{form}>"})):
        with pytest.raises(Garbage) as caught:
            REDACTOR.check(body, headers)
        assert form not in str(caught.value)


def test_a_secret_with_line_breaks_is_found_in_json() -> None:
    """A private key, for one."""
    key = "-----BEGIN KEY-----\nabc-abc-abc\n"
    with pytest.raises(Garbage):
        Redactor([Secret(key)]).check(json.dumps({"x": key}).encode(), {})


@given(JSON)
def test_nothing_of_ours_leaves(document: object) -> None:
    """After the fields are left out, the last look finds nothing."""
    REDACTOR.check(json.dumps(REDACTOR.without_credentials(document)).encode(), {})


def test_a_short_secret_is_not_looked_for() -> None:
    """A word of a few letters is in many answers, and refusing those would tell the word."""
    redactor = Redactor([Secret("admin"), Secret("1234567")])
    redactor.check(b'{"login": "admin", "id": 1234567}', {"Link": "admin"})
    assert redactor.without_credentials({"login": "admin"}) == {"login": "admin"}
    assert redactor("admin did 1234567") == "admin did 1234567"


def test_a_line_of_a_key_does_not_leave() -> None:
    """An answer that quotes a part of a private key is refused, and the line's field is left out."""
    redactor = Redactor([Secret("-----BEGIN KEY-----\nMIIEvQIBADANBg\nkqhkiG9w0BAQEF\n-----END KEY-----\n")])
    assert redactor.without_credentials({"a": "bad line: kqhkiG9w0BAQEF", "b": 1}) == {"b": 1}
    with pytest.raises(Garbage):
        redactor.check(b'"kqhkiG9w0BAQEF"', {})
    assert redactor("-----BEGIN KEY----- kqhkiG9w0BAQEF") == "-----BEGIN KEY----- ***"


def test_of_base64_all_of_the_word_is_hidden() -> None:
    """Its first and last characters depend on the secret too."""
    redactor = Redactor([Secret("hush-hush-1")])
    for user in ("ci", "x-access-token", ""):
        assert redactor(f"sent {basic('hush-hush-1', user)} (twice)") == "sent *** (twice)"


def test_secrets_that_overlap_leave_no_end() -> None:
    """Where one begins within the other, both are hidden as one."""
    redactor = Redactor([Secret("abcdefgh1234"), Secret("1234ijklmnop"), Secret("abcdefgh")])
    assert redactor("<abcdefgh1234ijklmnop> <abcdefgh>") == "<***> <***>"


def test_it_shows_nothing_of_what_it_knows() -> None:
    """In a log, for instance."""
    assert TOKEN not in repr(REDACTOR)
    assert Redactor([]).without_credentials({"a": TOKEN}) == {"a": TOKEN}


def test_a_document_that_is_too_deep_is_not_passed_on() -> None:
    """Nobody can look through it."""
    document: object = "x"
    for _ in range(5000):
        document = [document]
    with pytest.raises(Garbage, match="too deep"):
        REDACTOR.without_credentials(document)


@pytest.mark.parametrize(
    "text",
    [
        "token ghs_16C7e42F292c6912E7710c838347Ae178B4a",
        "github_pat_11ABCDEFG0123456789_abcdefghijklmnop",
        "Authorization: Bearer abcdefghijklmnopqrstuvwxyz",
        "{'authorization': 'Basic dXNlcjpwYXNzd29yZDEyMw=='}",
        "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJ1c2VyIn0.c2lnbmF0dXJl",
        "xoxb-1234567890-abcdef",
        "see https://anna:word@host/x",
        "fatal: repository 'https://github-token@host/x.git/' not found",
    ],
)
def test_tokens_that_nobody_set_are_known_by_their_shape(text: str) -> None:
    """Those of callers, and those that were made while running."""
    hidden = Redactor([])(text)

    assert "***" in hidden
    assert len(hidden) < len(text)


def test_other_texts_stay_as_they_are() -> None:
    """Digests, commits and short words are no secrets."""
    text = "portal: sha256:0f1e2d3c4b5a69788796a5b4c3d2e1f0 at 9fceb02d0ae598e95dc970b74767f19372d61af8, bearer of news"
    text += " from ssh://git@host/x.git and https://host/@scope, mail to mia@host"

    assert Redactor([Secret("of")])(text) == text
