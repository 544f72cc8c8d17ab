"""GET /api/v1/images and what belongs to one image."""

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from marshmallow import fields, validate
from werkzeug.exceptions import NotFound

from catalog.image import Image, Role
from provider.api.paging import PageDocument, PageQuery, Window, page_document
from provider.api.resources import ReadingBlueprint
from provider.api.schemas import (
    ROLES,
    STATUSES,
    ImagePageSchema,
    ImageSchema,
    ImpactPageSchema,
    RebuildPageSchema,
    UpdatePageSchema,
)
from provider.domain.impact import impact_of
from provider.ports import ImageFilter, ImageIndex, Neighbours

_SORTS = (
    "name",
    "role",
    "registry",
    "repository",
    "tag",
    "status",
    "owner",
    "title",
    "digest",
    "lastUpdated",
    "lastBuilt",
)
_MANY = 500

Answer = tuple[PageDocument, dict[str, str]]


class ImageQuery(PageQuery):
    """Which images, in which order."""

    role = fields.String(load_default=None, validate=ROLES)
    registry = fields.String(load_default=None)
    owner = fields.String(load_default=None, metadata={"description": "an entity reference"})
    status = fields.String(load_default=None, validate=STATUSES)
    depends_on = fields.String(data_key="dependsOn", load_default=None, metadata={"description": "an image's name"})
    q = fields.String(load_default=None, metadata={"description": "part of a name, repository or title"})
    sort = fields.String(
        load_default="name",
        validate=validate.OneOf([f"{sign}{key}" for key in _SORTS for sign in ("", "-")]),
        metadata={"description": "a field; '-' before it for the other way round"},
    )


def images_resources(index: ImageIndex, now: Callable[[], datetime]) -> Any:
    """The blueprint for /api/v1/images."""
    resources = ReadingBlueprint("images", "Every tracked image")

    @resources.get("/api/v1/images", ImagePageSchema, ImageQuery)
    def list_images(query: Mapping[str, Any]) -> Answer:
        """List tracked images."""
        window = Window.of(query)
        page = index.page(image_filter(query), window.page, window.size)
        neighbours = index.neighbours([image.name for image in page.items])
        items = [image_document(image, neighbours[image.name]) for image in page.items]
        return page_document(items, page.total, window)

    @resources.get("/api/v1/images/<name>", ImageSchema)
    def read_image(name: str) -> dict[str, object]:
        """Read one image."""
        return image_document(found(index, name), index.neighbours([name])[name])

    @resources.get("/api/v1/images/<name>/updates", UpdatePageSchema, PageQuery)
    def list_updates(query: Mapping[str, Any], name: str) -> Answer:
        """List the digests that the image's tag pointed to, the baseline first."""
        updates, window = found(index, name).updates, Window.of(query)
        return page_document(window.cut(updates), len(updates), window)

    @resources.get("/api/v1/images/<name>/rebuilds", RebuildPageSchema, PageQuery)
    def list_rebuilds(query: Mapping[str, Any], name: str) -> Answer:
        """List rebuilds, the newest first."""
        rebuilds, window = found(index, name).rebuilds, Window.of(query)
        newest_first = sorted(rebuilds, key=lambda rebuild: rebuild.requested_at, reverse=True)
        return page_document(window.cut(newest_first), len(rebuilds), window)

    @resources.get("/api/v1/images/<name>/impact", ImpactPageSchema, PageQuery)
    def list_impact(query: Mapping[str, Any], name: str) -> Answer:
        """List the images that would be rebuilt, and when, if this one moved now."""
        impact, window = impact_of(found(index, name), _managed(index), now()), Window.of(query)
        return page_document(window.cut(impact), len(impact), window)

    return resources.blueprint


def found(index: ImageIndex, name: str) -> Image:
    """The image.

    Raises:
        NotFound: there is none of that name.
    """
    image = index.image(name)
    if image is None:
        raise NotFound(f"There is no image named {name}; GET /api/v1/images lists those that are tracked.")
    return image


def image_filter(query: Mapping[str, Any]) -> ImageFilter:
    """The filter out of a loaded `ImageQuery`."""
    return ImageFilter(
        role=query["role"],
        registry=query["registry"],
        owner=query["owner"],
        status=query["status"],
        depends_on=query["depends_on"],
        query=query["q"],
        sort=query["sort"],
    )


def image_document(image: Image, neighbours: Neighbours) -> dict[str, object]:
    """All that `ImageSchema` shows, by attribute."""
    own = {field.name: getattr(image, field.name) for field in dataclasses.fields(image)}
    return {
        **own,
        "reference": str(image.reference),
        "entity_ref": image.entity_ref,
        "dependents": neighbours.dependents,
        "last_checked": neighbours.last_checked,
    }


def _managed(index: ImageIndex) -> Iterator[Image]:
    """Every managed image, with one query for each few hundred of them."""
    page = 1
    while items := index.page(ImageFilter(role=Role.MANAGED), page, _MANY).items:
        yield from items
        if len(items) < _MANY:
            return
        page += 1
