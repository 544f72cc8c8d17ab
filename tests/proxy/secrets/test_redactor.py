"""What is hidden in logs and answers."""

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
    """Fields with such a name are removed at any depth, whatever their value."""
    document = [{"name": "app", key: "x", "owner": {key: {"a": 1}, "login": "acme"}}]
    assert REDACTOR.without_credentials(document) == [{"name": "app", "owner": {"login": "acme"}}]


def test_everything_else_stays() -> None:
    """Other values keep their types and their order."""
    document = {"a": [1, 2.5, None, True, "x"], "author": {"login": "mia"}, "digest": "sha256:1", "tags": []}
    assert REDACTOR.without_credentials(document) == document


@pytest.mark.parametrize("form", FORMS)
def test_our_own_secrets_are_found_in_every_form(form: str) -> None:
    """A secret is found as it is, in an address, in a Basic header, and within a longer value."""
    document = {"url": f"https://example.com/?a={form}", "list": [form, "kept"], form: 1, "name": "app"}
    assert REDACTOR.without_credentials(document) == {"list": ["kept"], "name": "app"}
    for body, headers in ((f"..{form}..".encode(), {}), (b"", {"Link": f"<{form}>"})):
        with pytest.raises(Garbage) as caught:
            REDACTOR.check(body, headers)
        assert form not in str(caught.value)


def test_a_secret_with_line_breaks_is_found_in_json() -> None:
    """A private key in a JSON document is found."""
    key = "-----BEGIN KEY-----\nabc-abc-abc\n"
    with pytest.raises(Garbage):
        Redactor([Secret(key)]).check(json.dumps({"x": key}).encode(), {})


@given(JSON)
def test_no_secret_remains_in_an_answer(document: object) -> None:
    """After the fields are removed, the final check finds no secret."""
    REDACTOR.check(json.dumps(REDACTOR.without_credentials(document)).encode(), {})


def test_a_short_secret_is_not_searched_for() -> None:
    """A short text occurs in many answers, and refusing those would reveal it."""
    redactor = Redactor([Secret("admin"), Secret("1234567")])
    redactor.check(b'{"login": "admin", "id": 1234567}', {"Link": "admin"})
    assert redactor.without_credentials({"login": "admin"}) == {"login": "admin"}
    assert redactor("admin did 1234567") == "admin did 1234567"


def test_a_line_of_a_key_is_refused() -> None:
    """An answer that quotes a line of a private key is refused, and a field with the line is removed."""
    redactor = Redactor([Secret("-----BEGIN KEY-----\nMIIEvQIBADANBg\nkqhkiG9w0BAQEF\n-----END KEY-----\n")])
    assert redactor.without_credentials({"a": "bad line: kqhkiG9w0BAQEF", "b": 1}) == {"b": 1}
    with pytest.raises(Garbage):
        redactor.check(b'"kqhkiG9w0BAQEF"', {})
    assert redactor("-----BEGIN KEY----- kqhkiG9w0BAQEF") == "-----BEGIN KEY----- ***"


def test_the_complete_base64_word_is_hidden() -> None:
    """The first and the last characters also depend on the secret."""
    redactor = Redactor([Secret("hush-hush-1")])
    for user in ("ci", "x-access-token", ""):
        assert redactor(f"sent {basic('hush-hush-1', user)} (twice)") == "sent *** (twice)"


def test_overlapping_secrets_are_hidden_completely() -> None:
    """If one secret begins within another, both are hidden as one."""
    redactor = Redactor([Secret("abcdefgh1234"), Secret("1234ijklmnop"), Secret("abcdefgh")])
    assert redactor("<abcdefgh1234ijklmnop> <abcdefgh>") == "<***> <***>"


def test_secrets_that_change_are_hidden_as_they_are_now() -> None:
    """Those of a registry auth file that is read again."""
    changing: tuple[Secret, ...] = (Secret("hush-hush-1"),)
    redactor = Redactor([Secret("fixed-secret")], lambda: changing)
    assert redactor("fixed-secret hush-hush-1 hush-hush-2") == "*** *** hush-hush-2"
    changing = (Secret("hush-hush-2"), Secret("short"))
    assert redactor("fixed-secret hush-hush-1 hush-hush-2 short") == "*** hush-hush-1 *** short"
    assert redactor.holds(b"fixed-secret")
    changing = ()
    assert not redactor.holds("hush-hush-2")


def test_its_repr_shows_no_secret() -> None:
    """The repr of a redactor shows only a count."""
    assert TOKEN not in repr(REDACTOR)
    assert Redactor([]).without_credentials({"a": TOKEN}) == {"a": TOKEN}


def test_a_document_that_is_too_deep_is_not_passed_on() -> None:
    """A document that is nested too deeply to be checked is garbage."""
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
def test_tokens_are_recognized_by_their_shape(text: str) -> None:
    """Tokens of callers and tokens issued at run time are hidden."""
    hidden = Redactor([])(text)

    assert "***" in hidden
    assert len(hidden) < len(text)


def test_other_texts_stay_as_they_are() -> None:
    """Digests, commits and short words are not hidden."""
    text = "portal: sha256:0f1e2d3c4b5a69788796a5b4c3d2e1f0 at 9fceb02d0ae598e95dc970b74767f19372d61af8, bearer of news"
    text += " from ssh://git@host/x.git and https://host/@scope, mail to mia@host"

    assert Redactor([Secret("of")])(text) == text
