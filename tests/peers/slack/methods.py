"""Slack's Web API methods over a workspace.

Source: Slack's reference of each method, its arguments and errors.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.peers.slack.layout_limits import MESSAGE_TEXT, block_problems, length, metadata_problem
from tests.peers.slack.state import Channel, Posted, Workspace

Arguments = Mapping[str, Any]
_MOST_ON_A_PAGE = 999


class Refused(Exception):
    """The method answers `ok: false`; `retry_after`, in seconds, makes it a 429."""

    def __init__(self, error: str, *, retry_after: int | None = None, **details: Any) -> None:
        super().__init__(error)
        self.document = {"ok": False, "error": error, **details}
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Call:
    """One call: its arguments, when, and how many seconds a channel's messages must be apart."""

    workspace: Workspace
    arguments: Arguments
    now: float
    apart: float


def _post(call: Call) -> dict[str, Any]:
    channel = _writable(call, call.workspace.find(call.arguments.get("channel")))
    if call.now - channel.posted_at < call.apart:
        raise Refused("ratelimited", retry_after=1)
    message = _message(call, channel, call.workspace.new_ts(call.now))
    channel.messages.append(message)
    channel.posted_at = call.now
    return {"channel": channel.id, "ts": message.ts, "message": message.document(metadata=True)}


def _update(call: Call) -> dict[str, Any]:
    channel = _writable(call, _by_id(call))
    known = next((each for each in channel.messages if each.ts == call.arguments.get("ts")), None)
    if known is None:
        raise Refused("message_not_found")
    changed = _message(call, channel, known.ts)
    known.text, known.blocks, known.edits = changed.text, changed.blocks, known.edits + 1
    known.metadata = changed.metadata or known.metadata
    return {"channel": channel.id, "ts": known.ts, "text": known.text, "message": known.document(metadata=True)}


def _history(call: Call) -> dict[str, Any]:
    channel = _by_id(call)
    if channel is None:
        raise Refused("channel_not_found")
    if not channel.joined:
        raise Refused("not_in_channel")
    oldest = float(call.arguments.get("oldest") or 0)
    newest_first = [each for each in reversed(channel.messages) if float(each.ts) > oldest]
    page, following = _page(call, newest_first)
    metadata = _flag(call.arguments.get("include_all_metadata"))
    found = [each.document(metadata=metadata) for each in page]
    return {"messages": found, "has_more": bool(following), "response_metadata": {"next_cursor": following}}


def _info(call: Call) -> dict[str, Any]:
    channel = _by_id(call)
    if channel is None or (channel.private and not channel.joined):
        raise Refused("channel_not_found")
    return {"channel": _described(channel)}


def _described(channel: Channel) -> dict[str, Any]:
    return {
        "id": channel.id,
        "name": channel.name,
        "is_channel": not channel.private,
        "is_group": channel.private,
        "is_private": channel.private,
        "is_archived": channel.archived,
        "is_member": channel.joined,
    }


def _list(call: Call) -> dict[str, Any]:
    hide = _flag(call.arguments.get("exclude_archived"))
    public = (each for each in call.workspace.channels.values() if not each.private)
    page, following = _page(call, [each for each in public if not (hide and each.archived)])
    return {"channels": [_described(each) for each in page], "response_metadata": {"next_cursor": following}}


def _test(_call: Call) -> dict[str, Any]:
    return {
        "url": "https://acme.slack.com/",
        "team": "Acme",
        "user": "image-factory",
        "team_id": "T0ACME",
        "user_id": "U0FACTORY",
        "bot_id": "B0FACTORY",
    }


METHODS: Mapping[str, tuple[Callable[[Call], dict[str, Any]], tuple[str, ...]]] = {
    "chat.postMessage": (_post, ("chat:write",)),
    "chat.update": (_update, ("chat:write",)),
    "conversations.history": (_history, ("channels:history", "groups:history")),
    "conversations.info": (_info, ("channels:read", "groups:read")),
    "conversations.list": (_list, ("channels:read", "groups:read")),
    "auth.test": (_test, ()),
}
"""Each method with the scopes of which it needs one."""


def _by_id(call: Call) -> Channel | None:
    return call.workspace.channels.get(str(call.arguments.get("channel")))


def _writable(_call: Call, channel: Channel | None) -> Channel:
    if channel is None:
        raise Refused("channel_not_found")
    if channel.archived:
        raise Refused("is_archived")
    if not channel.joined:
        raise Refused("channel_not_found" if channel.private else "not_in_channel")
    return channel


def _message(call: Call, channel: Channel, ts: str) -> Posted:
    text, blocks = call.arguments.get("text") or "", call.arguments.get("blocks") or []
    if not text and not blocks:
        raise Refused("no_text")
    if length(text) > MESSAGE_TEXT:
        raise Refused("msg_too_long")
    if problems := block_problems(blocks):
        said = [f"[ERROR] {problem}" for problem in problems]
        raise Refused("invalid_blocks", errors=problems, response_metadata={"messages": said})
    metadata = call.arguments.get("metadata")
    if metadata is not None and (error := metadata_problem(metadata)):
        raise Refused(error)
    return Posted(channel.id, ts, text, blocks, metadata)


def _page(call: Call, items: list[Any]) -> tuple[list[Any], str]:
    """A page, and the cursor behind it, empty at the end."""
    limit = int(call.arguments.get("limit") or 100)
    if not 0 < limit <= _MOST_ON_A_PAGE:
        raise Refused("invalid_limit")
    start = int(str(call.arguments.get("cursor") or "at:0").removeprefix("at:"))
    following = f"at:{start + limit}" if start + limit < len(items) else ""
    return items[start : start + limit], following


def _flag(value: object) -> bool:
    return value in (True, "1", "true")
