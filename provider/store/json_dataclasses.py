"""Frozen dataclasses to JSON text and back, by their annotations, so that a new field needs no line here."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import Any, TypeVar

from cattrs import BaseValidationError, Converter, transform_error

T = TypeVar("T")
_MICROSECOND = timedelta(microseconds=1)


def plain(value: object) -> Any:
    """The value in what JSON has.

    A dataclass is a mapping by the names of its fields, a time its text, a duration its microseconds.
    """
    return _converter().unstructure(value)


def dumped(value: object) -> str:
    """JSON text in one spelling: equal values give equal texts.

    Raises:
        TypeError: something in it has no JSON form.
        ValueError: a number is not finite.
    """
    return printed(plain(value))


def printed(value: object) -> str:
    """As `dumped`, of what is plain already."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)


def loaded(kind: type[T], document: Mapping[str, Any]) -> T:
    """The dataclass `kind` out of the JSON object that `dumped` made of it.

    Fields that the document lacks take their default and keys without a field are passed over, because the document
    may have been written by another release.

    Raises:
        ValueError: a field without a default is missing, or a time or a word of an enumeration cannot be read; the
            message names the path of each.
    """
    try:
        return _converter().structure(document, kind)
    except BaseValidationError as error:
        raise ValueError("; ".join(transform_error(error, kind.__name__))) from error


@cache
def _converter() -> Converter:
    """Made once, since each class's functions are generated at its first use."""
    converter = Converter()
    converter.register_unstructure_hook(datetime, datetime.isoformat)
    converter.register_structure_hook(datetime, lambda text, _: datetime.fromisoformat(text))
    converter.register_unstructure_hook(timedelta, lambda duration: duration // _MICROSECOND)
    converter.register_structure_hook(timedelta, lambda number, _: number * _MICROSECOND)
    # An enrollment's values are whatever JSON has.
    converter.register_structure_hook_func(lambda kind: kind is object, lambda value, _: value)
    return converter
