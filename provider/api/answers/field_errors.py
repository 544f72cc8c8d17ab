"""What is wrong with each field of a request, and what to write instead. Pure."""

from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches

from marshmallow import Schema

_UNKNOWN = "Unknown field."
# The texts of marshmallow that say what is wrong, and not what is right.
_CLEARER = {
    "Not a valid boolean.": "Not a valid boolean; write true or false.",
    "Not a valid datetime.": "Not a valid time; write for example 2027-01-31T12:00:00Z.",
    "Not a valid aware datetime.": "The time has no zone; write for example 2027-01-31T12:00:00Z.",
}
_MOST_SHOWN = 3


def field_errors(details: Mapping[str, object]) -> object:
    """Messages by location (query, json) and field, as webargs returns them, each with what to write instead.

    Args:
        details: of the error: the messages, and the schema that found them.
    """
    schema = details.get("schema")
    fields = schema.fields.items() if isinstance(schema, Schema) else ()
    known = [field.data_key or name for name, field in fields]
    return _clearer(details.get("messages") or details.get("errors") or {}, "", known)


def summary_of(errors: object) -> str:
    """The first messages in a sentence, each with its field; empty if there is none."""
    found = list(_lines(errors, ""))
    more = f" and {len(found) - _MOST_SHOWN} more; errors has all" if len(found) > _MOST_SHOWN else ""
    return " ".join(found[:_MOST_SHOWN]) + more


def _clearer(found: object, name: str, known: Collection[str]) -> object:
    if isinstance(found, Mapping):
        return {key: _clearer(value, str(key), known) for key, value in found.items()}
    if isinstance(found, list):
        return [_clearer(each, name, known) for each in found]
    if found == _UNKNOWN and known:
        return _not_known(name, known)
    return _CLEARER.get(found, found) if isinstance(found, str) else found


def _not_known(name: str, known: Collection[str]) -> str:
    near = get_close_matches(name, known, n=1)
    listed = ", ".join(sorted(known))
    return f"Not known; did you mean {near[0]}? Known are {listed}." if near else f"Not known; known are {listed}."


def _lines(found: object, name: str) -> Iterator[str]:
    if isinstance(found, Mapping):
        for key, value in found.items():
            # The location, such as json, is no field.
            yield from _lines(value, str(key) if isinstance(value, list) else "")
    elif isinstance(found, list):
        for each in found:
            yield f"{name}: {each}" if name not in ("", "json", "query") else str(each)
