"""Prints a list as text, as JSON with the items of the API, or as CSV."""

import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from marshmallow import Schema

from provider.api.answers.csv_answers import columns_of, csv_parts, row_of

Item = TypeVar("Item")
Row = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class PrintedList(Generic[Item]):
    """How the items of a list are printed.

    Attributes:
        what: what the items are, in the plural.
        schema: of an item in the answers of the API.
        document: all attributes that the schema shows.
        lines: an item as text.
        row: an item as a row of CSV, where it differs from the JSON.
        columns: of CSV; without them, those of the schema.
    """

    what: str
    schema: Schema
    document: Callable[[Item], Row]
    lines: Callable[[Item], Iterable[str]]
    row: Callable[[Schema, Item], Row] | None = None
    columns: Sequence[str] = ()

    def show(self, items: Iterable[Item], form: str) -> int:
        """Print the items as `text`, `json` or `csv`, and return their number."""
        shown = list(items)
        match form:
            case "json":
                print(json.dumps([self.schema.dump(self.document(item)) for item in shown], indent=2))
            case "csv":
                for part in csv_parts(self.columns or columns_of(self.schema), map(self._row, shown)):
                    sys.stdout.write(part.decode("utf-8"))
            case _:
                for item in shown:
                    print("\n".join(self.lines(item)))
        return len(shown)

    def _row(self, item: Item) -> Row:
        return self.row(self.schema, item) if self.row else row_of(self.schema, self.document(item))
