"""Queries of lists of images."""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema
from webargs.fields import DelimitedList

from catalog.reference import (
    Digest,
    ImageReference,
    InvalidReference,
    canonical_registry,
    digest_beginning,
    parse_digest,
)
from provider.api.schemas.base import SharedSchema
from provider.api.schemas.histories import FormatQuery
from provider.api.schemas.images import CRITICALITY, ROLES, STATUSES
from provider.ports import IMAGE_SORTS, ImageFilter


class DigestParameter(fields.String):
    """A digest in a query, such as `sha256:` and 64 hexadecimal digits."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Digest:
        try:
            return parse_digest(super()._deserialize(value, attr, data, **kwargs) or "")
        except InvalidReference as error:
            raise ValidationError("Not a digest; write sha256: followed by 64 hexadecimal digits.") from error


class DigestBeginning(fields.String):
    """A digest in a query, or at least its first 12 hexadecimal digits."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        found = digest_beginning((super()._deserialize(value, attr, data, **kwargs) or "").strip())
        if found is None:
            raise ValidationError("Not a digest; write at least its first 12 hexadecimal digits.")
        return found


class ReferenceParameter(fields.Field[ImageReference]):
    """A reference in a query, such as `node:22` or `ghcr.io/acme/app`."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> ImageReference:  # noqa: ARG002 - marshmallow's signature
        try:
            found = ImageReference.parse(str(value).strip())
        except InvalidReference as error:
            raise ValidationError(f"{error}.") from error
        if found.digest:
            raise ValidationError("Write the digest as `digest`, without a reference.")
        return found


class RegistryParameter(fields.String):
    """The host of a registry in a query, in any of its spellings; images have the canonical one."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        return canonical_registry((super()._deserialize(value, attr, data, **kwargs) or "").strip())


_THROUGH = ("built_from", "digest", "reference", "uses")


def _several(one: fields.String, description: str) -> DelimitedList:
    some = validate.Length(min=1, error="Write a value, or leave the parameter out.")
    return DelimitedList(one, load_default=list, validate=some, metadata={"description": description})


class FacetsQuery(SharedSchema):
    """Filters of images; several values have commas between them, and one of them is enough."""

    role = _several(fields.String(validate=ROLES), "only managed images, or only base images")
    registry = _several(RegistryParameter(), "only images of these registries, for example `ghcr.io,docker.io`")
    owner = _several(
        fields.String(),
        "only images of these owners, in any case, for example `group:default/platform,user:default/jane`",
    )
    status = _several(fields.String(validate=STATUSES), "only images with one of these statuses")
    criticality = _several(
        fields.String(validate=CRITICALITY), "only enrolled images that are this critical, for example `high,normal`"
    )
    behind = fields.Boolean(
        load_default=None,
        truthy={"true"},
        falsy={"false"},
        metadata={
            "description": "true: only images for which a newer digest is known of something that they are built from; "
            "false: only images for which none is known, which are not all up to date"
        },
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
    digest = DigestBeginning(
        load_default=None,
        metadata={
            "description": "only images that have this digest now, or were built from it; at least its first 12 "
            "hexadecimal digits",
            "example": "sha256:0123456789ab",
        },
    )
    reference = ReferenceParameter(
        load_default=None,
        metadata={
            "description": "only this image and images that depend on it; without a tag, all tags of the repository",
            "type": "string",
            "example": "docker.io/library/node:22",
        },
    )
    uses = fields.String(
        load_default=None, metadata={"description": "only the image with this name and images that depend on it"}
    )
    cve = fields.String(
        load_default=None,
        metadata={
            "description": "only images for which people asked for a rebuild because of this vulnerability",
            "example": "CVE-2026-12345",
        },
    )
    transitive = fields.Boolean(
        load_default=False,
        truthy={"true"},
        falsy={"false"},
        metadata={
            "description": "with `builtFrom` or `digest`: also images that were built from a digest of a managed image "
            "that was itself built from that digest, over any number of steps; with `reference` or `uses`: also images "
            "that depend on it through other images"
        },
    )
    q = fields.String(
        load_default=None, metadata={"description": "only images whose name, repository or title contains this text"}
    )

    @validates_schema
    def check_transitive(self, query: Mapping[str, Any], **_: object) -> None:
        """Without one of them, `transitive` would have no effect."""
        if query.get("transitive") and all(query.get(name) is None for name in _THROUGH):
            raise ValidationError({"transitive": ["Needs builtFrom, digest, reference or uses."]})


class ImageQuery(FacetsQuery, FormatQuery):
    """Filters, order and format of the list of images."""

    sort = fields.String(
        load_default="name",
        validate=validate.OneOf([f"{sign}{key}" for key in IMAGE_SORTS for sign in ("", "-")]),
        metadata={
            "description": "the field to sort by; prefix it with '-' to reverse the order. `attention`: first failed "
            "images, errors and mismatches, then unknown and unverified, held, due and waiting, rebuilding, up-to-date "
            "and watched ones; in each group by criticality, then the older problem or the earlier rebuild. "
            "`criticality`: the most critical first. `behindSince`: those that are behind for longest first"
        },
    )


def image_filter(query: Mapping[str, Any]) -> ImageFilter:
    """The filter of a loaded `FacetsQuery` or `ImageQuery`."""
    return ImageFilter(
        role=tuple(query["role"]),
        registry=tuple(query["registry"]),
        owner=tuple(query["owner"]),
        status=tuple(query["status"]),
        criticality=tuple(query["criticality"]),
        behind=query["behind"],
        depends_on=query["depends_on"],
        built_from=query["built_from"],
        digest=query["digest"],
        reference=query["reference"],
        uses=query["uses"],
        cve=query["cve"],
        transitive=query["transitive"],
        query=query["q"],
        sort=query.get("sort", "name"),
    )
