"""Query and response of workflow runs."""

from marshmallow import fields, validate

from provider.api.answers.paging import PageQuery
from provider.api.schemas.images import CamelCaseSchema, Instant, PageSchema
from proxy.github.run_types import STATUSES


class RunsQuery(PageQuery):
    """Which runs."""

    status = fields.String(
        load_default=None, validate=validate.OneOf(STATUSES), metadata={"description": "a status or a conclusion"}
    )
    branch = fields.String(
        load_default=None,
        validate=validate.Regexp(r"[!-~]{1,255}\Z", error="a branch's name has 1 to 255 visible ASCII characters"),
    )
    refresh = fields.Boolean(
        load_default=False, metadata={"description": "revalidate at GitHub; at most once every few seconds"}
    )


class RunSchema(CamelCaseSchema):
    """One run of the image's workflow."""

    id = fields.Integer()
    name = fields.String(allow_none=True, metadata={"description": "the workflow's"})
    title = fields.String()
    status = fields.String()
    conclusion = fields.String(allow_none=True)
    duration_seconds = fields.Integer(
        allow_none=True,
        metadata={"description": "duration of the last attempt so far; null until it starts"},
    )
    head_sha = fields.String()
    head_branch = fields.String(allow_none=True)
    event = fields.String()
    actor = fields.String(allow_none=True)
    attempt = fields.Integer()
    created_at = Instant()
    updated_at = Instant()
    url = fields.String()
    commit_url = fields.String()


class RunPageSchema(PageSchema):
    """A page of runs, the newest first."""

    total = fields.Integer(
        metadata={
            "description": "with a filter, GitHub lists 1,000 runs at once; older ones are counted once a page "
            "reaches them"
        }
    )
    items = fields.List(fields.Nested(RunSchema))
    stale = fields.Boolean(
        metadata={"description": "GitHub does not answer; this is the last known answer, from fetchedAt"}
    )
    fetched_at = Instant()


class RerunSchema(CamelCaseSchema):
    """What of a run is run again."""

    failed_only = fields.Boolean(
        required=True, metadata={"description": "true: the failed jobs and those that depend on them; false: all jobs"}
    )


class RerunTakenSchema(CamelCaseSchema):
    """The run that GitHub runs again; its id stays, its attempt counts on."""

    id = fields.Integer()
