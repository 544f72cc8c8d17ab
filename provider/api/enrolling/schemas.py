"""Queries and responses of enrolling, and the description of its body."""

from collections.abc import Mapping

from marshmallow import ValidationError, fields, validate

from catalog.image import DependencyRole
from provider.api.answers.paging import PageQuery
from provider.api.schemas.base import AnswerSchema, CamelCaseSchema, EntryField, Instant, PageSchema, RedactedString
from provider.api.schemas.images import DiscoverySchema
from provider.config_repo.enrollments.schema import EnrollmentSchema
from provider.config_repo.enrollments.strict_schema import text
from provider.domain.enrolling.files import file_problem
from provider.domain.findings.finding import Availability, Level
from provider.forge_ports import PullRequestState


class EntryRequestSchema(EnrollmentSchema):
    """One entry with the keys of images.yaml, and the file of the config repository for it."""

    file = text(description="`images.yaml` or `images.d/<team>.yaml`")


class EntryChangeSchema(EntryRequestSchema):
    """An entry in place of the one that is there; without a name it keeps its name."""

    name = text(description="name of the image; another one renames it")


_EXAMPLE = {
    "name": "backstage",
    "registry": "ghcr.io",
    "repository": "acme/backstage",
    "source": {"provider": "github", "repo": "acme/portal", "workflow": "backstage.yml"},
    "owner": "group:default/platform",
}


def entry_body(schema: type[EntryRequestSchema]) -> Mapping[str, object]:
    """The request body in the OpenAPI document."""
    return {"required": True, "content": {"application/json": {"schema": schema, "example": _EXAMPLE}}}


def _valid_file(path: str) -> None:
    if problem := file_problem(path):
        raise ValidationError(problem)


class EnrollingQuery(CamelCaseSchema):
    """Whether the change is made."""

    dry_run = fields.Boolean(
        truthy={"true"},
        falsy={"false"},
        load_default=False,
        metadata={"description": "true: return what would be committed, and commit nothing"},
    )


class NewEntryQuery(EnrollingQuery):
    """Whether the change is made, and how long to wait for what the worker discovers."""

    wait = fields.Integer(
        load_default=15,
        validate=validate.Range(0, 15),
        metadata={"description": "how many seconds to wait for the first discovery; 0: answer right after the commit"},
    )


class RemovingQuery(EnrollingQuery):
    """Which entry is removed."""

    file = fields.String(
        load_default=None,
        validate=_valid_file,
        metadata={"description": "file of the entry; needed only if several files have an entry of that name"},
    )


class EnrolledImageSchema(AnswerSchema):
    """The image of a changed entry."""

    name = fields.String(metadata={"description": "name of the image", "example": "backstage"})
    reference = fields.String(
        allow_none=True,
        metadata={"description": "its reference; null after a removal", "example": "ghcr.io/acme/backstage:latest"},
    )
    file = fields.String(
        metadata={"description": "file of the entry in the config repository", "example": "images.yaml"}
    )
    entity_ref = fields.String(
        metadata={"description": "its entity in Backstage", "example": "resource:default/backstage"}
    )
    enrollment = EntryField(
        EnrollmentSchema,
        allow_none=True,
        metadata={"description": "the entry as in images.yaml; null after a removal"},
    )


class FindingSchema(AnswerSchema):
    """What a check of the entry against its repository, registry and build system found."""

    field = fields.String(metadata={"description": "field of the entry", "example": "source.repo"})
    level = fields.Enum(
        Level, by_value=True, metadata={"description": "`error`: nothing is committed; `warning`: should be corrected"}
    )
    message = RedactedString(metadata={"description": "what was found, and what to do"})


class FoundBaseSchema(AnswerSchema):
    """An image that the enrolled image depends on."""

    written = fields.String(metadata={"description": "as in the Dockerfile", "example": "node:22"})
    reference = fields.String(metadata={"description": "its reference", "example": "docker.io/library/node:22"})
    role = fields.Enum(DependencyRole, by_value=True, metadata={"description": "what the build needs it for"})
    kinds = fields.List(fields.String(), metadata={"description": "the instructions that name it"})
    line = fields.Integer(allow_none=True, metadata={"description": "line of its first use"})
    file = fields.String(metadata={"description": "path of the Dockerfile; empty if there is only one"})
    availability = fields.Enum(Availability, by_value=True, metadata={"description": "whether its registry has it"})
    digest = fields.String(allow_none=True, metadata={"description": "digest that the tag points to; null if unknown"})
    name = fields.String(allow_none=True, metadata={"description": "name of the tracked image; null if it is new"})


class CheckedEntrySchema(AnswerSchema):
    """An entry, and what was found about it."""

    image = fields.Nested(EnrolledImageSchema, metadata={"description": "the image"})
    diff = fields.String(metadata={"description": "unified diff of the file; empty if nothing changes"})
    findings = fields.List(fields.Nested(FindingSchema), metadata={"description": "the findings, errors first"})
    dependencies = fields.List(
        fields.Nested(FoundBaseSchema), metadata={"description": "the images that the Dockerfiles name"}
    )


class EnrolledSchema(CheckedEntrySchema):
    """A committed change of an entry."""

    commit = fields.String(
        allow_none=True, metadata={"description": "id of the commit; null if the file had this content already"}
    )
    commit_url = fields.String(
        allow_none=True,
        metadata={
            "description": "web page of the commit; null if neither GitHub nor GitLab hosts the config repository",
            "example": "https://github.com/acme/config/commit/7fd1a60b01f91b314f59955a4e4d4e80d8edf11d",
        },
    )
    discovery = fields.Nested(
        DiscoverySchema,
        allow_none=True,
        metadata={
            "description": "result of the worker's first discovery; `pending` if it takes longer; null for a change, "
            "a removal and an image without source"
        },
    )


class PullRequestSchema(AnswerSchema):
    """A pull request of GitHub, or a merge request of GitLab."""

    number = fields.Integer(metadata={"description": "its number in the config repository"})
    url = fields.String(metadata={"description": "its page"})
    state = fields.Enum(
        PullRequestState, by_value=True, metadata={"description": "whether it is open, merged or closed"}
    )
    title = RedactedString(metadata={"description": "its title", "example": "Enroll backstage"})
    created_at = Instant(metadata={"description": "when it was opened"})
    updated_at = Instant(metadata={"description": "when it last changed"})


class ReviewedSchema(CheckedEntrySchema):
    """A change that waits for a review."""

    pull_request = fields.Nested(PullRequestSchema, metadata={"description": "the pull request that has the change"})


class ReviewSchema(AnswerSchema):
    """A change of an entry that was or is reviewed."""

    image = fields.String(metadata={"description": "name of the image", "example": "backstage"})
    pull_request = fields.Nested(PullRequestSchema, metadata={"description": "the pull request that has the change"})


class ReviewPageSchema(PageSchema):
    """A page of reviewed changes."""

    items = fields.List(fields.Nested(ReviewSchema), metadata={"description": "the changes, newest first"})


class ReviewQuery(PageQuery):
    """Which reviewed changes are listed."""

    image = fields.String(load_default=None, metadata={"description": "name of an image: only its changes"})
    state = fields.Enum(
        PullRequestState, by_value=True, load_default=None, metadata={"description": "only those in this state"}
    )


class PlannedSchema(CheckedEntrySchema):
    """The result of a dry run."""
