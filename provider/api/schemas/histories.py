"""Queries and response schemas of lists over all images: rebuilds and digest histories."""

import re
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from catalog.image import Conclusion
from provider.api.answers.paging import PageQuery
from provider.api.schemas.base import PageSchema, SharedSchema
from provider.api.schemas.images import RebuildSchema, UpdateSchema

_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
_FRACTION = re.compile(r"(?<=\.\d{6})\d+")
_EXAMPLE = "2026-11-21T00:00:00Z"
_PAGING = ("cursor", "page", "pageSize")


class ListFormat(StrEnum):
    """The format of a list: JSON in pages, or CSV with all items."""

    JSON = "json"
    CSV = "csv"


class Moment(fields.Field[datetime]):
    """A time in a query, in RFC 3339, with its offset from UTC."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:  # noqa: ARG002 - marshmallow's signature
        text = str(value)
        if _RFC3339.fullmatch(text):
            try:
                return datetime.fromisoformat(_FRACTION.sub("", text).upper())
            except ValueError:
                pass
        raise ValidationError(
            f"Not a time in RFC 3339; write for example {_EXAMPLE}, or %2B for + in 2026-11-21T00:00:00%2B01:00."
        )


class FormatQuery(PageQuery):
    """The format of a list."""

    format = fields.Enum(
        ListFormat,
        by_value=True,
        load_default=ListFormat.JSON,
        metadata={"description": "`json`: in pages; `csv`: all items in one document, without pages", "example": "csv"},
    )

    @validates_schema(pass_original=True)
    def check_pages(self, query: Mapping[str, Any], original: Mapping[str, Any], **_: object) -> None:
        """CSV has no pages."""
        if query.get("format") is ListFormat.CSV and (given := [name for name in _PAGING if name in original]):
            raise ValidationError({name: ["Not for format=csv, which has all items."] for name in given})


class PeriodQuery(SharedSchema):
    """The period of a list."""

    since = Moment(
        load_default=None,
        metadata={
            "description": "only items from this time on, in RFC 3339",
            "type": "string",
            "format": "date-time",
            "example": _EXAMPLE,
        },
    )
    until = Moment(
        load_default=None,
        metadata={
            "description": "only items before this time, in RFC 3339",
            "type": "string",
            "format": "date-time",
            "example": "2026-11-28T00:00:00Z",
        },
    )


class ListQuery(FormatQuery, PeriodQuery):
    """The period of a list, and its format."""


class Owners(fields.Field[tuple[str, ...]]):
    """Owners in a query, with commas between them."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> tuple[str, ...]:  # noqa: ARG002 - marshmallow's signature
        # An empty text is an owner that no image has: it must not find the images of all owners.
        return tuple(owner.strip() for owner in str(value).split(","))


def owners_parameter(what: str) -> Owners:
    """The parameter `owner` of a list of these things."""
    text = f"only {what} of this owner, in any case; of several with commas between them, one is enough"
    return Owners(
        load_default=None, metadata={"description": text, "type": "string", "example": "group:default/platform"}
    )


class ImagesQuery(SharedSchema):
    """The images of a history."""

    owner = owners_parameter("images")
    image = fields.String(
        load_default=None, metadata={"description": "only the image with this name", "example": "backstage"}
    )


class UpdatesQuery(ListQuery, ImagesQuery):
    """Filters of the digest histories of all images."""

    moves = fields.Boolean(
        load_default=False,
        truthy={"true"},
        falsy={"false"},
        metadata={"description": "true: only digests of base images that took the place of another digest"},
    )


class AskedQuery(SharedSchema):
    """Who asked for rebuilds, and why."""

    requested_by = fields.String(
        data_key="requestedBy",
        load_default=None,
        metadata={
            "description": "only rebuilds that this caller asked for, in any case; `image-factory`: those that the "
            "service decided",
            "example": "user:default/jane",
        },
    )
    cve = fields.String(
        load_default=None,
        metadata={
            "description": "only rebuilds for which this id of a vulnerability was given, in any case",
            "example": "CVE-2026-12345",
        },
    )


class RebuildsQuery(ListQuery, ImagesQuery, AskedQuery):
    """Filters of the rebuilds of all images."""

    conclusion = fields.Enum(
        Conclusion, by_value=True, load_default=None, metadata={"description": "only rebuilds that ended like this"}
    )


class SummaryQuery(PeriodQuery, ImagesQuery, AskedQuery):
    """Which rebuilds to count."""


class ImageRebuildSchema(RebuildSchema):
    """A rebuild with the name of its image."""

    image = fields.String(metadata={"description": "name of the image", "example": "backstage"})


class ImageUpdateSchema(UpdateSchema):
    """A digest in the history of an image, with the name of the image."""

    image = fields.String(metadata={"description": "name of the image", "example": "node-22"})


class ImageRebuildPageSchema(PageSchema):
    """One page of rebuilds of all images, the newest first."""

    items = fields.List(fields.Nested(ImageRebuildSchema), metadata={"description": "the rebuilds on this page"})


class ImageUpdatePageSchema(PageSchema):
    """One page of the digest histories of all images, the newest first."""

    items = fields.List(fields.Nested(ImageUpdateSchema), metadata={"description": "the digests on this page"})
