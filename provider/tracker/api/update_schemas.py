"""Schemas of what there is to update: deployed versions, tags in use, skipped and new releases."""

from marshmallow import ValidationError, fields

from provider.api.schemas.base import AnswerSchema, CamelCaseSchema, Instant, RedactedString
from provider.tracker.decisions.deployed.comparing import DeployedStatus
from provider.tracker.decisions.deployed.updates import DeployedSource
from provider.tracker.decisions.fields import reason_problem

_STATUS = (
    "`current`: nothing is newer; `behind`; `ahead`: higher than the latest release; `unknown`: it cannot be compared"
)


def _reason(text: str) -> None:
    if found := reason_problem(text):
        raise ValidationError(found)


class SkipReleaseSchema(CamelCaseSchema):
    """Why a release is skipped."""

    reason = fields.String(required=True, validate=_reason, metadata={"description": "why, for other people"})


class NewerReleasesSchema(AnswerSchema):
    """How many versions are newer; variants of a version are counted once, skipped releases not at all."""

    releases = fields.Integer(metadata={"description": "number of newer versions"})
    major = fields.Integer(metadata={"description": "those whose first number differs"})
    minor = fields.Integer(metadata={"description": "those whose second number is the first that differs"})
    patch = fields.Integer(metadata={"description": "the others"})


class NamedReleaseSchema(AnswerSchema):
    """A release by id and version."""

    id = fields.Integer(metadata={"description": "id of the release"})
    version = fields.String(metadata={"description": "the version, as published"})


class ComparedVersionSchema(AnswerSchema):
    """A version, compared with the latest release that is not skipped."""

    status = fields.Enum(DeployedStatus, by_value=True, metadata={"description": _STATUS})
    newer = fields.Nested(NewerReleasesSchema, metadata={"description": "how many versions are newer"})
    update_to = fields.Nested(
        NamedReleaseSchema, allow_none=True, metadata={"description": "the highest of them; null if nothing is newer"}
    )
    reason = RedactedString(allow_none=True, metadata={"description": "why the status is `unknown`; else null"})


class DeployedSchema(ComparedVersionSchema):
    """What is deployed."""

    version = fields.String(
        metadata={"description": "`deployedVersion`; or, of the tags in `inUse`, the one that is furthest behind"}
    )
    source = fields.Enum(
        DeployedSource,
        by_value=True,
        metadata={"description": "`person`: `deployedVersion`; `images`: images of this service are built from it"},
    )


class TagInUseSchema(ComparedVersionSchema):
    """A tag that managed images are built from."""

    tag = fields.String(metadata={"description": "the tag; empty where only a digest is named"})
    pinned = fields.Boolean(metadata={"description": "true: a digest is named too, so the tag does not move"})
    images = fields.List(fields.String(), metadata={"description": "names of the images; at most 20"})
    number = fields.Integer(metadata={"description": "number of the images"})


class UpdatesSchema(AnswerSchema):
    """What there is to update of a repository."""

    deployed = fields.Nested(
        DeployedSchema,
        allow_none=True,
        metadata={"description": "the deployed version against the latest release; null: nothing is known"},
    )
    in_use = fields.List(
        fields.Nested(TagInUseSchema),
        metadata={"description": "for `container`: every tag that managed images are built from"},
    )
    skipped = fields.List(
        fields.Nested(NamedReleaseSchema),
        metadata={"description": "skipped releases that are higher than the latest one; at most 20"},
    )
    unseen = fields.Integer(metadata={"description": "number of releases with news that nobody has acknowledged"})


class SkippedSchema(AnswerSchema):
    """Who skipped a release, and why."""

    reason = RedactedString(metadata={"description": "why"})
    by = fields.String(metadata={"description": "the caller"})
    at = Instant(metadata={"description": "when"})


class ReleaseMarksSchema(AnswerSchema):
    """What people said about a release."""

    skipped = fields.Nested(
        SkippedSchema, allow_none=True, metadata={"description": "not a release to update to; null: not skipped"}
    )
    unseen = fields.Boolean(metadata={"description": "true: it has news that nobody has acknowledged"})
