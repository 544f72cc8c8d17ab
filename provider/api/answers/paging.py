"""Lists in pages: what may be asked, and how a page is answered."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import request
from marshmallow import Schema, fields, validate
from werkzeug.exceptions import UnprocessableEntity

from provider.api.answers.cursors import InvalidCursor, Item, cursor_of, go_on, place_of
from provider.ports import Place

DEFAULT_PAGE_SIZE = 20
MAX_PAGE_SIZE = 100
# A page times a page size has to stay within a database's whole numbers.
_LAST_PAGE = 1_000_000_000

PageDocument = dict[str, object]


class PageQuery(Schema):
    """Which page of a list: by number, or by the cursor that the page before it gave."""

    cursor = fields.String(
        load_default=None, metadata={"description": "value of `next` from the previous response; overrides `page`"}
    )
    page = fields.Integer(load_default=1, validate=validate.Range(1, _LAST_PAGE))
    page_size = fields.Integer(
        data_key="pageSize", load_default=DEFAULT_PAGE_SIZE, validate=validate.Range(1, MAX_PAGE_SIZE)
    )


@dataclass(frozen=True, slots=True)
class Window:
    """The requested part of a list; `page` counts from 1 and is None where a cursor is given."""

    page: int | None
    size: int
    cursor: str | None = None

    @classmethod
    def of(cls, query: Mapping[str, Any]) -> "Window":
        """The window out of a loaded `PageQuery`; an empty cursor begins at the beginning."""
        cursor = query["cursor"]
        return cls(query["page"] if cursor is None else None, query["page_size"], cursor or None)

    def place(self, order: str) -> Place | None:
        """Where to go on; None where that is said by a page's number, or it is the beginning.

        Raises:
            UnprocessableEntity: the cursor is none of this list's in this order.
        """
        try:
            return place_of(order, self.cursor) if self.cursor else None
        except InvalidCursor as error:
            raise refused_cursor(error) from error

    def cut(self, items: Sequence[Item], order: str, key: Callable[[Item], str]) -> tuple[Sequence[Item], Place | None]:
        """The items of this page of a list that is at hand whole, and where the next one begins.

        Raises:
            UnprocessableEntity: as `place`.
        """
        if self.page is not None:
            start = (self.page - 1) * self.size
            found = items[start : start + self.size]
            return found, Place(key(found[-1]), "") if start + self.size < len(items) else None
        try:
            return go_on(items, key, self.place(order), self.size)
        except InvalidCursor as error:
            raise refused_cursor(error) from error


def refused_cursor(error: ValueError) -> UnprocessableEntity:
    """The answer to a cursor that leads nowhere, on its field."""
    refusal = UnprocessableEntity("The cursor cannot be used.")
    refusal.data = {"messages": {"query": {"cursor": [str(error)]}}}  # type: ignore[attr-defined]  # webargs' own form
    return refusal


def page_document(
    items: Sequence[object], total: int, window: Window, order: str, end: Place | None
) -> tuple[PageDocument, dict[str, str]]:
    """The answer and its headers. `next` is a path with its query, to be read against the address asked."""
    document: PageDocument = {
        "items": items,
        "total": total,
        "page": window.page,
        "page_size": window.size,
        "next": _address(cursor_of(order, end)) if end else None,
    }
    return document, {"X-Pagination": json.dumps(_counts(total, window))}


def _counts(total: int, window: Window) -> dict[str, int]:
    """As Flask-Smorest's own header has them."""
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
