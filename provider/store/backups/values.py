"""The values of a row as JSON, the same for each database."""

import base64
from datetime import UTC, datetime
from typing import Any

_TIME, _BYTES = "time", "bytes"


def to_json(value: Any) -> Any:
    """A value of a row for the file; a time without a zone is UTC, as SQLite stores it."""
    match value:
        case datetime():
            aware = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
            return {_TIME: aware.isoformat()}
        case bytes() | memoryview():
            return {_BYTES: base64.b64encode(value).decode("ascii")}
        case None | bool() | int() | float() | str():
            return value
        case _:
            raise TypeError(f"a value of type {type(value).__name__} cannot be saved")


def from_json(value: Any) -> Any:
    """The value of `to_json`.

    Raises:
        ValueError: it is no such value.
    """
    match value:
        case None | bool() | int() | float() | str():
            return value
        case {"time": str(text), **others} if not others:
            return datetime.fromisoformat(text)
        case {"bytes": str(text), **others} if not others:
            return base64.b64decode(text, validate=True)
        case _:
            raise ValueError("a row has a value that is no text, number, time or bytes")
