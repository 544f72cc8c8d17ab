"""The parts that messages are laid out with, each within Slack's limits. Pure.

Source: Slack's reference, "Blocks" and "Composition objects". slack_sdk checks the limits again when a block is written
out; by then every text has been cut, since a message that is too long is to be shortened and not refused.
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
    """A message: what notifications and old clients show, and its blocks."""

    text: str
    blocks: tuple[Block, ...]

    def block_documents(self) -> list[dict[str, Any]]:
        """The blocks as Slack's API takes them.

        Raises:
            slack_sdk.errors.SlackObjectFormationError: a block is over one of Slack's limits.
        """
        return [block.to_dict() for block in self.blocks]


def layout(title: str, blocks: Sequence[Block]) -> Layout:
    """A message under a title; blocks that are too many are left out."""
    found = (header(title), *blocks)
    return Layout(mrkdwn.escaped(mrkdwn.one_line(title), FALLBACK_TEXT) or mrkdwn.CUT, found[:MOST_BLOCKS])


def header(title: str) -> HeaderBlock:
    """A title; it is shown as it is, so nothing in it is escaped or read as a mention."""
    return HeaderBlock(text=PlainTextObject(text=mrkdwn.plain(title, HeaderBlock.text_max_length), emoji=False))


def section(text: str) -> SectionBlock:
    """A paragraph out of parts that are escaped already and fit together."""
    return SectionBlock(text=_mrkdwn(text))


def context(text: str) -> ContextBlock:
    """A small line below."""
    return ContextBlock(elements=[_mrkdwn(text)])


def _mrkdwn(text: str) -> MarkdownTextObject:
    # Verbatim: Slack makes no links or mentions of what is not in angle brackets.
    return MarkdownTextObject(text=text, verbatim=True)
