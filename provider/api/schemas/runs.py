"""Query and response schemas of workflow runs."""

from marshmallow import fields, validate

from provider.api.answers.paging import PageQuery
from provider.api.schemas.base import AnswerSchema, CamelCaseSchema, Instant, PageSchema
from proxy.github.run_types import STATUSES


class RunsQuery(PageQuery):
    """Filters of the list of runs."""

    status = fields.String(
        load_default=None,
        validate=validate.OneOf(STATUSES),
        metadata={"description": "only runs with this status or conclusion"},
    )
    branch = fields.String(
        load_default=None,
        validate=validate.Regexp(
            r"[!-~]{1,255}\Z", error="the name of a branch must have 1 to 255 visible ASCII characters"
        ),
        metadata={"description": "only runs of this branch"},
    )
    refresh = fields.Boolean(
        load_default=False,
        metadata={"description": "true: check for changes at GitHub first; at most once every few seconds"},
    )


class RunSchema(AnswerSchema):
    """One run of the image's workflow."""

    id = fields.Integer(metadata={"description": "id of the run at GitHub"})
    name = fields.String(allow_none=True, metadata={"description": "name of the workflow"})
    title = fields.String(metadata={"description": "title of the run"})
    status = fields.String(metadata={"description": "`queued`, `in_progress`, `completed` or another status of GitHub"})
    conclusion = fields.String(
        allow_none=True,
        metadata={"description": "result, for example `success` or `failure`; null until the run is completed"},
    )
    duration_seconds = fields.Integer(
        allow_none=True, metadata={"description": "duration of the last attempt, so far; null until it starts"}
    )
    head_sha = fields.String(metadata={"description": "commit that is built"})
    head_branch = fields.String(allow_none=True, metadata={"description": "branch that is built"})
    event = fields.String(metadata={"description": "event that started the run, for example `push`"})
    actor = fields.String(allow_none=True, metadata={"description": "GitHub user who started the run"})
    attempt = fields.Integer(metadata={"description": "number of the attempt, from 1"})
    created_at = Instant(metadata={"description": "when the run was created"})
    updated_at = Instant(metadata={"description": "when the run last changed"})
    url = fields.String(metadata={"description": "web page of the run"})
    commit_url = fields.String(metadata={"description": "web page of the commit"})
    commit_message = fields.String(
        allow_none=True, metadata={"description": "first line of the message of the commit; null if unknown"}
    )


class RunPageSchema(PageSchema):
    """One page of runs, the newest first."""

    total = fields.Integer(
        metadata={
            "description": "number of all matching runs; with a filter, GitHub returns at most 1,000 at once, and "
            "older runs are counted when a page reaches them"
        }
    )
    items = fields.List(fields.Nested(RunSchema), metadata={"description": "the runs on this page"})
    stale = fields.Boolean(
        metadata={"description": "true: GitHub is unavailable, and this is the last known list, read at `fetchedAt`"}
    )
    fetched_at = Instant(metadata={"description": "when the list was read from GitHub"})


class RerunSchema(CamelCaseSchema):
    """The jobs to re-run."""

    failed_only = fields.Boolean(
        required=True,
        metadata={"description": "true: only the failed jobs and the jobs that depend on them; false: all jobs"},
    )


class AcceptedRerunSchema(AnswerSchema):
    """The run that GitHub re-runs; its id stays the same and its attempt increases."""

    id = fields.Integer(metadata={"description": "id of the run at GitHub"})
