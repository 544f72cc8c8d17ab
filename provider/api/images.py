"""GET /api/v1/images, and the resources of one image."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema
from werkzeug.exceptions import NotFound

from catalog.image import Image, Role
from catalog.reference import Digest, InvalidReference, parse_digest
from provider.api.answers.cursors import Item
from provider.api.answers.paging import PagedAnswer, PageQuery, Window, page_document, refused_cursor
from provider.api.callers.permitted import permitted
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
from provider.domain.impact import emergency_impacts, impact_of
from provider.operation_ports import PersonRequests
from provider.ports import IMAGE_SORTS, ImageFilter, ImageIndex
from provider.services.asking.asking import coverage, every_image


class DigestParameter(fields.String):
    """A digest in a query, such as `sha256:` and 64 hexadecimal digits."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Digest:
        try:
            return parse_digest(super()._deserialize(value, attr, data, **kwargs) or "")
        except InvalidReference as error:
            raise ValidationError("Not a digest; write sha256: followed by 64 hexadecimal digits.") from error


class ImageQuery(PageQuery):
    """Filters and order of the list of images."""

    role = fields.String(
        load_default=None, validate=ROLES, metadata={"description": "only managed images, or only base images"}
    )
    registry = fields.String(
        load_default=None, metadata={"description": "only images of this registry, for example `ghcr.io`"}
    )
    owner = fields.String(
        load_default=None,
        metadata={"description": "only images of this owner, for example `group:default/platform`"},
    )
    status = fields.String(
        load_default=None, validate=STATUSES, metadata={"description": "only images with this status"}
    )
    depends_on = fields.String(
        data_key="dependsOn",
        load_default=None,
        metadata={"description": "only images that directly depend on the image with this name"},
    )
    built_from = DigestParameter(
        data_key="builtFrom",
        load_default=None,
        metadata={
            "description": "only images that were built from this digest of a dependency",
            "example": f"sha256:{'0123456789abcdef' * 4}",
        },
    )
    transitive = fields.Boolean(
        load_default=False,
        truthy={"true"},
        falsy={"false"},
        metadata={
            "description": "with `builtFrom`: also images that were built from a digest of a managed image that was "
            "itself built from that digest, over any number of steps"
        },
    )
    q = fields.String(
        load_default=None, metadata={"description": "only images whose name, repository or title contains this text"}
    )
    sort = fields.String(
        load_default="name",
        validate=validate.OneOf([f"{sign}{key}" for key in IMAGE_SORTS for sign in ("", "-")]),
        metadata={"description": "the field to sort by; prefix it with '-' to reverse the order"},
    )

    @validates_schema
    def check_transitive(self, query: Mapping[str, Any], **_: object) -> None:
        """Without `builtFrom`, `transitive` would have no effect."""
        if query.get("transitive") and query.get("built_from") is None:
            raise ValidationError({"transitive": ["Needs builtFrom."]})


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


def images_resources(index: ImageIndex, now: Callable[[], datetime], requests: PersonRequests | None = None) -> Any:
    """The blueprint for /api/v1/images; `requests` has what people asked for."""
    resources = ReadingBlueprint("images", "Managed images and the base images that they depend on")

    @resources.get("/api/v1/images", ImagePageSchema, ImageQuery)
    def list_images(query: Mapping[str, Any]) -> PagedAnswer:
        """List images.

        Returns managed images and base images, with their status, digests and dependencies.
        """
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
        """Get an image.

        Returns its status with the reason, its digests, its dependencies and dependents, its last rebuild, and what the
        caller may do with it.
        """
        image = found(index, name)
        waiting = requests.open(name) if requests else ()
        document = image_document(image, index.neighbours([name])[name], waiting)
        return {**document, "may": permitted(index, image)}

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
            impacts = impact_of(image, every_image(index, ImageFilter(role=Role.MANAGED)), now())
        return _listed(impacts, query, "impact", lambda impact: impact.name)

    return resources.blueprint


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
        raise NotFound(f"There is no image named {name}; GET /api/v1/images lists the tracked images.")
    return image


def image_filter(query: Mapping[str, Any]) -> ImageFilter:
    """The filter of a loaded `ImageQuery`."""
    return ImageFilter(
        role=query["role"],
        registry=query["registry"],
        owner=query["owner"],
        status=query["status"],
        depends_on=query["depends_on"],
        built_from=query["built_from"],
        transitive=query["transitive"],
        query=query["q"],
        sort=query["sort"],
    )
