"""What is secret in an address stays out of sight."""

import base64
import json
import logging
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.secrets.redaction import Redactor, keep_queries_out_of_logs, printable
from proxy.secrets.secret import Secret


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://user:word@host:5000/v2/a?sig=abc#x", "https://host:5000/v2/a"),
        ("https://host/", "https://host/"),
    ],
)
def test_users_and_queries_are_left_out(url: str, shown: str) -> None:
    """Scheme, host and path are enough for a message."""
    assert printable(url) == shown


def test_urllib3_logs_no_queries(caplog: pytest.LogCaptureFixture) -> None:
    """A path's query is cut, other arguments stay."""
    keep_queries_out_of_logs()
    keep_queries_out_of_logs()
    with caplog.at_level(logging.DEBUG, "urllib3.connectionpool"):
        logging.getLogger("urllib3.connectionpool").debug("%s %s %s", "why?", "/blob?signature=abc", 200)

    assert caplog.messages == ["why? /blob?... 200"]


@given(st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), min_size=8), st.text(), st.text())
def test_a_secret_is_hidden_however_it_is_written(secret: str, before: str, after: str) -> None:
    """As it is, in an address, in JSON, in Python's words, and as base64."""
    redact = Redactor([Secret(secret)])
    encoded = base64.b64encode(secret.encode()).decode()
    for form in (secret, quote(secret, safe=""), json.dumps(secret), repr(secret), encoded):
        assert form.strip("\"'") not in redact(f"{before}{form}{after}") or form.strip("\"'") in before + after


def test_each_line_of_a_key_is_hidden() -> None:
    """Libraries quote parts of what they cannot read; the marks around it are no secret."""
    key = "-----BEGIN KEY-----\nMIIEvQIBADANBg\nkqhkiG9w0BAQEF\n-----END KEY-----"

    assert Redactor([Secret(key)])("-----BEGIN KEY----- kqhkiG9w0BAQEF") == "-----BEGIN KEY----- ***"


@pytest.mark.parametrize(
    "text",
    [
        "token ghs_16C7e42F292c6912E7710c838347Ae178B4a",
        "github_pat_11ABCDEFG0123456789_abcdefghijklmnop",
        "Authorization: Bearer abcdefghijklmnopqrstuvwxyz",
        "{'authorization': 'Basic dXNlcjpwYXNzd29yZDEyMw=='}",
        "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJ1c2VyIn0.c2lnbmF0dXJl",
        "xoxb-1234567890-abcdef",
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

    assert Redactor([Secret("of")])(text) == text
