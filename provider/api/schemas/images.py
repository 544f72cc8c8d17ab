"""Response schemas of images, in camelCase."""

from marshmallow import fields, validate

from catalog.image import (
    CRITICALITIES,
    Conclusion,
    DiscoveryStatus,
    Evidence,
    Role,
    Status,
)
from provider.api.schemas.base import AnswerSchema, EntryField, FailureSchema, Instant, PageSchema, RedactedString
from provider.api.schemas.callers import PermittedSchema
from provider.api.schemas.dependencies import DependencySchema, VerificationSchema
from provider.api.schemas.links import LinksSchema
from provider.config_repo.enrollments.schema import EnrollmentSchema
from provider.domain.asking.request import RequestKind

CRITICALITY = validate.OneOf(CRITICALITIES)
_DIGEST = f"sha256:{'0123456789abcdef' * 4}"


class CauseSchema(AnswerSchema):
    """A base image that changed, with its previous and new digest."""

    name = fields.String(metadata={"description": "name of the base image"})
    reference = fields.String(
        metadata={"description": "reference of the base image, for example `docker.io/library/node:22`"}
    )
    digest = fields.String(metadata={"description": "the new digest"})
    previous_digest = fields.String(
        allow_none=True, metadata={"description": "the digest that the last build used; null if unknown"}
    )
    first_seen = Instant(metadata={"description": "when the new digest was first seen"})
    eligible_at = Instant(
        allow_none=True,
        metadata={
            "description": "when the rebuild delay of the new digest was over; of a digest that a rebuild made, the "
            "time of the change that caused that rebuild"
        },
    )
    signed_by = RedactedString(
        allow_none=True,
        metadata={"description": "the key or identity that signed the new digest; null if `verify` did not ask for it"},
    )


class HoldSchema(AnswerSchema):
    """A hold on automatic rebuilds."""

    reason = RedactedString(metadata={"description": "why the image is on hold"})
    by = fields.String(allow_none=True, metadata={"description": "who asked for it; null if written by hand"})
    since = Instant(allow_none=True, metadata={"description": "when it was asked for; null if written by hand"})
    until = Instant(allow_none=True, metadata={"description": "when it ends by itself; null if somebody releases it"})


class SkipSchema(AnswerSchema):
    """A digest of a dependency that is not used for the image."""

    digest = fields.String(metadata={"description": "the digest", "example": _DIGEST})
    reason = RedactedString(metadata={"description": "why it is not used"})
    by = fields.String(metadata={"description": "who asked for it"})
    at = Instant(metadata={"description": "when it was asked for"})


class AskedSchema(AnswerSchema):
    """A rebuild that a person asked for and that has not started."""

    reason = RedactedString(metadata={"description": "why it was asked for"})
    requested_by = fields.String(metadata={"description": "who asked for it"})
    at = Instant(metadata={"description": "when it was asked for"})
    emergency = fields.Boolean(metadata={"description": "true: it does not wait for delays"})
    cve = fields.String(allow_none=True, metadata={"description": "id of the vulnerability, if one was named"})
    until = Instant(allow_none=True, metadata={"description": "when it is dropped if it has not started"})


class OpenRequestSchema(AnswerSchema):
    """A request that the worker has not carried out yet."""

    id = fields.String(metadata={"description": "id of the request"})
    kind = fields.Enum(RequestKind, by_value=True, metadata={"description": "what was asked for", "example": "hold"})
    reason = RedactedString(metadata={"description": "why it was asked for"})
    requested_by = fields.String(metadata={"description": "who asked for it"})
    at = Instant(metadata={"description": "when it was asked for"})


class RebuildSchema(AnswerSchema):
    """One rebuild: the request and its result."""

    id = fields.String(
        metadata={"description": "id of the rebuild; the workflow gets it as `image_factory_rebuild_id`"}
    )
    requested_at = Instant(metadata={"description": "when the rebuild was decided"})
    dispatched_at = Instant(allow_none=True, metadata={"description": "when the build system was asked to build"})
    completed_at = Instant(allow_none=True, metadata={"description": "when the build ended"})
    status = fields.String(
        validate=validate.OneOf(["requested", "dispatched", "running", "completed"]),
        metadata={"description": "how far the rebuild is"},
    )
    conclusion = fields.Enum(
        Conclusion, by_value=True, allow_none=True, metadata={"description": "result of the build; null until it ends"}
    )
    url = fields.String(allow_none=True, metadata={"description": "web page of the workflow run"})
    requested_by = fields.String(metadata={"description": "who requested it: the service, or a person"})
    emergency = fields.Boolean(metadata={"description": "true: it did not wait for the delay"})
    cve = fields.String(allow_none=True, metadata={"description": "ids of vulnerabilities that people named"})
    reason = RedactedString(metadata={"description": "why the image was rebuilt, as a sentence"})
    causes = fields.List(fields.Nested(CauseSchema), metadata={"description": "the base images that changed"})
    freshness = fields.String(
        validate=validate.OneOf([*(evidence.value for evidence in Evidence), "unknown"]),
        metadata={
            "description": "whether it was built on the requested digests: the weakest evidence of its dependencies; "
            "`unknown`: not known"
        },
    )
    error = RedactedString(allow_none=True, metadata={"description": "why the rebuild failed"})


