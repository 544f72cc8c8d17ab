"""Convert frozen dataclasses to JSON text and back by their annotations; a new field needs no change here."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import Any, TypeVar

from cattrs import BaseValidationError, Converter, transform_error

T = TypeVar("T")
_MICROSECOND = timedelta(microseconds=1)


def plain(value: object) -> Any:
    """The value as JSON types.

    A dataclass becomes a mapping with the names of its fields, a time becomes text, a duration microseconds.
    """
    return _converter().unstructure(value)


def dumped(value: object) -> str:
    """Canonical JSON text: equal values give equal texts.

    Raises:
        TypeError: a value has no JSON form.
        ValueError: a number is not finite.
    """
    return printed(plain(value))


def printed(value: object) -> str:
    """As `dumped`, for a value of JSON types."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)


def loaded(kind: type[T], document: Mapping[str, Any]) -> T:
    """The dataclass `kind` from a JSON object that `dumped` wrote.

    Missing fields get their default, and unknown keys are ignored, because another release may have written the
    document.

    Raises:
        ValueError: a field without a default is missing, or a time or an enumeration value is invalid; the message
            names the path of each.
    """
    try:
        return _converter().structure(document, kind)
    except BaseValidationError as error:
        raise ValueError("; ".join(transform_error(error, kind.__name__))) from error


@cache
def _converter() -> Converter:
    """Created once, because the functions for each class are generated on its first use."""
    converter = Converter()
    converter.register_unstructure_hook(datetime, datetime.isoformat)
    converter.register_structure_hook(datetime, lambda text, _: datetime.fromisoformat(text))
    converter.register_unstructure_hook(timedelta, lambda duration: duration // _MICROSECOND)
    converter.register_structure_hook(timedelta, lambda number, _: number * _MICROSECOND)
    # The values of an enrollment can be any JSON.
    converter.register_structure_hook_func(lambda kind: kind is object, lambda value, _: value)
    return converter
