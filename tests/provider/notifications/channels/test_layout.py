"""The blocks of a Slack message."""

from provider.notifications.channels.layout import context, header, layout, section
from tests.peers.slack.layout_limits import block_problems


def test_every_block_is_within_slacks_limits() -> None:
    """This holds for a title of any length, and for more blocks than Slack allows."""
    made = layout("long " * 100, [section("*a*"), context("b")] * 40)

    assert block_problems(made.block_documents()) == []
    assert len(made.blocks) == 50
    assert made.blocks[0] == header("long " * 100)


def test_an_empty_title_still_shows_something() -> None:
    """Slack refuses a message without text."""
    assert layout(" \n", []).text == "…"


def test_slack_does_not_turn_text_into_links_or_mentions() -> None:
    """Titles are plain text, and other texts are verbatim."""
    assert header("<!here>").to_dict()["text"] == {"type": "plain_text", "text": "<!here>", "emoji": False}
    assert section("x").to_dict()["text"]["verbatim"] is True
