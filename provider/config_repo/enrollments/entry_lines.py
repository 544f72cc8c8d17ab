"""A file of enrollments as lines: edits that change only the lines of one entry."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, takewhile
from typing import Self

from provider.config_repo.enrollments.block_lines import (
    Block,
    Unchangeable,
    entry_blocks,
    indent_of,
    is_between,
    line_end,
    lines_of,
    parsed,
)
from provider.config_repo.enrollments.entry_text import changed, written
from provider.domain.enrollment import Document
from provider.yaml_lines import UnreadableYaml

_USUAL_WIDTH = 2


@dataclass(frozen=True, slots=True)
class EntryLines:
    """The lines of a file, and the block of each entry."""

    lines: Sequence[str]
    blocks: Sequence[Block]
    line_end: str

    @classmethod
    def of(cls, text: str) -> Self:
        """Divide a text into its entries.

        Raises:
            Unchangeable: its entries do not have separate lines.
        """
        lines = lines_of(text)
        try:
            document = parsed(text)
        except UnreadableYaml as error:
            raise Unchangeable(str(error)) from error
        blocks = [] if document.value is None else entry_blocks(lines, document)
        return cls(lines, blocks, line_end(text))

    def with_new(self, document: Document) -> str:
        """The text with one more entry at its end, separated by a blank line where the other entries are separated."""
        last = self.blocks[-1] if self.blocks else Block(0, 0, 0)
        width = self._width(last) if self.blocks else _USUAL_WIDTH
        end = next((at for at in range(last.end, len(self.lines)) if self.lines[at].startswith("...")), len(self.lines))
        above, below = list(self.lines[:end]), self.lines[end:]
        if above and not above[-1].endswith("\n"):
            above[-1] += self.line_end
        if self._are_apart and above[-1].strip():
            above.append(self.line_end)
        return "".join([*above, *self._placed(written(document), last.column, width), *below])

    def widened(self, index: int) -> Self:
        """The same, with the blank lines below an entry as part of it: they belong to a text with `|+`."""
        block = self.blocks[index]
        blank = len(list(takewhile(lambda line: not line.strip(), self.lines[block.end :])))
        wider = replace(block, end=block.end + blank)
        return replace(self, blocks=[*self.blocks[:index], wider, *self.blocks[index + 1 :]])

    def with_changed(self, index: int, before: Document, after: Document) -> str:
        """The text with one entry changed from one meaning to another."""
        block = self.blocks[index]
        width = self._width(block)
        margin = block.column + width
        own = list(self.lines[block.start : block.end])
        own[0] = own[0].replace("-", " ", 1)
        cut = (line[min(margin, indent_of(line)) :].replace("\r\n", "\n") for line in own)
        placed = self._placed(changed("".join(cut), before, after), block.column, width)
        if not own[-1].endswith("\n"):
            placed[-1] = placed[-1].rstrip("\r\n")
        return "".join([*self.lines[: block.start], *placed, *self.lines[block.end :]])

    def without(self, index: int) -> str:
        """The text without one entry, and without the blank lines that would be left over."""
        block = self.blocks[index]
        above, below = list(self.lines[: block.start]), list(self.lines[block.end :])
        blank = len(list(takewhile(lambda line: not line.strip(), below)))
        if not above or not above[-1].strip():
            below = below[blank:]
        while not below and above and not above[-1].strip():
            above.pop()
        return "".join([*above, *below])

    @property
    def _are_apart(self) -> bool:
        """Whether there is a blank line above the last of several entries."""
        between = [self.lines[one.end : next_one.start] for one, next_one in pairwise(self.blocks)][-1:]
        return any(not line.strip() for lines in between for line in lines)

    def _width(self, block: Block) -> int:
        """The number of columns from the dash of an entry to its keys, which may begin on a line below."""
        first = self.lines[block.start].replace("-", " ", 1)
        own = (first, *self.lines[block.start + 1 : block.end])
        return (
            next((indent_of(line) for line in own if not is_between(line)), block.column + _USUAL_WIDTH) - block.column
        )

    def _placed(self, entry: str, column: int, width: int) -> list[str]:
        """The lines of an entry's text, indented after a dash at the column."""
        margin = " " * (column + width)
        placed = [margin + line if line.strip() else line for line in lines_of(entry)]
        first = placed[0] if placed[0].strip() else "\n"
        placed[0] = " " * column + "-" + (first[column + 1 :] or first)
        return [line.removesuffix("\n") + self.line_end for line in placed]
