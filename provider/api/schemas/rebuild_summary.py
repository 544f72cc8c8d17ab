"""The response schema of the rebuilds of a period in numbers."""

from marshmallow import fields

from catalog.image import Status
from provider.api.schemas.base import AnswerSchema, Instant
from provider.api.schemas.images import CauseSchema

_SECONDS = {"example": 612_340}


class RebuildCountsSchema(AnswerSchema):
    """The number of rebuilds with each result."""

    success = fields.Integer(metadata={"description": "those that succeeded"})
    failure = fields.Integer(metadata={"description": "those that failed"})
    cancelled = fields.Integer(metadata={"description": "those that somebody cancelled"})
    timed_out = fields.Integer(metadata={"description": "those that took longer than the build system allows"})
    running = fields.Integer(metadata={"description": "those that have not ended"})


class RequesterSchema(AnswerSchema):
    """How many rebuilds a caller asked for."""

    caller = fields.String(
        metadata={"description": "who asked; `image-factory`: the service decided it", "example": "image-factory"}
    )
    count = fields.Integer(metadata={"description": "number of rebuilds"})


class DurationsSchema(AnswerSchema):
    """How long several rebuilds took; without any, the times are null."""

    count = fields.Integer(metadata={"description": "number of rebuilds that have this time"})
    median_seconds = fields.Integer(
        allow_none=True, metadata={"description": "the time that half of them do not exceed", **_SECONDS}
    )
    ninetieth_seconds = fields.Integer(
        allow_none=True, metadata={"description": "the time that 90 percent of them do not exceed", **_SECONDS}
    )
    longest_seconds = fields.Integer(allow_none=True, metadata={"description": "the longest time", **_SECONDS})


class SlowRebuildSchema(AnswerSchema):
    """A rebuild that took long."""

    image = fields.String(metadata={"description": "name of the image", "example": "backstage"})
    id = fields.String(metadata={"description": "id of the rebuild"})
    moved_at = Instant(metadata={"description": "when the new digest of its newest cause was first seen"})
    requested_at = Instant(metadata={"description": "when the rebuild was decided"})
    completed_at = Instant(metadata={"description": "when the build ended"})
    took_seconds = fields.Integer(metadata={"description": "from `movedAt` to `completedAt`", **_SECONDS})
    beyond_seconds = fields.Integer(
        metadata={
            "description": "what of that came after the delay, or for a rebuild that a person asked for, after the "
            "request: grouping, the queue, parents and the build",
            "example": 912,
        }
    )
    causes = fields.List(fields.Nested(CauseSchema), metadata={"description": "the base images that changed"})
    url = fields.String(allow_none=True, metadata={"description": "web page of the workflow run"})


class WaitingImageSchema(AnswerSchema):
    """An image that is behind."""

    image = fields.String(metadata={"description": "name of the image", "example": "backstage"})
    owner = fields.String(metadata={"description": "owner of the image", "example": "group:default/platform"})
    status = fields.Enum(Status, by_value=True, metadata={"description": "its status"})
    since = Instant(metadata={"description": "since when a newer digest of something that it is built from is known"})


class RebuildSummarySchema(AnswerSchema):
    """The rebuilds of a period in numbers, and the images that are behind now."""

    total = fields.Integer(metadata={"description": "number of rebuilds that were requested in the period"})
    conclusions = fields.Nested(RebuildCountsSchema, metadata={"description": "how many of them had which result"})
    requested_by = fields.List(
        fields.Nested(RequesterSchema),
        metadata={
            "description": "how many of them each caller asked for, most first, at most twenty callers; one that "
            "several callers asked for counts for each"
        },
    )
    move_to_rebuild = fields.Nested(
        DurationsSchema, metadata={"description": "from the change of a base image to the end of the rebuild"}
    )
    beyond_delay = fields.Nested(
        DurationsSchema,
        metadata={"description": "what of that came after the delay, or after the request of a person"},
    )
    slowest = fields.List(
        fields.Nested(SlowRebuildSchema), metadata={"description": "the ten that took longest, the longest first"}
    )
    behind = fields.Integer(metadata={"description": "number of images that are behind now, whatever the period"})
    longest_behind = fields.List(
        fields.Nested(WaitingImageSchema),
        metadata={"description": "the ten of them that are behind for longest, the longest first"},
    )
