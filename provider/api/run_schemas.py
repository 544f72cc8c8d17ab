"""What is asked and answered about workflow runs."""

from marshmallow import fields, validate

from provider.api.paging import PageQuery
from provider.api.schemas import CamelCaseSchema, Instant, PageSchema
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
        load_default=False, metadata={"description": "ask GitHub anew; at most once every few seconds"}
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
        metadata={"description": "of the last attempt: until its end, or until now; null while it waits for its start"},
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
            "description": "with a filter, GitHub tells of 1,000 runs at once; those behind are counted once a page "
            "reaches them"
        }
    )
    items = fields.List(fields.Nested(RunSchema))
    stale = fields.Boolean(metadata={"description": "older than it should be, because GitHub gives no answer"})
    fetched_at = Instant()


class RerunSchema(CamelCaseSchema):
    """What of a run is run again."""

    failed_only = fields.Boolean(
        required=True, metadata={"description": "the failed jobs and what depends on them; false: all jobs"}
    )


class RerunTakenSchema(CamelCaseSchema):
    """The run that GitHub runs again; its id stays, its attempt counts on."""

    id = fields.Integer()
