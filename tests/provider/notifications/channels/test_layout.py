"""The parts of a message."""

from provider.notifications.channels.layout import context, header, layout, section
from tests.peers.slack.layout_limits import block_problems


def test_each_part_is_one_that_slack_takes() -> None:
    """A title of any length, and more blocks than there may be."""
    made = layout("long " * 100, [section("*a*"), context("b")] * 40)

    assert block_problems(made.block_documents()) == []
    assert len(made.blocks) == 50
    assert made.blocks[0] == header("long " * 100)


def test_an_empty_title_still_shows_something() -> None:
    """Slack refuses a message without a text."""
    assert layout(" \n", []).text == "…"


def test_nothing_is_made_into_a_link_or_a_mention() -> None:
    """Titles are plain, and other texts are taken as they are."""
    assert header("<!here>").to_dict()["text"] == {"type": "plain_text", "text": "<!here>", "emoji": False}
    assert section("x").to_dict()["text"]["verbatim"] is True