class UpdateSchema(AnswerSchema):
    """One digest in the digest history."""

    digest = fields.String(metadata={"description": "the digest"})
    previous_digest = fields.String(
        allow_none=True, metadata={"description": "the digest before it; null for the baseline"}
    )
    first_seen = Instant(metadata={"description": "when the tag was first seen to point to it"})
    last_seen = Instant(allow_none=True, metadata={"description": "when the tag was last seen to point to it"})
    seen_by = fields.String(metadata={"description": "`poll`, or the webhook that caused the check"})
    repoint = fields.Boolean(
        metadata={"description": "true: only the index changed, and not the images of the platforms"}
    )
    platforms = fields.List(
        fields.String(), metadata={"description": "platforms of the image, as `os/architecture[/variant]`"}
    )
    verifications = fields.List(
        fields.Nested(VerificationSchema),
        metadata={"description": "whether it is signed, for each rule of an image that is built from this one"},
    )


class DependentSchema(AnswerSchema):
    """A managed image that depends directly on this image."""

    name = fields.String(metadata={"description": "name of the image"})
    status = fields.Enum(Status, by_value=True, metadata={"description": "its status"})


class UnresolvedSchema(AnswerSchema):
    """A build argument without a value, so that the image that it names is not known."""

    name = fields.String(metadata={"description": "name of the build argument"})
    line = fields.Integer(metadata={"description": "line of the Dockerfile that uses it"})
    hint = RedactedString(metadata={"description": "what you can do; empty if nothing more is known"})
    file = RedactedString(metadata={"description": "path of the Dockerfile; empty if there is only one"})


class WarningSchema(AnswerSchema):
    """A line of the Dockerfile that is not understood; the images of other lines are found."""

    line = fields.Integer(metadata={"description": "line of the Dockerfile"})
    message = RedactedString(metadata={"description": "what is not understood, as a sentence"})
    file = RedactedString(metadata={"description": "path of the Dockerfile; empty if there is only one"})


class DiscoverySchema(AnswerSchema):
    """The last check of the Dockerfile."""

    status = fields.Enum(
        DiscoveryStatus,
        by_value=True,
        metadata={"description": "result of the last check; `none`: the Dockerfile uses no other image"},
    )
    error = RedactedString(allow_none=True, metadata={"description": "why the Dockerfile could not be read"})
    unresolved_variables = fields.List(
        fields.Nested(UnresolvedSchema),
        data_key="unresolved",
        metadata={"description": "build arguments without a value, so that the image that they name is unknown"},
    )
    warnings = fields.List(
        fields.Nested(WarningSchema), metadata={"description": "lines of the Dockerfile that are not understood"}
    )


