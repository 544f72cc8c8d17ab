"""What must not leave."""

import base64
import json
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.errors import Garbage
from proxy.secrets.hiding import Hiding
from proxy.secrets.secret import Secret

TOKEN = "ghp_0123456789abcdef+/="
HIDING = Hiding([Secret(TOKEN), Secret("")])
FORMS = [
    TOKEN,
    quote(TOKEN),
    quote(TOKEN, safe=""),
    quote(TOKEN, safe="").lower(),
    base64.b64encode(TOKEN.encode()).decode(),
    base64.b64encode(f"x-access-token:{TOKEN}".encode()).decode(),
    base64.b64encode(f"ci:{TOKEN}".encode()).decode(),
    base64.urlsafe_b64encode(f"a:{TOKEN}, and more".encode()).decode(),
]
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
    assert HIDING.without_credentials(document) == [{"name": "app", "owner": {"login": "acme"}}]


def test_everything_else_stays() -> None:
    """Types and order too."""
    document = {"a": [1, 2.5, None, True, "x"], "author": {"login": "mia"}, "digest": "sha256:1", "tags": []}
    assert HIDING.without_credentials(document) == document


@pytest.mark.parametrize("form", FORMS)
def test_our_own_secrets_are_found_in_every_form(form: str) -> None:
    """As they are, in an address, in a Basic header; as a value or within one."""
    document = {"url": f"https://example.com/?a={form}", "list": [form, "kept"], form: 1, "name": "app"}
    assert HIDING.without_credentials(document) == {"list": ["kept"], "name": "app"}
    for body, headers in ((f"..{form}..".encode(), {}), (b"", {"Link": f"<{form}>"})):
        with pytest.raises(Garbage) as caught:
            HIDING.check(body, headers)
        assert form not in str(caught.value)


def test_a_secret_with_line_breaks_is_found_in_json() -> None:
    """A private key, for one."""
    key = "-----BEGIN KEY-----\nabc\n"
    with pytest.raises(Garbage):
        Hiding([Secret(key)]).check(json.dumps({"x": key}).encode(), {})


@given(JSON)
def test_nothing_of_ours_leaves(document: object) -> None:
    """After the fields are left out, the last look finds nothing."""
    HIDING.check(json.dumps(HIDING.without_credentials(document)).encode(), {})


def test_a_short_secret_is_not_seen_everywhere() -> None:
    """Only as it is: three letters in base64 would be in any digest."""
    Hiding([Secret("a1b")]).check(base64.b64encode(b"xa1by"), {})
    with pytest.raises(Garbage):
        Hiding([Secret("a1b")]).check(b"xa1by", {})


def test_it_shows_nothing_of_what_it_knows() -> None:
    """In a log, for instance."""
    assert TOKEN not in repr(HIDING)
    assert Hiding([]).without_credentials({"a": TOKEN}) == {"a": TOKEN}


def test_a_document_that_is_too_deep_is_not_passed_on() -> None:
    """Nobody can look through it."""
    document: object = "x"
    for _ in range(5000):
        document = [document]
    with pytest.raises(Garbage, match="too deep"):
        HIDING.without_credentials(document)
