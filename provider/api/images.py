"""GET /api/v1/images and what belongs to one image."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from marshmallow import fields, validate
from werkzeug.exceptions import NotFound

from catalog.image import Image, Role
from provider.api.answers.cursors import Item
from provider.api.answers.paging import PageDocument, PageQuery, Window, page_document, refused_cursor
from provider.api.image_document import image_document
from provider.api.resources import ReadingBlueprint
from provider.api.schemas.images import (
    ROLES,
    STATUSES,
    ImagePageSchema,
    ImageSchema,
    ImpactPageSchema,
    RebuildPageSchema,
    UpdatePageSchema,
)
from provider.domain.impact import impact_of
from provider.ports import ImageFilter, ImageIndex

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

PagedAnswer = tuple[PageDocument, dict[str, str]]


class ImageQuery(PageQuery):
    """Which images, in which order."""

    role = fields.String(load_default=None, validate=ROLES)
    registry = fields.String(load_default=None)
    owner = fields.String(load_default=None, metadata={"description": "an entity reference"})
    status = fields.String(load_default=None, validate=STATUSES)
    depends_on = fields.String(data_key="dependsOn", load_default=None, metadata={"description": "an image's name"})
    q = fields.String(load_default=None, metadata={"description": "substring of name, repository or title"})
    sort = fields.String(
        load_default="name",
        validate=validate.OneOf([f"{sign}{key}" for key in _SORTS for sign in ("", "-")]),
        metadata={"description": "a field; prefix it with '-' to reverse the order"},
    )


def images_resources(index: ImageIndex, now: Callable[[], datetime]) -> Any:
    """The blueprint for /api/v1/images."""
    resources = ReadingBlueprint("images", "Every tracked image")

    @resources.get("/api/v1/images", ImagePageSchema, ImageQuery)
    def list_images(query: Mapping[str, Any]) -> PagedAnswer:
        """List tracked images."""
        window, order = Window.of(query), query["sort"]
        try:
            page = index.page(image_filter(query), window.page or 1, window.size, window.place(order))
        except ValueError as error:
            raise refused_cursor(error) from error
        neighbours = index.neighbours([image.name for image in page.items])
        items = [image_document(image, neighbours[image.name]) for image in page.items]
        return page_document(items, page.total, window, order, page.end)

    @resources.get("/api/v1/images/<name>", ImageSchema)
    def read_image(name: str) -> dict[str, object]:
        """Read one image."""
        return image_document(found(index, name), index.neighbours([name])[name])

    @resources.get("/api/v1/images/<name>/updates", UpdatePageSchema, PageQuery)
    def list_updates(query: Mapping[str, Any], name: str) -> PagedAnswer:
        """List the digests that the image's tag pointed to, the baseline first."""
        updates = found(index, name).updates
        return _listed(updates, query, "updates", lambda update: f"{update.first_seen.isoformat()} {update.digest}")

    @resources.get("/api/v1/images/<name>/rebuilds", RebuildPageSchema, PageQuery)
    def list_rebuilds(query: Mapping[str, Any], name: str) -> PagedAnswer:
        """List rebuilds, the newest first."""
        newest_first = sorted(found(index, name).rebuilds, key=lambda rebuild: rebuild.requested_at, reverse=True)
        return _listed(newest_first, query, "rebuilds", lambda rebuild: rebuild.id)

    @resources.get("/api/v1/images/<name>/impact", ImpactPageSchema, PageQuery)
    def list_impact(query: Mapping[str, Any], name: str) -> PagedAnswer:
        """List the images that would be rebuilt, and when, if this one moved now."""
        return _listed(
            impact_of(found(index, name), _managed(index), now()), query, "impact", lambda impact: impact.name
        )

    return resources.blueprint


def _listed(items: Sequence[Item], query: Mapping[str, Any], order: str, key: Callable[[Item], str]) -> PagedAnswer:
    """A page of a list that is at hand whole."""
    window = Window.of(query)
    here, end = window.cut(items, order, key)
    return page_document(here, len(items), window, order, end)


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


def _managed(index: ImageIndex) -> Iterator[Image]:
    """Every managed image, with one query for each few hundred of them."""
    page = 1
    while items := index.page(ImageFilter(role=Role.MANAGED), page, _MANY).items:
        yield from items
        if len(items) < _MANY:
            return
        page += 1
