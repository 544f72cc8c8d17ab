"""Lists in pages: what may be asked, and how a page is answered."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlencode

from flask import request
from marshmallow import Schema, fields, validate

DEFAULT_PAGE_SIZE = 20
MAX_PAGE_SIZE = 100
# A page times a page size has to stay within a database's whole numbers.
_LAST_PAGE = 1_000_000_000

PageDocument = dict[str, object]
Item = TypeVar("Item")


class PageQuery(Schema):
    """Which page of a list."""

    page = fields.Integer(load_default=1, validate=validate.Range(1, _LAST_PAGE))
    page_size = fields.Integer(
        data_key="pageSize", load_default=DEFAULT_PAGE_SIZE, validate=validate.Range(1, MAX_PAGE_SIZE)
    )


@dataclass(frozen=True, slots=True)
class Window:
    """The part of a list that is asked for; `page` counts from 1."""

    page: int
    size: int

    @classmethod
    def of(cls, query: Mapping[str, object]) -> "Window":
        """The window out of a loaded `PageQuery`."""
        return cls(int(str(query["page"])), int(str(query["page_size"])))

    def cut(self, items: Sequence[Item]) -> Sequence[Item]:
        """The items of this page."""
        start = (self.page - 1) * self.size
        return items[start : start + self.size]

    def last_page(self, total: int) -> int:
        """The number of the last page; an empty list has one."""
        return max(1, -(-total // self.size))


def page_document(items: Sequence[object], total: int, window: Window) -> tuple[PageDocument, dict[str, str]]:
    """The answer and its headers. `next` is a path with its query, to be read against the address asked."""
    last = window.last_page(total)
    following = window.page + 1 if window.page < last else None
    document: PageDocument = {
        "items": items,
        "total": total,
        "page": window.page,
        "page_size": window.size,
        "next": _address(following) if following else None,
    }
    return document, {"X-Pagination": json.dumps(_counts(total, window, last, following))}


def _counts(total: int, window: Window, last: int, following: int | None) -> dict[str, int]:
    """As Flask-Smorest's own header has them."""
    counts = {"total": total, "total_pages": last if total else 0, "first_page": 1, "last_page": last}
    counts["page"] = window.page
    if 1 < window.page <= last + 1:
        counts["previous_page"] = window.page - 1
    if following:
        counts["next_page"] = following
    return counts


def _address(page: int) -> str:
    query = [(key, value) for key, value in request.args.items(multi=True) if key != "page"]
    return f"{request.path}?{urlencode([*query, ('page', str(page))])}"
