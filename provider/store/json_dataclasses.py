"""Frozen dataclasses to JSON text and back, by their annotations, so that a new field needs no line here."""

import dataclasses
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, NewType, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")


def dumped(value: object) -> str:
    """JSON text in one spelling: equal values give equal texts.

    Raises:
        TypeError: something in it has no JSON form.
        ValueError: a number is not finite.
    """
    return json.dumps(value, default=_plain, sort_keys=True, separators=(",", ":"), allow_nan=False)


def loaded(kind: type[T], document: Mapping[str, Any]) -> T:
    """The dataclass `kind` out of the JSON object that `dumped` made of it.

    Fields that the document lacks take their default and keys without a field are passed over, because the document
    may have been written by another release.

    Raises:
        KeyError: a field without a default is missing.
        ValueError: a time or a word of an enumeration cannot be read.
    """
    annotation: Any = kind
    built: T = _reader(annotation)(document)
    return built


def fields_of(value: object) -> dict[str, object]:
    """The fields of a dataclass by name, one level deep."""
    kind: Any = type(value)
    return {name: getattr(value, name) for name in _names(kind)}


def _plain(value: object) -> object:
    """What json does not know by itself; tuples and string enumerations it does."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    if dataclasses.is_dataclass(value):
        return fields_of(value)
    raise TypeError(f"a {type(value).__name__} has no JSON form here: {value!r}")


@cache
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in dataclasses.fields(kind))


@cache
def _reader(kind: Any) -> Callable[[Any], Any]:
    """What reads a value of this annotation.

    Raises:
        TypeError: no value of this annotation can be read back.
    """
    if isinstance(kind, NewType):
        return _reader(kind.__supertype__)
    origin = get_origin(kind)
    if origin in (Union, UnionType):
        return _optional(kind)
    if origin is tuple:
        return _sequence(_reader(get_args(kind)[0]))
    if origin is Mapping or kind in (str, bool, int):
        return _as_it_is
    return _class_reader(kind)


def _class_reader(kind: Any) -> Callable[[Any], Any]:
    if dataclasses.is_dataclass(kind):
        return _fields_reader(kind)
    if kind is datetime:
        return datetime.fromisoformat
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind
    raise TypeError(f"{kind!r} cannot be read out of JSON here")


def _optional(kind: Any) -> Callable[[Any], Any]:
    alternatives = [alternative for alternative in get_args(kind) if alternative is not NoneType]
    if len(alternatives) != 1:
        raise TypeError(f"{kind!r} has several alternatives; JSON does not tell which one was meant")
    read = _reader(alternatives[0])
    return lambda value: None if value is None else read(value)


def _sequence(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda values: tuple(map(read, values))


def _as_it_is(value: object) -> object:
    return value


def _fields_reader(kind: Any) -> Callable[[Any], Any]:
    hints = get_type_hints(kind)
    readers = {name: _reader(hints[name]) for name in _names(kind)}
    optional = {
        field.name
        for field in dataclasses.fields(kind)
        if field.default is not dataclasses.MISSING or field.default_factory is not dataclasses.MISSING
    }

    def read(document: Mapping[str, Any]) -> object:
        return kind(
            **{name: one(document[name]) for name, one in readers.items() if name in document or name not in optional}
        )

    return read
