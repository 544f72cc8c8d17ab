"""Query and response schemas of versions of an image."""

from marshmallow import fields, validate

from provider.api.answers.paging import PageQuery
from provider.api.schemas.base import AnswerSchema, Instant, PageSchema

_LONGEST_TAG = 128
# By default, marshmallow also accepts `on`, `yes`, `1` and others.
_TRUE, _FALSE = frozenset({"true"}), frozenset({"false"})


class VersionsQuery(PageQuery):
    """Filters of the list of versions."""

    q = fields.String(
        load_default=None,
        validate=validate.Length(max=_LONGEST_TAG),
        metadata={"description": "only tags that contain this text"},
    )
    semver = fields.Boolean(
        truthy=set(_TRUE),
        falsy=set(_FALSE),
        load_default=None,
        metadata={"description": "true: only semantic versions; false: only other tags; default: all tags"},
    )
    refresh = fields.Boolean(
        truthy=set(_TRUE),
        falsy=set(_FALSE),
        load_default=False,
        metadata={"description": "true: check for changes at the registry first; at most once every few seconds"},
    )


class PlatformSchema(AnswerSchema):
    """The manifest of one platform."""

    os = fields.String(metadata={"description": "operating system, for example `linux`"})
    architecture = fields.String(metadata={"description": "CPU architecture, for example `amd64`"})
    variant = fields.String(allow_none=True, metadata={"description": "variant of the architecture, for example `v8`"})
    digest = fields.String(metadata={"description": "digest of the manifest"})
    size = fields.Integer(allow_none=True, metadata={"description": "compressed size in bytes"})


class VersionSchema(AnswerSchema):
    """One tag of an image."""

    tag = fields.String(metadata={"description": "the tag"})
    digest = fields.String(allow_none=True, metadata={"description": "digest of the tag; null if unknown"})
    size = fields.Integer(
        allow_none=True,
        metadata={"description": "compressed size in bytes, for linux/amd64 or else the first platform"},
    )
    published_at = Instant(
        allow_none=True, metadata={"description": "when the tag was published; null if the registry has no dates"}
    )
    platforms = fields.List(fields.Nested(PlatformSchema), metadata={"description": "platforms of this version"})
    reference = fields.String(metadata={"description": "reference with tag and digest"})
    url = fields.String(allow_none=True, metadata={"description": "web page of this version at the registry"})
    aliases = fields.List(fields.String(), metadata={"description": "other known tags with the same digest"})
    enrolled = fields.Boolean(metadata={"description": "true: this is the tag of the image, whose digest is checked"})
    current = fields.Boolean(
        metadata={"description": "true: its digest is the current one of the image, as of its last check"}
    )


class VersionPageSchema(PageSchema):
    """One page of versions."""

    items = fields.List(fields.Nested(VersionSchema), metadata={"description": "the versions on this page"})
    order = fields.String(
        validate=validate.OneOf(["published", "version"]),
        metadata={
            "description": "`published`: newest first; `version`: highest version first, if the registry has no dates"
        },
    )
    stale = fields.Boolean(
        metadata={
            "description": "true: the registry is unavailable, and this is the last known list, read at `fetchedAt`"
        }
    )
    fetched_at = Instant(metadata={"description": "when the list was read from the registry"})
