"""Read the form of YAML in which the service writes state files, many times faster than a reader of all YAML. Pure.

It has a key or an item on each line, lists and mappings in lines, and texts that are plain or in single quotes. What is
in another form, such as an edit by hand, is left to `read_texts`, which gives the same values for what is read here.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TypeAlias

PlainValue: TypeAlias = "str | list[PlainValue] | dict[str, PlainValue]"
_Row: TypeAlias = tuple[int, str | None, str | None, str]
"""A line: the number of spaces before it, "- " of an item, the key, and the rest."""

# Below the limits of `read_texts` for the number and the depth of values.
_LONGEST = 256 * 1024
_DEEPEST = 20
# Tabs, line breaks other than \n, and what YAML does not print.
_OTHER_CHARACTERS = re.compile("[^\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_LINE = re.compile(r"( *)(- )?(?:([A-Za-z0-9_][A-Za-z0-9_./()-]{0,99}):(?: |$))?(.*)")
# A plain text that begins with one of these may be something else; the empty text is no plain text.
_INDICATORS = frozenset(("", *" -?:,[]{}#&*!|>'\"%@`"))
_END: _Row = (-1, None, None, "")


# One image names the same digests and times several times, and many images the same bases: each text is in memory once.
_shared = lru_cache(maxsize=4_096)(str)


class _OtherForm(Exception):
    """The text is not in this form."""


def read_plain_form(text: str) -> "PlainValue | None":
    """The lists, mappings and texts of a document; None: it is not in this form."""
    if len(text) > _LONGEST or not text.endswith("\n") or _OTHER_CHARACTERS.search(text):
        return None
    lines = text[:-1].split("\n")
    try:
        return _PlainReading(lines).document()
    except _OtherForm:
        return None


class _PlainReading:
    """Reads the lines of a document in order; `_at` is the number of the next one."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = lines
        self._at = 0
        match = _LINE.match
        groups = (found.groups() for line in lines if (found := match(line)))
        self._rows: list[_Row] = [(len(spaces), item, key, rest) for spaces, item, key, rest in groups]
        self._rows.append(_END)

    def document(self) -> PlainValue:
        """The value of all lines."""
        value = self._block(0)
        if self._at != len(self._lines):
            raise _OtherForm
        return value

    def _block(self, depth: int) -> PlainValue:
        """The list or mapping that begins at the next line."""
        if depth > _DEEPEST:
            raise _OtherForm
        indent, item, _, _ = row = self._rows[self._at]
        return self._list(indent, depth) if item else self._mapping(indent, depth, row)

    def _list(self, indent: int, depth: int) -> PlainValue:
        found: list[PlainValue] = []
        while (row := self._rows[self._at])[0] == indent and row[1]:
            if row[2] is not None:
                # The keys of an item are indented like the first one, which is behind "- ".
                found.append(self._mapping(indent + 2, depth + 1, row))
            else:
                self._at += 1
                found.append(self._value(row[3], indent))
        return self._ended(found, indent)

    def _mapping(self, indent: int, depth: int, row: _Row) -> PlainValue:
        """The mapping that begins with this row, the next one."""
        found: dict[str, PlainValue] = {}
        while True:
            _, _, key, rest = row
            if key is None:
                raise _OtherForm
            self._at += 1
            found[key] = self._value(rest, indent) if rest else self._below(indent, depth)
            row = self._rows[self._at]
            if row[0] != indent or row[1]:
                return self._ended(found, indent)

    def _ended(self, found: PlainValue, indent: int) -> PlainValue:
        """The list or mapping, if the next line can follow it."""
        if self._rows[self._at][0] > indent:
            raise _OtherForm
        return found

    def _below(self, indent: int, depth: int) -> PlainValue:
        """The value of a key that has no text behind it; a list may be indented like its key."""
        below, item, _, _ = self._rows[self._at]
        if below > indent or (item and below == indent):
            return self._block(depth + 1)
        raise _OtherForm

    def _value(self, rest: str, indent: int) -> PlainValue:
        """The text that begins behind a key or an item; the lines that continue it are indented more."""
        if rest[:1] == "'":
            return self._quoted(rest, indent)
        if rest == "[]":
            return []
        if rest == "{}":
            return {}
        text = _plain(rest)
        if self._rows[self._at][0] > indent:
            return " ".join([text, *map(_plain, self._continued(indent))])
        return _shared(text)

    def _quoted(self, rest: str, indent: int) -> str:
        text = rest
        if len(text) == 1 or text[-1] != "'":
            text = " ".join([text, *self._continued(indent)])
        inner = text[1:-1]
        # A space before a line break is no part of the text.
        if len(text) == 1 or text[-1] != "'" or rest[-1] == " " or "'" in inner.replace("''", ""):
            raise _OtherForm
        return _shared(inner.replace("''", "'"))

    def _continued(self, indent: int) -> Iterator[str]:
        """The next lines, as long as they are indented more."""
        while self._rows[self._at][0] > indent:
            line = self._lines[self._at].lstrip(" ")
            if not line or line[-1] == " ":
                raise _OtherForm
            self._at += 1
            yield line


def _plain(text: str) -> str:
    """The text, if it is plain: nothing in it ends it or makes it a key."""
    if text[:1] in _INDICATORS or ": " in text or " #" in text or text[-1] in ": ":
        raise _OtherForm
    return text
