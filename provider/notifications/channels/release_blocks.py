"""Formats the message about new releases of one repository for Slack. Pure."""

from slack_sdk.models.blocks import Block

from provider.notifications.channels.bodies import Body, day, part, parts, text, texts, total
from provider.notifications.channels.layout import Layout, context, layout, section
from provider.notifications.channels.mrkdwn import escaped, link, one_line, target
from provider.notifications.channels.notes import formatted
from provider.notifications.message import Message

_MOST_SHOWN = 10
_MOST_IN_TITLE = 3
_MOST_VARIANTS = 8
_NOTES = 3000
_NOTES_OF_ONE = 2000
_LINK = 900
_WORD = 100
_HASH = 20


def releases_layout(message: Message, public_url: str) -> Layout:
    """The message in Slack's format; `public_url` is the address of our pages, without a slash at its end."""
    repository, found = part(message.body, "repository"), parts(message.body, "releases")
    page = f"{public_url}/repositories/{repository.get('id', '')}"
    shown = found[:_MOST_SHOWN]
    room = min(_NOTES_OF_ONE, _NOTES // max(len(shown), 1))
    blocks = [block for release in shown for block in _release(release, page, room)]
    more = total(message.body, len(found)) - len(shown)
    below = [f"latest is {_version_link(latest)}"] if (latest := latest_elsewhere(message.body)) else []
    below.append(link(page, f"and {more} more" if more > 0 else "all releases", _LINK))
    about = f"{origin(repository)} · {' · '.join(below)}"
    return layout(title_of(message.subject, message.body), [*blocks, context(about)])


def title_of(subject: str, body: Body) -> str:
    """The title, which phones and screen readers get as well: the name, the versions, and what they are."""
    name = text(part(body, "repository"), "name") or subject
    found = parts(body, "releases")
    if len(found) != 1:
        return f"{name}: {versions_of(body)}"
    said = {"promoted": " is no longer a pre-release", "moved": ": its tag was moved"}
    version, change = text(found[0], "version"), said.get(text(found[0], "change"), "")
    kind = "" if change else "".join(f" ({each})" for each in marks_of(found[0]))
    latest = latest_elsewhere(body)
    return f"{name} {version}{kind}{change}" + (f"; latest is {text(latest, 'version')}" if latest else "")


def versions_of(body: Body) -> str:
    """The versions of a message in a sentence; of many the first, and the number of the others."""
    names = [text(release, "version") for release in parts(body, "releases")]
    if len(names) > _MOST_IN_TITLE + 1:
        names = [*names[:_MOST_IN_TITLE], f"{total(body, len(names)) - _MOST_IN_TITLE} more"]
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:]))) or "new releases"


def marks_of(release: Body) -> list[str]:
    """What kind of release it is, if it is no ordinary one: the name of its channel, or a pre-release."""
    channel = one_line(text(release, "channel"))
    kind = f"pre-release, {channel}" if channel else "pre-release"
    return [kind] if release.get("prerelease") is True or channel else []


def origin(repository: Body) -> str:
    """The type and the path of a repository, with a link to it: `github · grafana/grafana`."""
    path = one_line(text(repository, "path")) or one_line(text(repository, "name")) or "repository"
    address = text(repository, "page") or text(repository, "url")
    return " · ".join(filter(None, (escaped(one_line(text(repository, "type")), _WORD), link(address, path, _LINK))))


def latest_elsewhere(body: Body) -> Body | None:
    """The latest release of the repository, if the message is about others: a backport, or a pre-release."""
    latest = part(body, "latest")
    version = text(latest, "version")
    return latest if version and all(text(each, "version") != version for each in parts(body, "releases")) else None


def _version_link(release: Body) -> str:
    return link(text(release, "url"), text(release, "version") or "a release", _LINK)


def _release(release: Body, page: str, room: int) -> list[Block]:
    about = [f"*{_version_link(release)}*", escaped(day(release, "date"), _HASH)]
    about += [escaped(mark, _WORD) for mark in marks_of(release)]
    about += _change(release)
    about += [f"`{escaped(one_line(text(release, 'hash')), _HASH)}`"] if text(release, "hash") else []
    head = " · ".join(filter(None, about)) + _variants(release)
    notes = formatted(text(release, "notes"), room)
    if not notes.text:
        return [section(head)]
    own = text(release, "url")
    rest = link(own if target(own) else page, "read more", _LINK)
    return [section(head), section(f"{notes.text}\n{rest}" if notes.cut else notes.text)]


def _change(release: Body) -> list[str]:
    """What is new about a release that was announced before."""
    match text(release, "change"):
        case "promoted":
            return ["no longer a pre-release"]
        case "moved":
            before = escaped(one_line(text(release, "previousHash")), _HASH)
            return [f"⚠️ the tag was moved, from `{before}`"]
        case _:
            return []


def _variants(release: Body) -> str:
    version = text(release, "version")
    names = [escaped(one_line(tag.removeprefix(version) or tag), _WORD) for tag in texts(release, "variants")]
    if len(names) > _MOST_VARIANTS:
        names = [*names[:_MOST_VARIANTS], f"{len(names) - _MOST_VARIANTS} more"]
    return f"\nalso as {', '.join(names)}" if names else ""
