"""Formats release notes as Slack's mrkdwn, and cuts them where nothing is torn apart. Pure.

Source: Slack's docs, "Formatting text for app surfaces": `*bold*`, `_italic_`, `~strike~`, `<address|text>`, and code
between backticks.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from provider.notifications.channels.mrkdwn import CUT, length, link, target, whole
from provider.notifications.channels.note_lines import NoteLine, Span, Style, lines_of

_MARKS = {Style.BOLD: "*", Style.ITALIC: "_", Style.STRIKE: "~"}
_FENCE = "```"
_LONGEST_LABEL = 300
_WORD = re.compile(r"\S+")
_LONGEST_WORD = 40
_FEWEST_CHARACTERS = 20
"""A line that is cut shorter says nothing."""


@dataclass(frozen=True, slots=True)
class Notes:
    """Notes as mrkdwn, and whether some are missing at their end."""

    text: str
    cut: bool


def formatted(markdown: str, room: int) -> Notes:
    """Format untrusted Markdown in at most `room` characters; if it is cut, it ends with an ellipsis."""
    lines = lines_of(markdown)
    whole, complete = _fitted(lines, room)
    if complete:
        return Notes(whole, cut=False)
    some, _ = _fitted(lines, room - length(f"\n{CUT}"))
    end = f"\n{CUT}" if some.endswith(_FENCE) else CUT
    return Notes(f"{some}{end}" if some else CUT, cut=True)


def _fitted(lines: Sequence[NoteLine], room: int) -> tuple[str, bool]:
    """As many lines as fit, and whether that is all; a heading without anything below it is left out."""
    kept: list[tuple[NoteLine, str]] = []
    left = room
    for is_code, group in groupby(lines, key=lambda line: line.code):
        for part in [list(group)] if is_code else [[line] for line in group]:
            break_before = ("\n\n" if part[0].apart else "\n") if kept else ""
            text, complete = (_code if is_code else _line)(part, left - len(break_before))
            if text:
                kept.append((part[0], break_before + text))
                left -= length(break_before + text)
            if not complete:
                while kept and kept[-1][0].heading:
                    kept.pop()
                return "".join(text for _, text in kept), False
    return "".join(text for _, text in kept), True


def _code(lines: Sequence[NoteLine], room: int) -> tuple[str, bool]:
    """A block of code with as many lines as fit."""
    left = room - length(f"{_FENCE}\n{_FENCE}")
    kept: list[str] = []
    for line in lines:
        shown = whole("".join(span.text for span in line.spans).replace(_FENCE, "'''"))
        left -= length(shown) + len("\n")
        if left < 0:
            break
        kept.append(shown)
    inside = "\n".join(kept)
    return f"{_FENCE}\n{inside}\n{_FENCE}" if inside.strip() else "", len(kept) == len(lines)


def _line(lines: Sequence[NoteLine], room: int) -> tuple[str, bool]:
    """A line with as many whole words and links as fit."""
    (line,) = lines
    left = room - len(line.prefix)
    kept = ""
    for span, before, after in _neighbours(line.spans):
        text = _span(span, before, after, left)
        if text is None:
            kept += _words(span, before, left)
            return (line.prefix + kept.rstrip() if length(kept) >= _FEWEST_CHARACTERS else ""), False
        kept += text
        left -= length(text)
    return line.prefix + kept, True


def _neighbours(spans: Sequence[Span]) -> Iterator[tuple[Span, str, str]]:
    """Each span with the characters before and after it."""
    for number, span in enumerate(spans):
        before = spans[number - 1].text[-1:] if number else ""
        after = spans[number + 1].text[:1] if number + 1 < len(spans) else ""
        yield span, before, after


def _span(span: Span, before: str, after: str, room: int) -> str | None:
    """A span with its marks; None if it does not fit."""
    # A backtick that is no mark would begin code, whose end is somewhere below.
    inside = span.text.strip().replace("`", "'")
    if not inside:
        return " " if room > 0 else None
    start = span.text[: len(span.text) - len(span.text.lstrip())]
    end = span.text[len(span.text.rstrip()) :]
    shown = _link(span.address, inside) if target(span.address) else _text(span, inside)
    marks = "".join(_MARKS[style] for style in _MARKS if style in span.styles)
    # Within a word Slack would show the marks.
    if not ((before.isalnum() and not start) or (after.isalnum() and not end)):
        shown = f"{marks}{shown}{marks[::-1]}"
    text = f"{start}{shown}{end}"
    return text if length(text) <= room else None


def _text(span: Span, text: str) -> str:
    return f"`{whole(text)}`" if Style.CODE in span.styles else whole(text)


def _link(address: str | None, text: str) -> str:
    if target(address) == whole(text):
        return f"<{target(address)}>"
    return link(address, text, length(target(address) or "") + _LONGEST_LABEL)


def _words(span: Span, before: str, room: int) -> str:
    """The beginning of a span that does not fit, up to the end of a word; of a link nothing."""
    if target(span.address):
        return ""
    ends = list(_ends(span.text, room))
    fitting = bisect_left(ends, x=True, key=lambda end: _beginning(span, end, before, room) is None)
    return _beginning(span, ends[fitting - 1], before, room) or "" if fitting else ""


def _beginning(span: Span, end: int, before: str, room: int) -> str | None:
    return _span(replace(span, text=span.text[:end]), before, "", room)


def _ends(text: str, room: int) -> Iterator[int]:
    """Where words end; in a very long one, as in a language without spaces, each character ends one."""
    for word in _WORD.finditer(text):
        if word.start() > room:
            return
        if len(word[0]) > _LONGEST_WORD:
            yield from range(word.start() + 1, min(word.end(), room + 1))
        yield word.end()