class ImageItemSchema(AnswerSchema):
    """A tracked image, as an item of a list."""

    name = fields.String(metadata={"description": "name of the image in this service and in Backstage"})
    role = fields.Enum(
        Role,
        by_value=True,
        metadata={"description": "`managed`: this service rebuilds it; `base`: managed images depend on it"},
    )
    registry = fields.String(metadata={"description": "host of the registry, for example `ghcr.io`"})
    repository = fields.String(metadata={"description": "path in the registry"})
    tag = fields.String(metadata={"description": "the tag that is checked"})
    reference = fields.String(metadata={"description": "registry, repository and tag"})
    digest = fields.String(
        allow_none=True, metadata={"description": "current digest of the tag; null if it was never read"}
    )
    previous_digest = fields.String(
        allow_none=True, metadata={"description": "digest before the current one; null if it never changed"}
    )
    status = fields.Enum(
        Status, by_value=True, metadata={"description": "the current status; if several apply, the most important one"}
    )
    reason = RedactedString(metadata={"description": "why the image has this status, as a sentence"})
    next_eligible_at = Instant(
        allow_none=True, metadata={"description": "earliest time of the next rebuild; null if none is waiting"}
    )
    behind_since = Instant(
        allow_none=True,
        metadata={
            "description": "since when a newer digest is known of something that the image is built from and that "
            "it does not contain; null if none is known, which proves nothing unless the status is up-to-date"
        },
    )
    criticality = fields.String(
        allow_none=True,
        validate=CRITICALITY,
        metadata={"description": "how critical it is, by its enrollment; null for an image that is not enrolled"},
    )
    last_checked = Instant(allow_none=True, metadata={"description": "when the digest was last checked"})
    last_updated = Instant(
        allow_none=True, metadata={"description": "when the digest last changed; null if it never did"}
    )
    last_built = Instant(allow_none=True, metadata={"description": "when the last rebuild ended"})
    enrolled_at = Instant(
        allow_none=True, metadata={"description": "when the image was enrolled; null for a base image"}
    )
    first_discovered = Instant(
        allow_none=True, metadata={"description": "when a Dockerfile was first found to use the image"}
    )
    discovery = fields.Nested(
        DiscoverySchema, allow_none=True, metadata={"description": "the last check of the Dockerfile"}
    )
    dependencies = fields.List(
        fields.Nested(DependencySchema), metadata={"description": "images that this image depends on"}
    )
    dependents = fields.List(
        fields.Pluck(DependentSchema, "name"),
        metadata={"description": "names of the images that directly depend on this image"},
    )
    enrollment = EntryField(
        EnrollmentSchema, allow_none=True, metadata={"description": "the entry in images.yaml; null for a base image"}
    )
    last_rebuild = fields.Nested(RebuildSchema, allow_none=True, metadata={"description": "the latest rebuild"})
    last_error = fields.Nested(
        FailureSchema, allow_none=True, metadata={"description": "the current problem; null if there is none"}
    )
    owner = fields.String(metadata={"description": "entity reference of the owner in Backstage"})
    title = fields.String(allow_none=True, metadata={"description": "title for people"})
    description = fields.String(allow_none=True, metadata={"description": "description for people"})
    system = fields.String(allow_none=True, metadata={"description": "entity reference of the system in Backstage"})
    lifecycle = fields.String(
        allow_none=True, metadata={"description": "lifecycle in Backstage, for example `production`"}
    )
    notes = fields.List(fields.String(), metadata={"description": "further remarks, each a sentence"})
    hold = fields.Nested(HoldSchema, allow_none=True, metadata={"description": "the hold on automatic rebuilds"})
    skips = fields.List(fields.Nested(SkipSchema), metadata={"description": "digests that are not used for the image"})
    asked = fields.List(
        fields.Nested(AskedSchema), metadata={"description": "rebuilds that people asked for, not started yet"}
    )
    entity_ref = fields.String(metadata={"description": "entity reference of the image in Backstage"})


class ImageSchema(ImageItemSchema):
    """A tracked image in detail."""

    dependents = fields.List(
        fields.Nested(DependentSchema),
        metadata={"description": "the images that directly depend on this image, with their statuses"},
    )
    requests = fields.List(
        fields.Nested(OpenRequestSchema),
        metadata={"description": "what people asked for and the worker has not carried out yet"},
    )
    no_build = RedactedString(
        allow_none=True,
        metadata={"description": "why it cannot be rebuilt at all, also if a person asks for it; null: it can"},
    )
    links = fields.Nested(LinksSchema, metadata={"description": "web pages of the image"})
    may = fields.Nested(PermittedSchema, metadata={"description": "what the caller of this request may do"})


class ImpactSchema(AnswerSchema):
    """An image that would be rebuilt, and the earliest time."""

    name = fields.String(metadata={"description": "name of the image"})
    depth = fields.Integer(metadata={"description": "number of steps from the changed image"})
    path = fields.List(
        fields.String(), metadata={"description": "names of the images on the way, from the changed image to this one"}
    )
    eligible_at = Instant(
        allow_none=True, metadata={"description": "earliest time of the rebuild; null if it would not be rebuilt"}
    )
    automatic = fields.Boolean(metadata={"description": "false: a person has to start this rebuild, or one before it"})
    reason = RedactedString(
        allow_none=True,
        metadata={"description": "why it would not be rebuilt, or what an emergency ignores, as a sentence; else null"},
    )


class ImagePageSchema(PageSchema):
    """One page of images."""

    items = fields.List(fields.Nested(ImageItemSchema), metadata={"description": "the images on this page"})


class UpdatePageSchema(PageSchema):
    """One page of a digest history, the oldest first."""

    items = fields.List(fields.Nested(UpdateSchema), metadata={"description": "the digests on this page"})


class RebuildPageSchema(PageSchema):
    """One page of rebuilds, the newest first."""

    items = fields.List(fields.Nested(RebuildSchema), metadata={"description": "the rebuilds on this page"})


class ImpactPageSchema(PageSchema):
    """One page of images that would be rebuilt, ordered by the earliest time."""

    items = fields.List(fields.Nested(ImpactSchema), metadata={"description": "the images on this page"})


STATUSES = validate.OneOf([status.value for status in Status])
ROLES = validate.OneOf([role.value for role in Role])
