"""GET /api/v1/images, and the resources of one image."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import Response
from marshmallow import ValidationError, fields, validates_schema
from werkzeug.exceptions import NotFound

from catalog.image import Image, Role
from provider.api.answers.csv_answers import csv_answer, json_or_csv
from provider.api.answers.cursors import Item
from provider.api.answers.image_links import ImageLinks
from provider.api.answers.own_answers import answer_for_the_caller
from provider.api.answers.paging import PagedAnswer, PageQuery, Window, page_document, refused_cursor
from provider.api.callers.permitted import permitted
from provider.api.image_document import image_document
from provider.api.image_rows import COLUMNS, row_of_image
from provider.api.resources import ReadingBlueprint
from provider.api.schemas.facets import FacetsSchema
from provider.api.schemas.histories import ListFormat
from provider.api.schemas.image_queries import DigestParameter, FacetsQuery, ImageQuery, image_filter
from provider.api.schemas.images import (
    ImagePageSchema,
    ImageSchema,
    ImpactPageSchema,
    RebuildPageSchema,
    UpdatePageSchema,
)
from provider.domain.impact import emergency_impacts, impact_of
from provider.operation_ports import PersonRequests
from provider.ports import ImageFilter, ImageIndex
from provider.services.asking.asking import coverage, every_image


class ImpactQuery(PageQuery):
    """What would be rebuilt, and by what."""

    emergency = fields.Boolean(
        load_default=False,
        truthy={"true"},
        falsy={"false"},
        metadata={"description": "true: what an emergency rebuild of this image covers"},
    )
    built_from = DigestParameter(
        data_key="builtFrom",
        load_default=None,
        metadata={
            "description": "with `emergency`: only images that contain this digest of the base image",
            "example": f"sha256:{'0123456789abcdef' * 4}",
        },
    )

    @validates_schema
    def check_built_from(self, query: Mapping[str, Any], **_: object) -> None:
        """Without `emergency`, `builtFrom` would have no effect."""
        if query.get("built_from") is not None and not query.get("emergency"):
            raise ValidationError({"builtFrom": ["Needs emergency=true."]})


def images_resources(
    index: ImageIndex, now: Callable[[], datetime], links: ImageLinks, requests: PersonRequests | None = None
) -> Any:
    """The blueprint for /api/v1/images; `requests` has what people asked for."""
    resources = ReadingBlueprint("images", "Managed images and the base images that they depend on")
    answer_for_the_caller(resources.blueprint)

    @resources.get("/api/v1/images", ImagePageSchema, ImageQuery, responses=json_or_csv(ImagePageSchema))
    def list_images(query: Mapping[str, Any]) -> PagedAnswer | Response:
        """List images.

        Returns managed images and base images, with their status, digests and dependencies. As CSV it has one line for
        each image, with what it was built from as one text.
        """
        if query["format"] is ListFormat.CSV:
            return csv_answer("images", COLUMNS, map(row_of_image, every_image(index, image_filter(query))))
        window, order = Window.of(query), query["sort"]
        try:
            page = index.page(image_filter(query), window.page or 1, window.size, window.place(order))
        except ValueError as error:
            raise refused_cursor(error) from error
        neighbours = index.neighbours([image.name for image in page.items])
        items = [image_document(image, neighbours[image.name]) for image in page.items]
        return page_document(items, page.total, window, order, page.end)

    @resources.get("/api/v1/image-facets", FacetsSchema, FacetsQuery)
    def list_facets(query: Mapping[str, Any]) -> dict[str, object]:
        """List the values by which images can be filtered.

        Returns the roles, registries, owners, statuses and criticalities that the images have which match the filters,
        each with the number of images, most images first.
        """
        facets = index.facets(image_filter(query))
        return {
            "total": facets.total,
            "roles": _facets(facets.roles),
            "registries": _facets(facets.registries),
            "owners": _facets(facets.owners),
            "statuses": _facets(facets.statuses),
            "criticalities": _facets(facets.criticalities),
        }

    @resources.get("/api/v1/images/<name>", ImageSchema)
    def read_image(name: str) -> dict[str, object]:
        """Get an image.

        Returns its status with the reason, its digests, its dependencies and dependents, its last rebuild, and what the
        caller may do with it.
        """
        image = found(index, name)
        waiting = requests.open(name) if requests else ()
        document = image_document(image, index.neighbours([name])[name], waiting)
        return {**document, "links": links.of(image), "may": permitted(index, image)}

    @resources.get("/api/v1/images/<name>/updates", UpdatePageSchema, PageQuery)
    def list_updates(query: Mapping[str, Any], name: str) -> PagedAnswer:
        """List the digest history of an image.

        Returns each digest that the tag of the image pointed to, the oldest first. The first one is the baseline: the
        digest when monitoring began.
        """
        updates = found(index, name).updates
        return _listed(updates, query, "updates", lambda update: f"{update.first_seen.isoformat()} {update.digest}")

    @resources.get("/api/v1/images/<name>/rebuilds", RebuildPageSchema, PageQuery)
    def list_rebuilds(query: Mapping[str, Any], name: str) -> PagedAnswer:
        """List the rebuilds of an image.

        Returns each rebuild with its causes, its workflow run and its result, the newest first.
        """
        newest_first = sorted(found(index, name).rebuilds, key=lambda rebuild: rebuild.requested_at, reverse=True)
        return _listed(newest_first, query, "rebuilds", lambda rebuild: rebuild.id)

    @resources.get("/api/v1/images/<name>/impact", ImpactPageSchema, ImpactQuery)
    def list_impact(query: Mapping[str, Any], name: str) -> PagedAnswer:
        """List the images that a change of this image would rebuild, or that an emergency rebuilds.

        Returns every managed image that depends on this image, directly or through other images, and the earliest time
        of its rebuild if the digest of this image changed now; where it would not be rebuilt, the reason. With
        `emergency=true`, returns what an emergency rebuild of this image covers: for a managed image the image itself
        and its managed parents that are behind, for a base image everything that is built from it, parents first.
        """
        image = found(index, name)
        if query["emergency"]:
            impacts = emergency_impacts(coverage(index, image, query["built_from"]), now())
        else:
            impacts = impact_of(image, every_image(index, ImageFilter(role=Role.MANAGED, related_to=name)), now())
        return _listed(impacts, query, "impact", lambda impact: impact.name)

    return resources.blueprint


def _facets(counts: Mapping[str, int]) -> list[dict[str, object]]:
    return [{"value": value, "count": count} for value, count in counts.items()]


def _listed(items: Sequence[Item], query: Mapping[str, Any], order: str, key: Callable[[Item], str]) -> PagedAnswer:
    """One page of a complete list."""
    window = Window.of(query)
    here, end = window.cut(items, order, key)
    return page_document(here, len(items), window, order, end)


def found(index: ImageIndex, name: str) -> Image:
    """The image.

    Raises:
        NotFound: there is no image with this name.
    """
    image = index.image(name)
    if image is None:
        raise no_image(name)
    return image


def no_image(name: str) -> NotFound:
    """The error for a name that no image has."""
    return NotFound(f"There is no image named {name}; GET /api/v1/images lists the tracked images.")
