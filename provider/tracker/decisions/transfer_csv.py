"""Tracked repositories as CSV. Pure."""

import csv
import io
from collections.abc import Iterable, Iterator

from provider.csv_cells import guarded, unguarded
from provider.tracker.decisions.addresses import GITHUB_SITE
from provider.tracker.decisions.transfer import (
    FIELDS,
    InvalidTransfer,
    Record,
    TransferEntry,
    TransferProblem,
    entries_of,
    unknown_field,
    written,
)


def csv_of(entries: Iterable[TransferEntry]) -> str:
    """A CSV text with a header line; no cell is a formula for a spreadsheet."""
    text = io.StringIO(newline="")
    table = csv.writer(text)
    table.writerow(FIELDS)
    for entry in entries:
        table.writerow([guarded(cell) for cell in written(entry).values()])
    return text.getvalue()


def entries_of_csv(text: str, *, github_site: str = GITHUB_SITE) -> tuple[TransferEntry, ...]:
    """Parse a CSV text; columns may be in any order, separated by commas or semicolons.

    Raises:
        InvalidTransfer: has all problems.
    """
    # Spreadsheets write a byte order mark, and semicolons where the comma is for decimals.
    text = text.removeprefix("\ufeff")
    head = io.StringIO(text, newline="").readline()
    delimiter = ";" if ";" in head and "," not in head else ","
    records: list[Record] = []
    problems: list[TransferProblem] = []
    try:
        for found in _records(text, delimiter):
            if isinstance(found, Record):
                records.append(found)
            else:
                problems.append(found)
    except csv.Error as error:
        problems.append(TransferProblem(_last_line(text), f"invalid CSV: {error}"))
    return entries_of(records, problems, github_site=github_site)


def _records(text: str, delimiter: str) -> Iterator[Record | TransferProblem]:
    table = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    names = [name.strip() for name in next(table, [])]
    _check(names)
    line = table.line_num + 1
    for cells in table:
        if any(cells):
            yield _record(line, names, cells)
        line = table.line_num + 1


def _check(names: list[str]) -> None:
    """Check the column names; without valid ones nothing else can be read."""
    messages = [unknown_field(name) for name in names if name not in FIELDS]
    messages += [f"{name} occurs twice" for name in FIELDS if names.count(name) > 1]
    if "url" not in names:
        messages.append(f"the first line must name the columns, including url; for example {','.join(FIELDS)}")
    if messages:
        raise InvalidTransfer(TransferProblem(1, message) for message in messages)


def _record(line: int, names: list[str], cells: list[str]) -> Record | TransferProblem:
    if len(cells) != len(names):
        return TransferProblem(line, f"{len(cells)} cells for {len(names)} columns; quote cells that contain commas")
    return Record(line, dict(zip(names, map(unguarded, cells), strict=True)))


def _last_line(text: str) -> int:
    return text.count("\n") + 1
