"""Text from outside as mrkdwn."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provider.notifications.channels import mrkdwn
from tests.peers.slack.layout_limits import length

ENTITIES = re.compile("&amp;|&lt;|&gt;")


@given(st.text(), st.integers(0, 60))
def test_every_text_fits_and_mentions_nobody(text: str, room: int) -> None:
    """It has no angle brackets and no partial entities, and is not longer than allowed."""
    shown = mrkdwn.escaped(text, room)

    assert length(shown) <= room
    assert not set("<>&") & set(ENTITIES.sub("", shown))


@given(st.text(), st.text(), st.integers(3, 900))
def test_every_link_fits_and_is_at_most_one_link(address: str, label: str, room: int) -> None:
    """An address from outside makes at most one link, to a web page."""
    shown = mrkdwn.link(f"https://{address}", label, room)

    assert 0 < length(shown) <= room
    inside = re.fullmatch(r"<(https://[^<>|\s]+)\|([^<>]*)>", shown)
    assert inside or not set("<>") & set(shown)


@pytest.mark.parametrize(
    ("text", "room", "shown"),
    [
        ("<!here> a & b", 100, "&lt;!here&gt; a &amp; b"),
        ("@channel", 100, "@channel"),
        ("a <b", 6, "a &lt;b"[:2].strip() + "…"),
        ("abcdef", 6, "abcdef"),
        ("abcdefg", 6, "abcde…"),
        ("\x00a\u202eb\r\nc", 100, "ab\nc"),
        ("🙂🙂", 3, "🙂…"),
    ],
)
def test_escaped(text: str, room: int, shown: str) -> None:
    """Mentions are escaped, and long text is cut between characters."""
    assert mrkdwn.escaped(text, room) == shown


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://a.example/x?y=1&z=2", "<https://a.example/x?y=1&amp;z=2|1.0>"),
        ("https://a.example/x|y>z", "<https://a.example/x%7Cy%3Ez|1.0>"),
        ("javascript:alert(1)", "1.0"),
        ("//a.example", "1.0"),
        ("https://", "1.0"),
        (f"https://a.example/{'x' * 2000}", "1.0"),
        (None, "1.0"),
    ],
)
def test_only_web_pages_are_linked(address: str | None, shown: str) -> None:
    """For every other address only the label is shown."""
    assert mrkdwn.link(address, "1.0", 900) == shown


def test_a_plain_text_field_has_one_line_and_is_never_empty() -> None:
    """Slack refuses an empty header."""
    assert (mrkdwn.plain("a\nb <c>", 100), mrkdwn.plain(" \n", 100)) == ("a b <c>", "…")
