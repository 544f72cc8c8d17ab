"""The schemas of answers to "what if"."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields

from provider.api.schemas.base import AnswerSchema, Instant, SharedSchema
from provider.api.schemas.histories import ListFormat


class SimulationQuery(SharedSchema):
    """The question."""

    since = fields.String(
        load_default="", metadata={"description": "the length of the period up to now; default `90d`", "example": "90d"}
    )
    rebuild_delay = fields.String(
        data_key="rebuildDelay",
        load_default="",
        metadata={
            "description": "the delays to compare, at most 8 with commas between, `0` for none; default: those of the "
            "entries",
            "example": "1d,3d,7d",
        },
    )
    window = fields.String(
        load_default="", metadata={"description": "the coordination window; default: as it is set", "example": "2h"}
    )
    max_concurrent_builds = fields.String(
        data_key="maxConcurrentBuilds",
        load_default="",
        metadata={"description": "the most builds at a time; default: as it is set", "example": "5"},
    )
    owner = fields.String(
        load_default="",
        metadata={
            "description": "the delays and figures are for the images of this owner alone",
            "example": "group:default/platform",
        },
    )
    format = fields.Enum(
        ListFormat,
        by_value=True,
        load_default=ListFormat.JSON,
        metadata={"description": "`csv`: one row for each policy", "example": "csv"},
    )

    def texts(self, query: Mapping[str, Any]) -> dict[str, str]:
        """The question, by the names of its parameters."""
        return {field.data_key or name: query[name] for name, field in self.fields.items() if name != "format"}


class PeakSchema(AnswerSchema):
    """The largest number of builds."""

    builds = fields.Integer(metadata={"description": "the number of builds", "example": 12})
    at = Instant(metadata={"description": "when it was first reached"})


class WeekSchema(AnswerSchema):
    """The builds of one week."""

    start = Instant(metadata={"description": "when the week starts; the last week may be shorter"})
    builds = fields.Integer(metadata={"description": "builds that started in it", "example": 40})


class TimeBehindSchema(AnswerSchema):
    """How long an image was behind."""

    name = fields.String(metadata={"description": "name of the image", "example": "backstage"})
    days = fields.Float(
        metadata={
            "description": "days of the period in which it was built, directly or through a parent, from a digest that "
            "the tag had left",
            "example": 12.5,
        }
    )


class ShortLivedSchema(AnswerSchema):
    """A build on a digest that was withdrawn later."""

    name = fields.String(metadata={"description": "name of the image", "example": "backstage"})
    reference = fields.String(metadata={"description": "the base image", "example": "node:22"})
    digest = fields.String(metadata={"description": "the digest of the base image"})
    appeared = Instant(metadata={"description": "when the digest was first seen"})
    built = Instant(metadata={"description": "when the build started"})
    ended = Instant(
        allow_none=True,
        metadata={"description": "when the tag left the digest; null: the tag has it, and the registry does not"},
    )


class PolicyFiguresSchema(AnswerSchema):
    """The figures of one policy, or of what was recorded."""

    policy = fields.String(metadata={"description": "the name of the policy; `recorded`: what happened"})
    rebuild_delay = fields.String(
        allow_none=True, metadata={"description": "the delay; null: that of each entry", "example": "3d"}
    )
    window = fields.String(
        allow_none=True, metadata={"description": "the coordination window; null for what was recorded"}
    )
    max_concurrent_builds = fields.Integer(
        allow_none=True, metadata={"description": "the most builds at a time; null for what was recorded"}
    )
    builds = fields.Integer(metadata={"description": "builds that started in the period"})
    builds_per_week = fields.Float(
        allow_none=True, metadata={"description": "the average over the period; null for less than a week"}
    )
    weeks = fields.List(fields.Nested(WeekSchema), metadata={"description": "the builds of each week"})
    busiest_hour = fields.Nested(
        PeakSchema, allow_none=True, metadata={"description": "the hour (UTC) with most starts; null: no build"}
    )
    most_at_a_time = fields.Nested(
        PeakSchema, allow_none=True, metadata={"description": "the most builds that ran at a time; null: no build"}
    )
    median_days_behind = fields.Float(
        allow_none=True, metadata={"description": "the median of the days behind, over all images; null: no image"}
    )
    worst = fields.List(
        fields.Nested(TimeBehindSchema), metadata={"description": "the ten images that were behind for longest"}
    )
    on_withdrawn = fields.Integer(
        metadata={
            "description": "builds on a digest that was withdrawn later: the tag returned to an earlier digest, or the "
            "registry no longer has it"
        }
    )
    on_replaced = fields.Integer(
        metadata={"description": "builds on a digest that the tag had left for a newer one before they started"}
    )
    on_repointed = fields.Integer(
        metadata={
            "description": "builds on a digest that the tag had left for another index with the same images before "
            "they started"
        }
    )
    withdrawn = fields.List(
        fields.Nested(ShortLivedSchema), metadata={"description": "the first ten builds on withdrawn digests"}
    )


class SimulationSchema(AnswerSchema):
    """What was recorded, and what each policy would have built."""

    since = Instant(metadata={"description": "when the figures begin: not before the histories are complete"})
    until = Instant(metadata={"description": "when they end: the time of the request"})
    owner = fields.String(allow_none=True, metadata={"description": "only images of this owner are counted"})
    images = fields.Integer(metadata={"description": "the number of images that are counted"})
    policies = fields.List(
        fields.Nested(PolicyFiguresSchema),
        metadata={"description": "first what was recorded, then the present policy, then the others"},
    )
    notes = fields.List(fields.String, metadata={"description": "what the figures take for granted"})
