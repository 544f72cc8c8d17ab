"""The lines of the items of a block list, or of the keys of a block mapping. Works on text alone.

Comments and blank lines between them belong to no item, so they stay when an item is removed.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from provider.yaml_lines import Path, YamlDocument, read_yaml

# libyaml counts lines as in YAML 1.1, where these break a line too; this module refuses such a text.
_ODD_BREAKS = re.compile("\r(?!\n)|[\x85\u2028\u2029]")
_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_BETWEEN = re.compile(r" *(#.*)?\r?\n?")
_DASH = re.compile(r" *-(?=[ \r\n]|$)")
_MARKERS = ("...", "---")


class Unchangeable(ValueError):
    """The text cannot be changed in this way; the message says why."""


@dataclass(frozen=True, slots=True)
class Block:
    """The lines [start, end), counted from 0; the first one begins at `column`."""

    start: int
    end: int
    column: int


@lru_cache(maxsize=4)
def parsed(text: str) -> YamlDocument:
    """The document of a text; its value must not be changed.

    Remembered: an edit reads the text before it twice, and the text after it is what the next edit begins with.

    Raises:
        UnreadableYaml: see read_yaml.
    """
    return read_yaml(text)


def lines_of(text: str) -> list[str]:
    """The lines of the text, with their line ends.

    Raises:
        Unchangeable: YAML counts the lines in another way.
    """
    if _ODD_BREAKS.search(text):
        raise Unchangeable("it has characters that only some programs treat as line breaks")
    return _LINE.findall(text)


def line_end(text: str) -> str:
    """The line end of the text."""
    return "\r\n" if "\r\n" in text else "\n"


def indent_of(line: str) -> int:
    """The number of spaces before the first other character."""
    return len(line) - len(line.lstrip(" "))


def is_between(line: str) -> bool:
    """Whether the line is blank or a comment."""
    return _BETWEEN.fullmatch(line) is not None


def is_marker(line: str) -> bool:
    """Whether the line begins or ends a document."""
    return line.startswith(_MARKERS)


def entry_blocks(lines: Sequence[str], document: YamlDocument) -> list[Block]:
    """The blocks of a list's entries.

    Raises:
        Unchangeable: the entries do not have separate lines.
    """
    if not document.is_block or not isinstance(document.value, list):
        raise Unchangeable("its entries are not written in lines")
    starts: list[int] = []
    for index in range(len(document.value)):
        start = document.line_of((index,)) - 1
        # The value may begin on a line below its dash.
        while start >= 0 and not _DASH.match(lines[start]):
            start -= 1
        starts.append(start)
    return _blocks(lines, starts)


def key_block(lines: Sequence[str], document: YamlDocument, path: Path) -> Block:
    """The block of one key of a mapping.

    Raises:
        Unchangeable: the keys of the mapping do not have separate lines.
    """
    siblings = [other for other in document.lines if len(other) == len(path) and other[:-1] == path[:-1]]
    blocks = _blocks(lines, [document.lines[sibling] - 1 for sibling in siblings])
    return blocks[siblings.index(path)]


def _blocks(lines: Sequence[str], starts: Sequence[int]) -> list[Block]:
    if sorted(set(starts)) != list(starts) or min(starts) < 0:
        raise Unchangeable("two of its items share a line")
    columns = {indent_of(lines[start]) for start in starts}
    if len(columns) > 1:
        raise Unchangeable("its items begin at different columns")
    column = columns.pop()
    limits = [*starts[1:], len(lines)]
    return [
        Block(start, _end(lines, start, limit, column), column) for start, limit in zip(starts, limits, strict=True)
    ]


def _end(lines: Sequence[str], start: int, limit: int, column: int) -> int:
    """The end of the block, which is before the blank lines and comments at its end that are not indented deeper."""
    end = start + 1
    for number in range(start + 1, limit):
        line = lines[number]
        if is_marker(line):
            break
        if line.strip() and not (is_between(line) and indent_of(line) <= column):
            # A list below a key may begin at the column of the key; a line that begins further left is another block.
            if indent_of(line) < column:
                break
            end = number + 1
    return end
