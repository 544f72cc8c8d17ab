"""GET /api/v1/problems: what is wrong now."""

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import Response

from provider.api.answers.csv_answers import columns_of, csv_answer, json_or_csv, row_of
from provider.api.answers.paging import PagedAnswer, Window, page_document
from provider.api.resources import ReadingBlueprint
from provider.api.schemas.histories import ListFormat
from provider.api.schemas.operations import KnownProblemSchema, ProblemPageSchema, ProblemQuery
from provider.operation_ports import ProblemDocument, ProblemSource
from provider.ports import ImageIndex
from provider.services.known_problems import problems_of_owner


def problems_resources(sources: Sequence[ProblemSource], index: ImageIndex) -> Any:
    """The blueprint for problems; each source has the problems of one kind."""
    resources = ReadingBlueprint("problems", "What is wrong now, and what to do")

    @resources.get("/api/v1/problems", ProblemPageSchema, ProblemQuery, responses=json_or_csv(ProblemPageSchema))
    def list_problems(query: Mapping[str, Any]) -> PagedAnswer | Response:
        """List what is wrong now.

        Returns invalid enrollments with file and line, images with errors or failed builds, the problem of the last
        round of the worker, messages that Slack refuses, tracked repositories that cannot be polled, credentials that
        cannot be used, registries that get no requests for some time because they fail, and a Backstage that does not
        take pushes. `since` and `until` are about when a problem began; a problem whose beginning is not known is
        always listed.
        """
        every: Iterable[ProblemDocument] = (problem for source in sources for problem in source())
        if query["owner"] is not None:
            every = problems_of_owner(index, every, query["owner"])
        problems = sorted((each for each in every if _began(each, query["since"], query["until"])), key=_key)
        if query["format"] is ListFormat.CSV:
            schema = KnownProblemSchema()
            rows = (row_of(schema, dataclasses.asdict(problem)) for problem in problems)
            return csv_answer("problems", columns_of(schema), rows)
        window, order = Window.of(query), "problems"
        here, end = window.cut(_numbered(problems), order, lambda numbered: numbered[0])
        return page_document([problem for _, problem in here], len(problems), window, order, end)

    return resources.blueprint


def _began(problem: ProblemDocument, since: datetime | None, until: datetime | None) -> bool:
    at = problem.since
    return at is None or ((since is None or at >= since) and (until is None or at < until))


def _key(problem: ProblemDocument) -> tuple[str, str, str, int, str]:
    return problem.kind, problem.name, problem.file or "", problem.line or 0, problem.message


def _numbered(problems: Iterable[ProblemDocument]) -> list[tuple[str, ProblemDocument]]:
    """Each problem with a unique text, which leads a cursor to it: two problems may be alike."""
    seen: dict[str, int] = {}
    numbered = []
    for problem in problems:
        text = repr(_key(problem))[:500]
        seen[text] = seen.get(text, 0) + 1
        numbered.append((f"{text} {seen[text]}", problem))
    return numbered
