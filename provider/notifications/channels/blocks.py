"""Formats messages for Slack: Block Kit blocks from their bodies. Pure.

Every text of a body may come from outside: it is escaped and cut, and can neither link to a script nor mention people.
"""

from collections.abc import Callable, Mapping
from urllib.parse import quote

from slack_sdk.models.blocks import Block

from provider.notifications.channels.bodies import Body, parts, text
from provider.notifications.channels.layout import Layout, context, layout, section
from provider.notifications.channels.mrkdwn import escaped, link, one_line
from provider.notifications.channels.release_blocks import releases_layout
from provider.notifications.channels.summary_blocks import summary_layout
from provider.notifications.message import Message, MessageKind

_MOST_SHOWN = 10
_LINK = 900
_REASON = 600
_ITEMS = 2600
_REFERENCE = 200
_STATES: Mapping[str, tuple[str, str]] = {
    "requested": ("⏳", "is requested"),
    "dispatched": ("📤", "was sent to the build system"),
    "running": ("🔨", "is running"),
    "success": ("✅", "succeeded"),
    "failure": ("❌", "failed"),
    "cancelled": ("🚫", "was cancelled"),
    "timed_out": ("⌛", "timed out"),
}


def rendered(message: Message, public_url: str) -> Layout:
    """The message in Slack's format; `public_url` is the address of our pages, without a slash at its end."""
    return _RENDERED[message.kind](message, public_url)


def _rebuild(message: Message, public_url: str) -> Layout:
    body = message.body
    icon, state = _STATES.get(text(body, "state"), ("•", one_line(text(body, "state")) or "changed"))
    emergency = body.get("emergency") is True
    what = "emergency rebuild" if emergency else "rebuild"
    name = text(body, "image") or message.subject
    lines = [f"{icon} {escaped(one_line(text(body, 'reason')), _REASON)}"]
    if text(body, "error"):
        lines.append(f"> {escaped(one_line(text(body, 'error')), _REASON)}")
    blocks = [section("\n".join(lines)), *_causes(body)]
    about = [link(text(body, "url"), "workflow run", _LINK)] if text(body, "url") else []
    about += [link(_image_page(public_url, name), name, _LINK)]
    about += [f"requested by {escaped(one_line(text(body, 'requestedBy')), 100)}"] if text(body, "requestedBy") else []
    return layout(f"{'🚨 ' if emergency else ''}{name}: {what} {state}", [*blocks, context(" · ".join(about))])


def _causes(body: Body) -> list[Block]:
    causes = parts(body, "causes")
    lines = [
        f"• {escaped(one_line(text(cause, 'reference')), _REFERENCE)} `{_short(cause, 'previousDigest')}` → "
        f"`{_short(cause, 'digest')}`"
        for cause in causes[:_MOST_SHOWN]
    ]
    if len(causes) > _MOST_SHOWN:
        lines.append(f"• and {len(causes) - _MOST_SHOWN} more")
    return [section("\n".join(lines))] if lines else []


def _failure(message: Message, public_url: str) -> Layout:
    items = parts(message.body, "items")
    over = message.body.get("over") is True
    title = one_line(text(message.body, "title")) or message.subject
    shown = items[:_MOST_SHOWN]
    lines = [_item(item, public_url, _ITEMS // len(shown)) for item in shown]
    count = message.body.get("count")
    more = (count if isinstance(count, int) else len(items)) - len(shown)
    if lines and more > 0:
        lines.append(f"• and {more} more")
    blocks = [section("\n".join(lines))] if lines else []
    return layout(f"{'✅' if over else '⚠️'} {title}", blocks)


def _item(item: Body, public_url: str, room: int) -> str:
    half = room // 2 - len("• : ")
    name, message = one_line(text(item, "name")), escaped(one_line(text(item, "message")), half)
    page = link(_image_page(public_url, name), name, half) if item.get("page") is True else escaped(name, half)
    return "• " + ": ".join(filter(None, (page, message)))


def _image_page(public_url: str, name: str) -> str:
    return f"{public_url}/images/{quote(name[:100], safe='')}"


def _short(body: Body, key: str) -> str:
    return escaped(one_line(text(body, key)).partition(":")[2][:12], 20) or "none"


_RENDERED: Mapping[MessageKind, Callable[[Message, str], Layout]] = {
    MessageKind.RELEASES: releases_layout,
    MessageKind.REBUILD: _rebuild,
    MessageKind.FAILURE: _failure,
    MessageKind.SUMMARY: summary_layout,
}
