"""Query and response of an image's versions."""

from marshmallow import fields, validate

from provider.api.answers.paging import PageQuery
from provider.api.schemas.images import CamelCaseSchema, Instant, PageSchema

_LONGEST_TAG = 128
# Marshmallow itself also takes `on`, `yes`, `1` and others.
_TRUE, _FALSE = frozenset({"true"}), frozenset({"false"})


class VersionsQuery(PageQuery):
    """Which versions."""

    q = fields.String(
        load_default=None,
        validate=validate.Length(max=_LONGEST_TAG),
        metadata={"description": "substring of the tag"},
    )
    semver = fields.Boolean(
        truthy=set(_TRUE),
        falsy=set(_FALSE),
        load_default=None,
        metadata={"description": "true: semantic versions only; false: only other tags"},
    )
    refresh = fields.Boolean(
        truthy=set(_TRUE),
        falsy=set(_FALSE),
        load_default=False,
        metadata={"description": "revalidate at the registry; at most once every few seconds"},
    )


class PlatformSchema(CamelCaseSchema):
    """One platform's manifest."""

    os = fields.String()
    architecture = fields.String()
    variant = fields.String(allow_none=True)
    digest = fields.String()
    size = fields.Integer(allow_none=True)


class VersionSchema(CamelCaseSchema):
    """One tag of an image."""

    tag = fields.String()
    digest = fields.String(allow_none=True)
    size = fields.Integer(
        allow_none=True,
        metadata={"description": "bytes to pull, for linux/amd64 or else the first platform"},
    )
    published_at = Instant(allow_none=True)
    platforms = fields.List(fields.Nested(PlatformSchema))
    reference = fields.String(metadata={"description": "full reference with tag and digest"})
    url = fields.String(allow_none=True, metadata={"description": "the registry's web page of this version"})
    aliases = fields.List(fields.String(), metadata={"description": "other tags of the same digest, as far as known"})


class VersionPageSchema(PageSchema):
    """A page of versions."""

    items = fields.List(fields.Nested(VersionSchema))
    order = fields.String(
        validate=validate.OneOf(["published", "version"]),
        metadata={
            "description": "published: newest first; version: highest version first, for registries without dates"
        },
    )
    stale = fields.Boolean(
        metadata={"description": "the registry does not answer; this is the last known answer, from fetchedAt"}
    )
    fetched_at = Instant()
