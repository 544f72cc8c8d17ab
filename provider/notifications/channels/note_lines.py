"""Reads release notes as lines of styled text, which a channel can format and cut. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum, auto
from html.parser import HTMLParser

from provider.markup import HEADINGS, safe_html


class Style(Enum):
    """The styles of text."""

    BOLD = auto()
    ITALIC = auto()
    STRIKE = auto()
    CODE = auto()


_STYLES = {
    **dict.fromkeys((*HEADINGS, "b", "strong", "summary", "th", "dt"), Style.BOLD),
    **dict.fromkeys(("em", "i"), Style.ITALIC),
    **dict.fromkeys(("del", "s", "strike"), Style.STRIKE),
    **dict.fromkeys(("code", "kbd", "samp", "tt"), Style.CODE),
}
_APART = HEADINGS | {"p", "details", "table", "ul", "ol", "dl", "pre", "blockquote", "hr"}
_ROWS = frozenset({"table", "thead", "tbody", "tr"})
_LINES = _APART | {"li", "div", "center", "summary", "dd", "dt", "br"} | _ROWS
_SPACE = re.compile(r"\s+")
_ALERT = re.compile(r"\[!(NOTE|TIP|IMPORTANT|WARNING|CAUTION)\]")
_NUMBER = re.compile(r"[0-9]{1,9}")
# The whole name of a commit, which GitHub shows as seven characters too.
_COMMIT = re.compile(r"(?<![\w:/.-])([0-9a-f]{7})[0-9a-f]{33}(?![\w/.-])")
_DEEPEST = 4


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a line; `address` is where its link leads."""

    text: str
    styles: frozenset[Style] = frozenset()
    address: str | None = None


@dataclass(frozen=True, slots=True)
class NoteLine:
    """A line of notes.

    Attributes:
        spans: its text; of a line of code one span, with its spaces.
        prefix: what shows that it is quoted or an item of a list.
        code: it is part of a block of code.
        apart: a blank line is above it.
        heading: it only introduces the lines below it.
    """

    spans: tuple[Span, ...]
    prefix: str = ""
    code: bool = False
    apart: bool = False
    heading: bool = False


def lines_of(markdown: str) -> tuple[NoteLine, ...]:
    """The lines of untrusted Markdown: comments and images are dropped, and of other HTML the text stays."""
    reader = _NoteReader()
    reader.feed(safe_html(markdown))
    reader.close()
    reader.end_line()
    return tuple(reader.lines)


class _NoteReader(HTMLParser):
    """Reads what `safe_html` returns: balanced tags of a known list."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[NoteLine] = []
        self._spans: list[Span] = []
        self._open: list[str] = []
        self._numbers: list[int | None] = []
        self._bullet: str | None = None
        self._address: str | None = None
        self._link_styles: frozenset[Style] = frozenset()
        self._apart = False
        self._cells = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _LINES:
            self._break(tag)
        given = dict(attrs)
        match tag:
            case "br" | "hr":
                return
            case "ul":
                self._numbers.append(None)
            case "ol":
                start = given.get("start") or ""
                self._numbers.append(int(start) if _NUMBER.fullmatch(start) else 1)
            case "li":
                self._bullet = self._next_bullet()
            case "tr":
                self._cells = 0
            case "td" | "th":
                self._add(" | ", frozenset()) if self._cells else None
                self._cells += 1
            case "a":
                # Slack shows the text of a link in one style.
                self._address, self._link_styles = given.get("href"), self._styles() - {Style.CODE}
            case _:
                pass
        self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in _LINES:
            self._break(tag)
        if tag in {"ul", "ol"} and self._numbers:
            self._numbers.pop()
        if tag == "a":
            self._address = None
        if tag in self._open:
            # Tags of a list that are closed in another order, such as <b><i></b></i>, do not occur in safe HTML.
            del self._open[len(self._open) - 1 - self._open[::-1].index(tag)]

    def handle_data(self, data: str) -> None:
        if "pre" in self._open:
            self._add_code(data)
            return
        if not data.strip() and self._open and self._open[-1] in _ROWS:
            return
        joined = self._numbers or "table" in self._open or self._address
        parts = [data] if joined else data.split("\n")
        for number, part in enumerate(parts):
            if number:
                self.end_line()
            self._add(_COMMIT.sub(r"\1", _SPACE.sub(" ", part)), self._styles())

    def end_line(self) -> None:
        """End the line that is being read; a blank one is dropped."""
        spans = tuple(_trimmed(self._spans))
        self._spans = []
        if not spans:
            return
        if "blockquote" in self._open and (alert := _ALERT.fullmatch("".join(span.text for span in spans))):
            spans = (Span(alert[1].capitalize(), frozenset({Style.BOLD})),)
        self._append(NoteLine(spans, heading=any(tag in HEADINGS or tag == "summary" for tag in self._open)))

    def _break(self, tag: str) -> None:
        self.end_line()
        if tag in _APART and not self._numbers:
            self._apart = not (self.lines and self.lines[-1].heading)

    def _append(self, line: NoteLine) -> None:
        quote = "> " if "blockquote" in self._open else ""
        prefix = quote + self._indentation()
        self.lines.append(replace(line, prefix=prefix, apart=self._apart and bool(self.lines)))
        self._apart = False

    def _indentation(self) -> str:
        depth = min(len(self._numbers), _DEEPEST) - 1
        if depth < 0:
            return ""
        bullet, self._bullet = self._bullet, None
        return "    " * depth + (bullet if bullet is not None else "   ")

    def _next_bullet(self) -> str:
        number = self._numbers[-1] if self._numbers else None
        if number is None:
            return "• " if len(self._numbers) <= 1 else "◦ "
        self._numbers[-1] = number + 1
        return f"{number}. "

    def _styles(self) -> frozenset[Style]:
        return frozenset(_STYLES[tag] for tag in self._open if tag in _STYLES)

    def _add(self, text: str, styles: frozenset[Style]) -> None:
        styles = self._link_styles if self._address else styles
        before = self._spans[-1] if self._spans else None
        if before and before.styles == styles and before.address == self._address:
            self._spans[-1] = replace(before, text=before.text + text)
        elif text:
            self._spans.append(Span(text, styles, self._address))

    def _add_code(self, data: str) -> None:
        for line in data.strip("\n").split("\n"):
            self._append(NoteLine((Span(line.rstrip()),), code=True))


def _trimmed(spans: list[Span]) -> Iterator[Span]:
    """The spans without spaces at the ends of the line, and without links that nobody can see."""
    seen = [span for span in spans if span.text.strip() or not span.address]
    while seen and not seen[0].text.strip():
        del seen[0]
    while seen and not seen[-1].text.strip():
        del seen[-1]
    for number, span in enumerate(seen):
        text = span.text.lstrip() if number == 0 else span.text
        yield replace(span, text=text.rstrip() if number == len(seen) - 1 else text)
