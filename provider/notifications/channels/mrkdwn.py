"""Formats text from outside as Slack's mrkdwn: escaped and cut, with links only to web pages. Pure.

Source: Slack's docs, "Formatting text for app surfaces": `&`, `<` and `>` are all that has to be escaped; mentions
(`<!here>`, `<@U1>`) and links need the angle brackets.
"""

import re
from collections.abc import Iterator
from urllib.parse import quote, urlsplit

CUT = "…"
_BASIC_PLANE = 0xFFFF
_LONGEST_ADDRESS = 700
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
# Control characters, and characters that change the writing direction.
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
_WEB = re.compile(r"https?://[^/?#\s]+", re.IGNORECASE)


def length(text: str) -> int:
    """The length as Slack may count it: a character outside the basic plane counts as two."""
    return len(text) + sum(1 for character in text if ord(character) > _BASIC_PLANE)


def one_line(text: str) -> str:
    """The text without line breaks and invisible characters."""
    return " ".join(_seen(text).split())


def plain(text: str, room: int) -> str:
    """The text for a field that Slack shows as plain text; never empty."""
    return _fitted(iter(one_line(text)), room) or CUT


def escaped(text: str, room: int) -> str:
    """The text as mrkdwn of at most `room` characters; if it is cut, it ends with an ellipsis."""
    return _fitted((_ESCAPES.get(character, character) for character in _seen(text).strip()), room)


def whole(text: str) -> str:
    """All of the text as mrkdwn, with its spaces."""
    return "".join(_ESCAPES.get(character, character) for character in _seen(text))


def link(address: str | None, label: str, room: int) -> str:
    """A link to a web page, or only the label if the address may not be linked; never empty."""
    page = target(address)
    if page is None or length(page) + len("<|>") >= room:
        return escaped(one_line(label), room) or CUT
    inside = room - length(page) - len("<|>")
    return f"<{page}|{escaped(one_line(label), inside) or CUT}>"


def target(address: str | None) -> str | None:
    """The address in the form for a link; None if it is not a web page (`javascript:`, a path)."""
    if address is None or not _WEB.match(address) or len(address) > _LONGEST_ADDRESS:
        return None
    try:
        urlsplit(address)
        quoted = quote(address, safe="/:?#[]@!$'()*+,;=%~&")
    except ValueError:
        return None
    found = quoted.replace("&", "&amp;")
    return found if len(found) <= _LONGEST_ADDRESS else None


def _seen(text: str) -> str:
    return _UNSEEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def _fitted(pieces: Iterator[str], room: int) -> str:
    """As many whole pieces as fit, so that no escape sequence is cut."""
    kept: list[str] = []
    used = 0
    for piece in pieces:
        used += length(piece)
        if used > room:
            return _cut(kept, room)
        kept.append(piece)
    return "".join(kept)


def _cut(kept: list[str], room: int) -> str:
    used = sum(map(length, kept))
    while kept and used > room - len(CUT):
        used -= length(kept.pop())
    return "".join(kept).rstrip() + CUT if room >= len(CUT) else ""
