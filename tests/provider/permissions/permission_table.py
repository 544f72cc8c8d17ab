"""The tables of docs/permissions.md: the status that each caller gets for each act, and each webhook for each proof."""

from collections.abc import Mapping
from pathlib import Path

_PAGE = Path(__file__).parents[3] / "docs" / "permissions.md"
Rows = Mapping[str, Mapping[str, int]]


def rows_of(first: str) -> Rows:
    """The rows of the table whose first column has this heading: by their first cell, the statuses by column."""
    lines = iter(_PAGE.read_text(encoding="utf-8").splitlines())
    heads = next(cells for line in lines if (cells := _cells(line))[0] == first)
    next(lines)
    rows: dict[str, Mapping[str, int]] = {}
    for line in lines:
        if not line.startswith("|"):
            break
        name, *statuses = _cells(line)
        rows[name] = dict(zip(heads[1:], map(int, statuses), strict=True))
    return rows


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]
