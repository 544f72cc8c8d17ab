"""What the JSON interface answers, in camelCase."""

from datetime import UTC, datetime
from typing import Any

from marshmallow import Schema, fields, validate

from catalog.image import Conclusion, DependencyRole, DiscoveryStatus, Role, Status


class Instant(fields.AwareDateTime):
    """A moment in RFC 3339, in UTC, with `Z`."""

    def _serialize(self, value: datetime | None, attr: str | None, obj: Any, **kwargs: Any) -> str | None:  # noqa: ARG002 - marshmallow's signature
        return None if value is None else value.astimezone(UTC).isoformat().replace("+00:00", "Z")


class CamelCaseSchema(Schema):
    """Attributes in snake_case, keys in camelCase."""

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        """Name the key."""
        first, *others = (field_obj.data_key or field_name).split("_")
        field_obj.data_key = first + "".join(word.title() for word in others)


class CauseSchema(CamelCaseSchema):
    """A base that moved, and between which digests."""

    name = fields.String()
    reference = fields.String()
    digest = fields.String()
    previous_digest = fields.String(allow_none=True)
    first_seen = Instant()


class RebuildSchema(CamelCaseSchema):
    """One rebuild: the request and what became of it."""

    id = fields.String()
    requested_at = Instant()
    dispatched_at = Instant(allow_none=True)
    completed_at = Instant(allow_none=True)
    status = fields.String(metadata={"description": "requested, dispatched, running or completed"})
    conclusion = fields.Enum(Conclusion, by_value=True, allow_none=True)
    url = fields.String(allow_none=True)
    requested_by = fields.String()
    emergency = fields.Boolean()
    reason = fields.String()
    causes = fields.List(fields.Nested(CauseSchema))
    freshness = fields.String()
    error = fields.String(allow_none=True)


class UpdateSchema(CamelCaseSchema):
    """One digest of the history."""

    digest = fields.String()
    previous_digest = fields.String(allow_none=True)
    first_seen = Instant()
    last_seen = Instant(allow_none=True)
    seen_by = fields.String()
    repoint = fields.Boolean()
    platforms = fields.List(fields.String())


class DependencySchema(CamelCaseSchema):
    """An image that this image depends on."""

    name = fields.String()
    reference = fields.String()
    role = fields.Enum(DependencyRole, by_value=True)
    kinds = fields.List(fields.String())


class DiscoverySchema(CamelCaseSchema):
    """The last check of the Dockerfile."""

    status = fields.Enum(DiscoveryStatus, by_value=True)
    error = fields.String(allow_none=True)
    unresolved = fields.List(fields.String())


class FailureSchema(CamelCaseSchema):
    """What went wrong, since when."""

    at = Instant()
    message = fields.String()


class ImageSchema(CamelCaseSchema):
    """A tracked image."""

    name = fields.String()
    role = fields.Enum(Role, by_value=True)
    registry = fields.String()
    repository = fields.String()
    tag = fields.String()
    reference = fields.String()
    digest = fields.String(allow_none=True)
    previous_digest = fields.String(allow_none=True)
    status = fields.Enum(Status, by_value=True)
    reason = fields.String(metadata={"description": "the reason for the status, as a sentence"})
    next_eligible_at = Instant(allow_none=True)
    last_checked = Instant(allow_none=True)
    last_updated = Instant(allow_none=True)
    last_built = Instant(allow_none=True)
    enrolled_at = Instant(allow_none=True)
    first_discovered = Instant(allow_none=True)
    discovery = fields.Nested(DiscoverySchema, allow_none=True)
    dependencies = fields.List(fields.Nested(DependencySchema))
    dependents = fields.List(fields.String())
    enrollment = fields.Dict(allow_none=True, metadata={"description": "the entry of images.yaml"})
    last_rebuild = fields.Nested(RebuildSchema, allow_none=True)
    last_error = fields.Nested(FailureSchema, allow_none=True)
    owner = fields.String()
    title = fields.String(allow_none=True)
    description = fields.String(allow_none=True)
    system = fields.String(allow_none=True)
    lifecycle = fields.String(allow_none=True)
    notes = fields.List(fields.String())
    entity_ref = fields.String()


class ImpactSchema(CamelCaseSchema):
    """An image that would be rebuilt, and when."""

    name = fields.String()
    depth = fields.Integer(metadata={"description": "steps from the image that moved"})
    path = fields.List(fields.String())
    eligible_at = Instant()
    automatic = fields.Boolean(metadata={"description": "false: it is not rebuilt automatically"})


class PageSchema(CamelCaseSchema):
    """The frame of every list; `items` comes with the list's own schema."""

    total = fields.Integer()
    page = fields.Integer(allow_none=True, metadata={"description": "null if a cursor was given"})
    page_size = fields.Integer()
    next = fields.String(allow_none=True, metadata={"description": "path and query of the next page, by cursor"})


class ImagePageSchema(PageSchema):
    """A page of images."""

    items = fields.List(fields.Nested(ImageSchema))


class UpdatePageSchema(PageSchema):
    """A page of a digest history, the baseline first."""

    items = fields.List(fields.Nested(UpdateSchema))


class RebuildPageSchema(PageSchema):
    """A page of rebuilds, the newest first."""

    items = fields.List(fields.Nested(RebuildSchema))


class ImpactPageSchema(PageSchema):
    """A page of images that would be rebuilt, the first to be eligible first."""

    items = fields.List(fields.Nested(ImpactSchema))


class ProblemSchema(Schema):
    """An error."""

    code = fields.Integer()
    status = fields.String()
    message = fields.String()
    errors = fields.Dict()
    request_id = fields.String(data_key="requestId")


STATUSES = validate.OneOf([status.value for status in Status])
ROLES = validate.OneOf([role.value for role in Role])
