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
        raise InvalidCursor("not a cursor of this list; begin again without one, then take `next`") from error
    if made_for != order or not isinstance(key, str) or not isinstance(name, str):
        raise InvalidCursor("a cursor of another order; begin again without one when `sort` changes")
    return Place(key, name)


def go_on(
    items: Sequence[Item], key: Callable[[Item], str], place: Place | None, size: int
) -> tuple[Sequence[Item], Place | None]:
    """The next items of a list that is at hand whole, and where the list goes on; each item has a key of its own.

    Raises:
        InvalidCursor: the item that the place names is not there (any more).
    """
    start = 0
    if place is not None:
        start = next((number for number, item in enumerate(items, 1) if key(item) == place.key), 0)
        if not start:
            raise InvalidCursor("where the list was left off is not there any more; begin again without a cursor")
    found = items[start : start + size]
    return found, Place(key(found[-1]), "") if start + size < len(items) else None
