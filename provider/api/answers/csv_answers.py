"""Lists as CSV, sent while they are read, so that a long list needs no memory."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextvars import copy_context
from http import HTTPStatus
from typing import Any

from flask import Response
from marshmallow import Schema

from provider.api.answers.descriptions import DESCRIPTIONS
from provider.csv_cells import guarded
from provider.redaction import redacted

CSV = "text/csv"
_PART = 64 * 1024


def csv_answer(name: str, columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> Response:
    """The response, a file with this name.

    Args:
        name: the name of the file, without its ending.
        columns: the names of the columns, and the keys of their values in each row.
        rows: texts, numbers, true or false, None for an empty cell, or a list, whose parts have spaces between them.
    """
    answer = Response(_in_this_context(csv_parts(columns, rows)), content_type=f"{CSV}; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer


def csv_parts(columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> Iterator[bytes]:
    """The text in UTF-8, in parts; `columns` and `rows` are those of `csv_answer`."""
    text = io.StringIO(newline="")
    table = csv.writer(text)
    table.writerow(columns)
    for row in rows:
        # No response has a secret; `answers/redaction.py` sees only responses that are complete.
        table.writerow([guarded(redacted(_cell(row[column]))) for column in columns])
        if text.tell() >= _PART:
            yield text.getvalue().encode("utf-8", "replace")
            text.seek(0)
            text.truncate()
    yield text.getvalue().encode("utf-8", "replace")


def json_or_csv(answer: type[Schema]) -> Mapping[str, Any]:
    """The responses of a list in JSON or CSV, for the OpenAPI document."""
    content = {"application/json": {"schema": answer}, CSV: {"schema": {"type": "string"}}}
    return {str(HTTPStatus.OK.value): {"description": DESCRIPTIONS[HTTPStatus.OK], "content": content}}


def columns_of(schema: Schema) -> Sequence[str]:
    """The columns for the items of a schema, with the fields that only this schema has first."""
    inherited = [name for base in type(schema).__bases__ for name in _names(base())]
    return [*(name for name in _names(schema) if name not in inherited), *inherited]


def row_of(schema: Schema, document: Mapping[str, object]) -> Mapping[str, object]:
    """The row of a document that the schema shows."""
    row: Mapping[str, object] = schema.dump(document)
    return row


def _names(schema: Schema) -> Sequence[str]:
    return [field.data_key or name for name, field in schema.fields.items()]


def _cell(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case list() | tuple():
            return " ".join(map(_cell, value))
        case _:
            return str(value)


def _in_this_context(parts: Iterator[bytes]) -> Iterator[bytes]:
    """The parts, made with the context variables of this request, whoever reads them: `redacted` needs its redactor."""
    context = copy_context()
    while (part := context.run(next, parts, None)) is not None:
        yield part
