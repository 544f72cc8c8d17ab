"""The blocks of a bake file, whichever syntax it has."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from provider.domain.bake.expressions import Expression

LARGEST = 64 * 1024
"""Bytes of a bake file."""


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute of a block, and its line."""

    value: Expression
    line: int


@dataclass(frozen=True, slots=True)
class BakeBlock:
    """A target, group, variable or other block.

    Attributes:
        kind: `target`, `group`, `variable`, or another word.
        name: its label; empty where it has none.
        line: of its beginning.
        attributes: by name.
    """

    kind: str
    name: str
    line: int
    attributes: Mapping[str, Attribute]


def named(blocks: Iterable[BakeBlock], kind: str) -> dict[str, BakeBlock]:
    """The blocks of one kind by name; of blocks with the same name, later attributes come before earlier ones."""
    found: dict[str, BakeBlock] = {}
    for block in blocks:
        if block.kind == kind:
            before = found.get(block.name, block)
            found[block.name] = replace(before, attributes={**before.attributes, **block.attributes})
    return found
