"""/api/v1/repositories/import/owner: the repositories of an owner at GitHub."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from marshmallow import fields, validate

from provider.api.answers.paging import PageDocument
from provider.api.answers.upstream_failures import UPSTREAM_FAILURES
from provider.api.changes import ChangingBlueprint
from provider.api.schemas.base import AnswerSchema, CamelCaseSchema
from provider.tracker.api.failures import refused_field, source_failures
from provider.tracker.api.repositories import REPOSITORIES
from provider.tracker.api.request_schemas import DryRunQuery, JsonBoolean
from provider.tracker.api.schemas import ImportReportSchema
from provider.tracker.api.transfers import import_document
from provider.tracker.ports import OwnerListKind
from provider.tracker.services.owner_import import Candidate, OwnerPreview
from provider.tracker.services.use_cases import TrackerUseCases
from proxy.errors import NotFound

_LONGEST_OWNER = 100
_MOST_CHOSEN = 1_000


class OwnerImportRequestSchema(CamelCaseSchema):
    """Whose repositories are imported, and which of them."""

    owner = fields.String(
        required=True,
        validate=validate.Length(1, _LONGEST_OWNER),
        metadata={"description": "name of a user or an organization at GitHub"},
    )
    kind = fields.Enum(
        OwnerListKind,
        by_value=True,
        data_key="list",
        load_default=OwnerListKind.REPOSITORIES,
        metadata={"description": "`repositories`: its own; `starred`: those that the user has starred"},
    )
    forks = JsonBoolean(load_default=False, metadata={"description": "true: forks too"})
    archived = JsonBoolean(load_default=False, metadata={"description": "true: archived repositories too"})
    repositories = fields.List(
        fields.String(),
        allow_none=True,
        load_default=None,
        validate=validate.Length(max=_MOST_CHOSEN),
        metadata={"description": "only these candidates, as OWNER/NAME; null: all"},
    )


class CandidateSchema(AnswerSchema):
    """A repository that can be tracked."""

    path = fields.String(metadata={"description": "OWNER/NAME"})
    url = fields.String(metadata={"description": "address of the repository"})
    description = fields.String(metadata={"description": "its description at GitHub"})
    fork = fields.Boolean(metadata={"description": "true: a fork"})
    archived = fields.Boolean(metadata={"description": "true: archived"})
    tracked = fields.Boolean(metadata={"description": "true: already tracked, with or without a filter"})


class LeftOutSchema(AnswerSchema):
    """How many repositories are no candidates."""

    forks = fields.Integer(metadata={"description": "forks"})
    archived = fields.Integer(metadata={"description": "archived repositories that are no forks"})


class OwnerImportSchema(ImportReportSchema):
    """What the list has, and what was added."""

    candidates = fields.List(
        fields.Nested(CandidateSchema), metadata={"description": "the repositories to choose from, by name"}
    )
    left_out = fields.Nested(LeftOutSchema, metadata={"description": "what is left out"})
    whole = fields.Boolean(metadata={"description": "false: only the first 1,000 repositories were read"})


def owner_import_resources(tracker: TrackerUseCases, now: Callable[[], datetime]) -> Any:
    """The blueprint for imports from an owner."""
    resources = ChangingBlueprint("owner-imports", "Import of the repositories of an owner at GitHub")

    @resources.change(
        "POST",
        f"{REPOSITORIES}/import/owner",
        OwnerImportSchema,
        query=DryRunQuery,
        body=OwnerImportRequestSchema,
        also=UPSTREAM_FAILURES,
    )
    def import_owner(query: Mapping[str, Any], body: Mapping[str, Any]) -> PageDocument:
        """Import the repositories of an owner.

        Reads the list with the credentials of the service: the repositories of a user or an organization, or those
        that a user has starred. Tracks the candidates, or those in `repositories`, all or none; repositories that are
        tracked already are not changed. With `dryRun=true` the response has the candidates, and nothing is written.
        """
        with source_failures(now):
            try:
                preview = tracker.owners.preview(
                    body["owner"], body["kind"], forks=body["forks"], archived=body["archived"]
                )
            except NotFound as error:
                raise refused_field("owner", str(error)) from error
        chosen = _chosen(preview, body["repositories"])
        if query["dry_run"]:
            return {**_document(preview), "added": [], "duplicates": []}
        report = tracker.owners.add([each.repository.path for each in chosen])
        return {**_document(preview), **import_document(report)}

    return resources.blueprint


def _chosen(preview: OwnerPreview, paths: list[str] | None) -> list[Candidate]:
    if paths is None:
        return list(preview.fresh)
    there = {each.repository.path.lower(): each for each in preview.candidates}
    missing = [path for path in paths if path.lower() not in there]
    if missing:
        raise refused_field("repositories", *(f"{path[:100]!r} is not among the candidates" for path in missing[:20]))
    return [there[path] for path in dict.fromkeys(path.lower() for path in paths)]


def _document(preview: OwnerPreview) -> PageDocument:
    candidates = [
        {
            "path": each.repository.path,
            "url": each.url,
            "description": each.repository.description,
            "fork": each.repository.fork,
            "archived": each.repository.archived,
            "tracked": each.tracked,
        }
        for each in preview.candidates
    ]
    left_out = {"forks": preview.forks, "archived": preview.archived}
    return {"candidates": candidates, "left_out": left_out, "whole": preview.whole}
