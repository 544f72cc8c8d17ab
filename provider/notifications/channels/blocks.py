"""Formats messages for Slack: Block Kit blocks from their bodies. Pure.

Every text of a body may come from outside: it is escaped and cut, and can neither link to a script nor mention people.
"""

from collections.abc import Callable, Mapping, Sequence
from urllib.parse import quote

from slack_sdk.models.blocks import Block

from provider.notifications.channels.bodies import Body, day, part, parts, text
from provider.notifications.channels.layout import Layout, context, layout, section
from provider.notifications.channels.mrkdwn import CUT, escaped, link, one_line, target
from provider.notifications.message import Message, MessageKind

_MOST_SHOWN = 10
_NOTES_OF_ONE = 2000
_NOTES_OF_SEVERAL = 300
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


def _releases(message: Message, public_url: str) -> Layout:
    repository = part(message.body, "repository")
    found = parts(message.body, "releases")
    name = text(repository, "name") or message.subject
    page = f"{public_url}/repositories/{repository.get('id', '')}"
    title = _title(name, found)
    room = _NOTES_OF_ONE if len(found) == 1 else _NOTES_OF_SEVERAL
    blocks = [block for release in found[:_MOST_SHOWN] for block in _release(release, page, room)]
    more = len(found) - _MOST_SHOWN
    where = link(page, f"and {more} more" if more > 0 else "all releases", _LINK)
    return layout(title, [*blocks, context(f"{link(text(repository, 'url'), name, _LINK)} · {where}")])


def _title(name: str, found: Sequence[Body]) -> str:
    if len(found) != 1:
        return f"{name}: {len(found)} new releases"
    said = {"promoted": " is no longer a pre-release", "moved": ": its tag was moved"}
    return f"{name} {text(found[0], 'version')}{said.get(text(found[0], 'change'), '')}"


def _change(release: Body) -> list[str]:
    """What is new about a release that was announced before."""
    match text(release, "change"):
        case "promoted":
            return ["no longer a pre-release"]
        case "moved":
            before = escaped(one_line(text(release, "previousHash")), 20)
            return [f"⚠️ the tag was moved, from `{before}`"]
        case _:
            return []


def _release(release: Body, page: str, room: int) -> list[Block]:
    version = text(release, "version") or "a release"
    about = [f"*{link(text(release, 'url'), version, _LINK)}*", escaped(day(release, "date"), 20)]
    about += ["pre-release"] if release.get("prerelease") is True else []
    about += _change(release)
    about += [f"`{escaped(one_line(text(release, 'hash')), 20)}`"] if text(release, "hash") else []
    head = section(" · ".join(filter(None, about)))
    notes = escaped(text(release, "notes"), room)
    if not notes:
        return [head]
    own = text(release, "url")
    rest = link(own if target(own) else page, "read more", _LINK)
    return [head, section(f"{notes}\n{rest}" if notes.endswith(CUT) else notes)]


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
    MessageKind.RELEASES: _releases,
    MessageKind.REBUILD: _rebuild,
    MessageKind.FAILURE: _failure,
}
