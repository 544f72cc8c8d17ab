"""Paged lists: the query parameters and the response."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlencode

from flask import request
from marshmallow import fields, validate
from werkzeug.exceptions import UnprocessableEntity

from provider.api.answers.cursors import InvalidCursor, Item, cursor_of, items_after, place_of
from provider.api.schemas.base import SharedSchema
from provider.operation_ports import HistoryPage
from provider.ports import Place

DEFAULT_PAGE_SIZE = 20
MAX_PAGE_SIZE = 100
# The page number times the page size must fit into a 64-bit integer of the database.
_LAST_PAGE = 1_000_000_000

PageDocument = dict[str, object]
PagedAnswer = tuple[PageDocument, dict[str, str]]
"""The response and its headers."""

Entry = TypeVar("Entry")


class PageQuery(SharedSchema):
    """The page to return: by its number, or by the cursor in `next` of the previous page."""

    cursor = fields.String(
        load_default=None, metadata={"description": "cursor in `next` of the previous response; overrides `page`"}
    )
    page = fields.Integer(
        load_default=1, validate=validate.Range(1, _LAST_PAGE), metadata={"description": "page number, from 1"}
    )
    page_size = fields.Integer(
        data_key="pageSize",
        load_default=DEFAULT_PAGE_SIZE,
        validate=validate.Range(1, MAX_PAGE_SIZE),
        metadata={"description": "maximum number of items on a page"},
    )


@dataclass(frozen=True, slots=True)
class Window:
    """The requested part of a list; `page` counts from 1 and is None if a cursor is given."""

    page: int | None
    size: int
    cursor: str | None = None

    @classmethod
    def of(cls, query: Mapping[str, Any]) -> "Window":
        """The window of a loaded `PageQuery`; an empty cursor is the first page."""
        cursor = query["cursor"]
        return cls(query["page"] if cursor is None else None, query["page_size"], cursor or None)

    def place(self, order: str) -> Place | None:
        """The place after which the page begins; None for the first page, or if the page is given by its number.

        Raises:
            UnprocessableEntity: the cursor does not belong to this list in this order.
        """
        try:
            return place_of(order, self.cursor) if self.cursor else None
        except InvalidCursor as error:
            raise refused_cursor(error) from error

    def cut(self, items: Sequence[Item], order: str, key: Callable[[Item], str]) -> tuple[Sequence[Item], Place | None]:
        """The items of this page of a complete list, and the place after which the next page begins.

        Raises:
            UnprocessableEntity: as `place`.
        """
        if self.page is not None:
            start = (self.page - 1) * self.size
            page = items[start : start + self.size]
            return page, Place(key(page[-1]), "") if start + self.size < len(items) else None
        try:
            return items_after(items, key, self.place(order), self.size)
        except InvalidCursor as error:
            raise refused_cursor(error) from error


def refused_cursor(error: ValueError) -> UnprocessableEntity:
    """The error for an invalid cursor, with the message on its parameter."""
    refusal = UnprocessableEntity("The cursor cannot be used.")
    refusal.data = {"messages": {"query": {"cursor": [str(error)]}}}  # type: ignore[attr-defined]  # the format of webargs
    return refusal


def page_document(items: Sequence[object], total: int, window: Window, order: str, end: Place | None) -> PagedAnswer:
    """The response and its headers. `next` is a path with a query, relative to the host of the request."""
    document: PageDocument = {
        "items": items,
        "total": total,
        "page": window.page,
        "page_size": window.size,
        "next": _address(cursor_of(order, end)) if end else None,
    }
    return document, {"X-Pagination": json.dumps(_counts(total, window))}


def newest_first(
    query: Mapping[str, Any],
    read: Callable[[int, int, Place | None], HistoryPage[Entry]],
    document: Callable[[Entry], object],
) -> PagedAnswer:
    """One page of a list whose order is by time, the newest first.

    Args:
        query: a loaded `PageQuery`.
        read: gives a page, by its number, its size and the place after which it begins.
        document: converts an item.

    Raises:
        UnprocessableEntity: the cursor does not belong to this list.
    """
    window, order = Window.of(query), "newest first"
    try:
        page = read(window.page or 1, window.size, window.place(order))
    except ValueError as error:
        raise refused_cursor(error) from error
    return page_document([document(item) for item in page.items], page.total, window, order, page.end)


def _counts(total: int, window: Window) -> dict[str, int]:
    """The counts in the format of Flask-Smorest's header."""
    last = max(1, -(-total // window.size))
    counts = {"total": total, "total_pages": last if total else 0, "first_page": 1, "last_page": last}
    if window.page is None:
        return counts
    counts["page"] = window.page
    if 1 < window.page <= last + 1:
        counts["previous_page"] = window.page - 1
    if window.page < last:
        counts["next_page"] = window.page + 1
    return counts


def _address(cursor: str) -> str:
    query = [(key, value) for key, value in request.args.items(multi=True) if key not in ("page", "cursor")]
    return f"{request.path}?{urlencode([*query, ('cursor', cursor)])}"
