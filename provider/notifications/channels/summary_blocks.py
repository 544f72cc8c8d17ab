"""Formats the message about new releases of many repositories for Slack. Pure."""

from provider.notifications.channels.bodies import Body, part, parts, text, total
from provider.notifications.channels.layout import Layout, context, layout, section
from provider.notifications.channels.mrkdwn import escaped, length, link, one_line
from provider.notifications.channels.release_blocks import latest_elsewhere, marks_of, versions_of
from provider.notifications.message import Message

_MOST_LINES = 40
_MOST_VERSIONS = 3
_MOST_NAMED = 3
_SECTION = 2900
_LINK = 400
_NAME = 100


def summary_layout(message: Message, public_url: str) -> Layout:
    """The message in Slack's format, a line for each repository; `public_url` is the address of our pages."""
    repositories = parts(message.body, "repositories")
    lines = [_line(each, public_url) for each in repositories[:_MOST_LINES]]
    more = _count(message.body) - len(lines)
    page = link(f"{public_url}/releases", f"and {more} more" if more > 0 else "all new releases", _LINK)
    return layout(summary_title(message.body), [*map(section, _sections(lines)), context(page)])


def summary_title(body: Body) -> str:
    """The title, which phones and screen readers get as well: how many repositories, and the first of them."""
    repositories, count = parts(body, "repositories"), _count(body)
    what = "repository has new releases" if count == 1 else "repositories have new releases"
    named = [f"{_name(each)} {versions_of(each)}" for each in repositories[:_MOST_NAMED]]
    if count > len(named):
        named.append(f"{count - len(named)} more")
    title = f"{'Daily summary: ' if body.get('daily') is True else ''}{count} {what}"
    return f"{title}: {'; '.join(named)}" if named else title


def _count(body: Body) -> int:
    return total(body, len(parts(body, "repositories")))


def _name(body: Body) -> str:
    return one_line(text(part(body, "repository"), "name")) or "a repository"


def _line(body: Body, public_url: str) -> str:
    repository, releases = part(body, "repository"), parts(body, "releases")
    name = link(f"{public_url}/repositories/{repository.get('id', '')}", _name(body), _LINK)
    shown = [_version(release) for release in releases[:_MOST_VERSIONS]]
    if (more := total(body, len(releases)) - len(shown)) > 0:
        shown.append(f"and {more} more")
    latest = latest_elsewhere(body)
    about = [", ".join(shown), f"latest is {escaped(text(latest, 'version'), _NAME)}" if latest else ""]
    where = " · ".join(filter(None, (text(repository, "type"), text(repository, "path"))))
    return " · ".join(filter(None, (f"• *{name}* {about[0]}".rstrip(), about[1], escaped(one_line(where), _NAME))))


def _version(release: Body) -> str:
    changes = {"promoted": "no longer a pre-release", "moved": "⚠️ its tag was moved"}
    said = changes.get(text(release, "change")) or "".join(marks_of(release))
    version = link(text(release, "url"), text(release, "version") or "a release", _LINK)
    return f"{version} ({escaped(said, _NAME)})" if said else version


def _sections(lines: list[str]) -> list[str]:
    """The lines in as few texts as fit."""
    texts: list[str] = []
    for line in lines:
        if texts and length(texts[-1]) + length(line) < _SECTION:
            texts[-1] += f"\n{line}"
        else:
            texts.append(line)
    return texts
