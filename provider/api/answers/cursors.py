"""Cursors: the place at which a list continues, as an opaque text that the caller sends back. Pure."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from typing import TypeVar

from provider.ports import Place

Item = TypeVar("Item")
_LONGEST = 2000


class InvalidCursor(ValueError):
    """The text is not a cursor of this list in this order."""


def cursor_of(order: str, place: Place) -> str:
    """The cursor for a place in a list that is in this order."""
    return base64.urlsafe_b64encode(json.dumps([order, place.key, place.name]).encode()).decode().rstrip("=")


def place_of(order: str, cursor: str) -> Place:
    """The place in a cursor.

    Raises:
        InvalidCursor: the text is not a cursor, or it belongs to another order.
    """
    try:
        if len(cursor) > _LONGEST:
            raise InvalidCursor("the cursor is too long")
        made_for, key, name = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, TypeError, binascii.Error, RecursionError) as error:
        raise InvalidCursor("not a cursor of this list; start without a cursor, then use the one in `next`") from error
    if made_for != order or not isinstance(key, str) or not isinstance(name, str):
        raise InvalidCursor("this cursor belongs to another order; start without a cursor after changing `sort`")
    return Place(key, name)


def items_after(
    items: Sequence[Item], key: Callable[[Item], str], place: Place | None, size: int
) -> tuple[Sequence[Item], Place | None]:
    """The items of a complete list after a place, and the place of the next page; each item has a unique key.

    Raises:
        InvalidCursor: the item at the place does not exist, or no longer exists.
    """
    start = 0
    if place is not None:
        start = next((number for number, item in enumerate(items, 1) if key(item) == place.key), 0)
        if not start:
            raise InvalidCursor("the item at which this page starts no longer exists; start without a cursor")
    page = items[start : start + size]
    return page, Place(key(page[-1]), "") if start + size < len(items) else None
