"""`docs/benchmarks.md`: the last result of each mark. A run of some parts replaces the rows of these parts. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from bench.marks import Mark, lines

_INTRODUCTION = """\
# Benchmarks

The last results of `make bench`, which writes this page: each is a ratio against a named peer on the same machine at
the same time, or a count. [bench/README.md](../bench/README.md) says what each part measures, and how. A result without
a peer, such as a processor time, is that of one machine with two cores.

| part | mark | result | goal | | measured |
|---|---|---|---|---|---|
"""
_ROW = re.compile(r"^\| ([a-z0-9-]+) \| .*$", re.MULTILINE)
_GAP = re.compile(r" {3,}")


def page(before: str, found: Mapping[str, Sequence[Mark]], day: date, parts: Iterable[str]) -> str:
    """The page with the new results.

    Args:
        before: the page as it is; empty where there is none.
        found: the marks that were measured now, by part.
        day: when.
        parts: the names of all parts, in their order; rows of others are dropped.
    """
    rows: dict[str, list[str]] = {}
    for row in _ROW.finditer(before):
        rows.setdefault(row[1], []).append(row[0])
    rows |= {part: [_row(part, cells, day) for cells in lines(marks)] for part, marks in found.items() if marks}
    return _INTRODUCTION + "".join(f"{row}\n" for part in parts for row in rows.get(part, ()))


def _row(part: str, line: str, day: date) -> str:
    return f"| {' | '.join((part, *_GAP.split(line), day.isoformat()))} |"
