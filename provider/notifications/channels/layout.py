"""The blocks of a Slack message, each within Slack's limits. Pure.

Source: Slack's reference, "Blocks" and "Composition objects". slack_sdk checks the limits when it serializes a block;
every text is cut before that, because a message that is too long is shortened, not refused.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from slack_sdk.models.blocks import Block, ContextBlock, HeaderBlock, MarkdownTextObject, PlainTextObject, SectionBlock

from provider.notifications.channels import mrkdwn

MOST_BLOCKS = 50
FALLBACK_TEXT = 3000


@dataclass(frozen=True, slots=True)
class Layout:
    """A message: the text for notifications and old clients, and its blocks."""

    text: str
    blocks: tuple[Block, ...]

    def block_documents(self) -> list[dict[str, Any]]:
        """The blocks as JSON for Slack's API.

        Raises:
            slack_sdk.errors.SlackObjectFormationError: a block exceeds one of Slack's limits.
        """
        return [block.to_dict() for block in self.blocks]


def layout(title: str, blocks: Sequence[Block]) -> Layout:
    """A message with a title; blocks above Slack's limit are left out."""
    found = (header(title), *blocks)
    return Layout(mrkdwn.escaped(mrkdwn.one_line(title), FALLBACK_TEXT) or mrkdwn.CUT, found[:MOST_BLOCKS])


def header(title: str) -> HeaderBlock:
    """A title; Slack shows it as plain text, so nothing in it is escaped or read as a mention."""
    return HeaderBlock(text=PlainTextObject(text=mrkdwn.plain(title, HeaderBlock.text_max_length), emoji=False))


def section(text: str) -> SectionBlock:
    """A paragraph; the text is already escaped and cut."""
    return SectionBlock(text=_mrkdwn(text))


def context(text: str) -> ContextBlock:
    """A line in small print below the message."""
    return ContextBlock(elements=[_mrkdwn(text)])


def _mrkdwn(text: str) -> MarkdownTextObject:
    # Verbatim: Slack makes links and mentions only from text in angle brackets.
    return MarkdownTextObject(text=text, verbatim=True)
