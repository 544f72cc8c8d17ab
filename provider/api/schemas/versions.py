"""Query and response schemas of versions of an image."""

from typing import get_args

from marshmallow import fields, validate

from provider.api.answers.paging import PageQuery
from provider.api.schemas.base import AnswerSchema, CamelCaseSchema, Instant, PageSchema, RedactedString
from proxy.version_types import Activity, Kind

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
    kind = fields.String(
        load_default=None,
        validate=validate.OneOf(get_args(Kind)),
        metadata={"description": "only versions that are known to be of this kind; default: all"},
    )
    refresh = fields.Boolean(
        truthy=set(_TRUE),
        falsy=set(_FALSE),
        load_default=False,
        metadata={"description": "true: check for changes at the registry first; at most once every few seconds"},
    )


class RefreshQuery(CamelCaseSchema):
    """How one version is read."""

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
    digest = fields.String(allow_none=True, metadata={"description": "digest of the manifest; null if unknown"})
    size = fields.Integer(
        allow_none=True,
        metadata={"description": "compressed size in bytes, of a pull of this platform; null if it was not read yet"},
    )
    os_version = fields.String(
        allow_none=True, metadata={"description": "version of Windows that it needs; null for other systems"}
    )


class VulnerabilitiesSchema(AnswerSchema):
    """The number of vulnerabilities that the registry's scanner found."""

    critical = fields.Integer(metadata={"description": "critical ones"})
    high = fields.Integer(metadata={"description": "of high severity"})
    medium = fields.Integer(metadata={"description": "of medium severity"})
    low = fields.Integer(metadata={"description": "of low severity"})
    unrated = fields.Integer(metadata={"description": "without a severity, or of negligible severity"})
    applicable = fields.Boolean(
        metadata={"description": "false: nothing that a scanner reads, such as a Helm chart; all numbers are 0"}
    )


class BuiltFromSchema(AnswerSchema):
    """A digest that a version was built from."""

    digest = fields.String(metadata={"description": "the digest"})
    name = fields.String(allow_none=True, metadata={"description": "name of its image; null if unknown"})
    reference = fields.String(allow_none=True, metadata={"description": "its image and tag; null if unknown"})


class VersionSchema(AnswerSchema):
    """One tag of an image."""

    tag = fields.String(metadata={"description": "the tag"})
    digest = fields.String(allow_none=True, metadata={"description": "digest of the tag; null if unknown"})
    size = fields.Integer(
        allow_none=True,
        metadata={
            "description": "compressed size in bytes, of a pull for linux/amd64 or else the first platform; null if it "
            "was not read yet: the answer for a single version has it"
        },
    )
    published_at = Instant(
        allow_none=True, metadata={"description": "when the tag was published; null if the registry has no dates"}
    )
    platforms = fields.List(fields.Nested(PlatformSchema), metadata={"description": "platforms of this version"})
    reference = fields.String(metadata={"description": "reference with tag and digest"})
    url = fields.String(allow_none=True, metadata={"description": "web page of this version at the registry"})
    aliases = fields.List(fields.String(), metadata={"description": "other known tags with the same digest"})
    built_at = Instant(
        allow_none=True, metadata={"description": "when its publisher built it, by its own statement; null if unknown"}
    )
    kind = fields.String(
        allow_none=True,
        validate=validate.OneOf(get_args(Kind)),
        metadata={"description": "`chart`: a Helm chart; `cache`: the cache of a build; null if unknown"},
    )
    signed = fields.Boolean(
        allow_none=True, metadata={"description": "whether the registry has a signature of it; null if unknown"}
    )
    sbom = fields.Boolean(
        allow_none=True, metadata={"description": "whether the registry has an SBOM of it; null if unknown"}
    )
    provenance = fields.Boolean(
        allow_none=True, metadata={"description": "whether the registry has a provenance of it; null if unknown"}
    )
    revision = fields.String(
        allow_none=True, metadata={"description": "revision of the source, by its publisher's label; null if unknown"}
    )
    source = fields.String(
        allow_none=True, metadata={"description": "address of the source, by its publisher's label; null if unknown"}
    )
    version = fields.String(
        allow_none=True, metadata={"description": "version of the software, by its publisher's label; null if unknown"}
    )
    source_url = fields.String(
        allow_none=True, metadata={"description": "web page of the source; null unless it is at GitHub or GitLab"}
    )
    revision_url = fields.String(
        allow_none=True, metadata={"description": "web page of the revision; null unless it is at GitHub or GitLab"}
    )
    problem = RedactedString(
        allow_none=True, metadata={"description": "why details could not be read; null if nothing failed"}
    )
    vulnerabilities = fields.Nested(
        VulnerabilitiesSchema, allow_none=True, metadata={"description": "null if the registry shows none"}
    )
    expires_at = Instant(
        allow_none=True, metadata={"description": "when the registry removes the tag; null if never or unknown"}
    )
    activity = fields.String(
        allow_none=True,
        validate=validate.OneOf(get_args(Activity)),
        metadata={
            "description": "`inactive` or `stale`: Docker Hub says that nobody pushed or pulled it in the past month; "
            "null if the registry does not say it"
        },
    )
    enrolled = fields.Boolean(metadata={"description": "true: this is the tag of the image, whose digest is checked"})
    current = fields.Boolean(
        metadata={"description": "true: its digest is the current one of the image, as of its last check"}
    )
    first_seen = Instant(
        allow_none=True,
        metadata={"description": "since when the service knows its digest as one of the image; null if it does not"},
    )
    built_from = fields.List(
        fields.Nested(BuiltFromSchema),
        metadata={"description": "the digests that it was built from, as far as the service knows them"},
    )
    pending = fields.Boolean(
        metadata={"description": "true: more details are being read from the registry; ask again in a moment"}
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
            "description": "true: this is the last known list, read at `fetchedAt`: the registry is unavailable, or "
            "`reading` is true"
        }
    )
    reading = fields.Boolean(
        metadata={"description": "true: a newer list is being read, which takes long; ask again in a moment"}
    )
    complete = fields.Boolean(
        metadata={"description": "false: details are being read from the registry; ask again in a moment"}
    )
    unread = fields.Integer(
        metadata={"description": "with `kind`: the number of tags that are left out because their kind is not known"}
    )
    problem = fields.String(
        allow_none=True,
        metadata={"description": "why the registry's list broke off, so that versions are missing; null: it is whole"},
    )
    fetched_at = Instant(metadata={"description": "when the list was read from the registry"})
