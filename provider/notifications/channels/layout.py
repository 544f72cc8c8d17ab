"""The parts that messages are laid out with, each within Slack's limits. Pure.

Source: Slack's reference, "Blocks" and "Composition objects".
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from provider.notifications.channels import mrkdwn

Block = dict[str, Any]
MOST_BLOCKS = 50
SECTION_TEXT = 3000
HEADER_TEXT = 150
FALLBACK_TEXT = 3000


@dataclass(frozen=True, slots=True)
class Layout:
    """A message: what notifications and old clients show, and its blocks."""

    text: str
    blocks: tuple[Block, ...]


def layout(title: str, blocks: Sequence[Block]) -> Layout:
    """A message under a title; blocks that are too many are left out."""
    found = (header(title), *blocks)
    return Layout(mrkdwn.escaped(mrkdwn.one_line(title), FALLBACK_TEXT) or mrkdwn.CUT, found[:MOST_BLOCKS])


def header(title: str) -> Block:
    """A title; it is shown as it is, so nothing in it is escaped or read as a mention."""
    return {
        "type": "header",
        "text": {"type": "plain_text", "text": mrkdwn.plain(title, HEADER_TEXT), "emoji": False},
    }


def section(text: str) -> Block:
    """A paragraph out of parts that are escaped already and fit together."""
    return {"type": "section", "text": _mrkdwn(text)}


def context(text: str) -> Block:
    """A small line below."""
    return {"type": "context", "elements": [_mrkdwn(text)]}


def _mrkdwn(text: str) -> Block:
    # Verbatim: Slack makes no links or mentions of what is not in angle brackets.
    return {"type": "mrkdwn", "text": text, "verbatim": True}
