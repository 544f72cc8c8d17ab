"""Cursors: where a list goes on, as an opaque text that a caller hands back. Pure."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from typing import TypeVar

from provider.ports import Place

Item = TypeVar("Item")
_LONGEST = 2000


class InvalidCursor(ValueError):
    """The text is no cursor of this list, or of this order of it."""


def cursor_of(order: str, place: Place) -> str:
    """The cursor for a place in a list that is in this order."""
    return base64.urlsafe_b64encode(json.dumps([order, place.key, place.name]).encode()).decode().rstrip("=")


def place_of(order: str, cursor: str) -> Place:
    """The place that a cursor names.

    Raises:
        InvalidCursor: it is none, or it was made for another order.
    """
    try:
        if len(cursor) > _LONGEST:
            raise InvalidCursor("too long")
        made_for, key, name = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, TypeError, binascii.Error, RecursionError) as error:
        raise InvalidCursor("not a cursor of this list; start again without a cursor, then use `next`") from error
    if made_for != order or not isinstance(key, str) or not isinstance(name, str):
        raise InvalidCursor("this cursor belongs to another order; start again without a cursor when `sort` changes")
    return Place(key, name)


def go_on(
    items: Sequence[Item], key: Callable[[Item], str], place: Place | None, size: int
) -> tuple[Sequence[Item], Place | None]:
    """The next items of a complete list, and the cursor of the following ones; each item has a unique key.

    Raises:
        InvalidCursor: the item that the place names is not there (any more).
    """
    start = 0
    if place is not None:
        start = next((number for number, item in enumerate(items, 1) if key(item) == place.key), 0)
        if not start:
            raise InvalidCursor("the entry at which this page started no longer exists; start again without a cursor")
    found = items[start : start + size]
    return found, Place(key(found[-1]), "") if start + size < len(items) else None
