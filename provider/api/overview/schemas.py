"""Query and response schemas of the overview."""

from marshmallow import fields, validate
from webargs.fields import DelimitedList

from catalog.image import Conclusion, Status
from provider.api.schemas.base import AnswerSchema, Instant, RedactedString, SharedSchema
from provider.api.schemas.histories import ImageRebuildSchema
from provider.api.schemas.operations import KnownProblemSchema
from provider.services.overview.part_times import CheckedPart

_STATUS = validate.OneOf([status.value for status in Status])
_CONCLUSION = validate.OneOf([*(conclusion.value for conclusion in Conclusion), "none"])


class OverviewQuery(SharedSchema):
    """Whose images count."""

    owner = DelimitedList(
        fields.String(),
        load_default=list,
        validate=validate.Length(min=1, error="Write a value, or leave the parameter out."),
        metadata={
            "description": "only images of these owners, in any case, with commas between them: the `owners` of "
            "GET /api/v1/whoami are those of the caller. Releases and parts are the same for every owner",
            "example": "group:default/platform",
        },
    )


class StatusCountSchema(AnswerSchema):
    """A status, and the number of images that have it."""

    value = fields.String(validate=_STATUS, metadata={"description": "the status", "example": "up-to-date"})
    count = fields.Integer(metadata={"description": "number of images that have it"})


class OverviewImagesSchema(AnswerSchema):
    """How many managed images are how. An image that is behind also has a status, such as `waiting` or `failed`."""

    total = fields.Integer(metadata={"description": "number of managed images"})
    up_to_date = fields.Integer(metadata={"description": "proven to be built on the newest digests"})
    behind = fields.Integer(
        metadata={"description": "not built on a newer digest that is known of something that they are built from"}
    )
    behind_since = Instant(
        allow_none=True, metadata={"description": "since when the first of them is behind; null: none is"}
    )
    not_known = fields.Integer(metadata={"description": "with the status `unknown` or `unverified`"})
    failing = fields.Integer(metadata={"description": "with the status `error` or `failed`"})
    held = fields.Integer(metadata={"description": "with the status `held`: a person has to do something"})
    statuses = fields.List(
        fields.Nested(StatusCountSchema), metadata={"description": "managed images by status, most first"}
    )
    base_statuses = fields.List(
        fields.Nested(StatusCountSchema),
        metadata={"description": "base images by status, most first, whoever the owner is"},
    )


class BehindImageSchema(AnswerSchema):
    """A managed image that is behind."""

    name = fields.String(metadata={"description": "name of the image", "example": "backstage"})
    owner = fields.String(metadata={"description": "reference of the owner", "example": "group:default/platform"})
    status = fields.String(validate=_STATUS, metadata={"description": "its status", "example": "waiting"})
    reason = RedactedString(metadata={"description": "why it has this status, as a sentence"})
    behind_since = Instant(metadata={"description": "when the first newer digest was seen that it is not built on"})


class ChangedBaseSchema(AnswerSchema):
    """A base image whose digest changed."""

    name = fields.String(metadata={"description": "name of the base image", "example": "node-22"})
    changes = fields.Integer(metadata={"description": "how often, in the period"})
    last_at = Instant(metadata={"description": "when the last of these digests was first seen"})
    digest = fields.String(allow_none=True, metadata={"description": "the digest that its tag points to now"})
    dependents = fields.Integer(metadata={"description": "managed images that directly depend on it"})


class BaseChangesSchema(AnswerSchema):
    """The digest changes of base images in the period; with owners, of those that their images depend on."""

    total = fields.Integer(metadata={"description": "number of changes"})
    bases = fields.Integer(metadata={"description": "number of base images that changed"})
    latest = fields.List(fields.Nested(ChangedBaseSchema), metadata={"description": "those that changed last"})


class ConclusionCountSchema(AnswerSchema):
    """A conclusion, and the number of rebuilds that have it."""

    value = fields.String(
        validate=_CONCLUSION, metadata={"description": "the conclusion; `none`: not ended", "example": "success"}
    )
    count = fields.Integer(metadata={"description": "number of rebuilds that have it"})


class RecentRebuildsSchema(AnswerSchema):
    """The rebuilds that were requested in the period."""

    total = fields.Integer(metadata={"description": "number of rebuilds"})
    by_conclusion = fields.List(fields.Nested(ConclusionCountSchema), metadata={"description": "how they ended"})
    latest = fields.List(fields.Nested(ImageRebuildSchema), metadata={"description": "the last ones, newest first"})


class NewReleaseSchema(AnswerSchema):
    """A release of a tracked repository."""

    repository = fields.Integer(metadata={"description": "id of the repository"})
    release = fields.Integer(metadata={"description": "id of the release"})
    name = fields.String(metadata={"description": "name of the repository", "example": "backstage"})
    version = fields.String(metadata={"description": "the version", "example": "1.45.0"})
    first_seen = Instant(allow_none=True, metadata={"description": "when a poll found it"})
    url = fields.String(allow_none=True, metadata={"description": "its web page at the publisher"})


class RecentReleasesSchema(AnswerSchema):
    """The new releases of the period, and when tracked repositories are polled."""

    total = fields.Integer(metadata={"description": "number of releases, counted up to 1,000"})
    more = fields.Boolean(metadata={"description": "true: there are more than `total`"})
    latest = fields.List(fields.Nested(NewReleaseSchema), metadata={"description": "the last ones, newest first"})
    repositories = fields.Integer(metadata={"description": "number of tracked repositories"})
    last_polled = Instant(allow_none=True, metadata={"description": "when one was last polled with success"})
    next_poll = Instant(allow_none=True, metadata={"description": "when the next poll is due; null: now, or never"})


class OverviewProblemsSchema(AnswerSchema):
    """What is wrong in the config repository."""

    total = fields.Integer(metadata={"description": "number of problems"})
    items = fields.List(fields.Nested(KnownProblemSchema), metadata={"description": "the first ten of them"})


class PartTimesSchema(AnswerSchema):
    """When a part was last checked, and is checked next at the latest."""

    part = fields.Enum(CheckedPart, by_value=True, metadata={"description": "the part", "example": "registries"})
    last_at = Instant(allow_none=True, metadata={"description": "when it was last checked; null: not known"})
    next_at = Instant(allow_none=True, metadata={"description": "when it is checked next; null: not known"})
    problem = RedactedString(allow_none=True, metadata={"description": "why the last check failed"})


class OverviewSchema(AnswerSchema):
    """How things are at a moment."""

    at = Instant(metadata={"description": "the moment"})
    since = Instant(metadata={"description": "the beginning of the period: seven days before"})
    owners = fields.List(
        fields.String(), metadata={"description": "whose images count, as the query names them; empty: everybody's"}
    )
    images = fields.Nested(OverviewImagesSchema, metadata={"description": "how many images are how"})
    behind = fields.List(
        fields.Nested(BehindImageSchema), metadata={"description": "the ten that are behind for longest"}
    )
    changes = fields.Nested(BaseChangesSchema, metadata={"description": "what changed in the period"})
    rebuilds = fields.Nested(RecentRebuildsSchema, metadata={"description": "what was rebuilt in the period"})
    releases = fields.Nested(
        RecentReleasesSchema,
        allow_none=True,
        metadata={"description": "what was released in the period; null: releases are not tracked"},
    )
    problems = fields.Nested(OverviewProblemsSchema, metadata={"description": "problems of the config repository"})
    parts = fields.List(fields.Nested(PartTimesSchema), metadata={"description": "when each part was checked"})
