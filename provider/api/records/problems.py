"""GET /api/v1/problems: what is wrong now."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Response

from provider.api.answers.csv_answers import columns_of, csv_answer, json_or_csv, row_of
from provider.api.answers.paging import PagedAnswer, Window, page_document
from provider.api.resources import ReadingBlueprint
from provider.api.schemas.histories import ListFormat
from provider.api.schemas.operations import KnownProblemSchema, ProblemPageSchema, ProblemQuery
from provider.operation_ports import ProblemFilter, ProblemSource
from provider.services.problems.listing import numbered, problems_now

_FILTERS = tuple(field.name for field in dataclasses.fields(ProblemFilter))


def problems_resources(sources: Sequence[ProblemSource]) -> Any:
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
        problems = problems_now(sources, ProblemFilter(**{name: query[name] for name in _FILTERS}))
        if query["format"] is ListFormat.CSV:
            schema = KnownProblemSchema()
            rows = (row_of(schema, dataclasses.asdict(problem)) for problem in problems)
            return csv_answer("problems", columns_of(schema), rows)
        window, order = Window.of(query), "problems"
        here, end = window.cut(numbered(problems), order, lambda problem: problem[0])
        return page_document([problem for _, problem in here], len(problems), window, order, end)

    return resources.blueprint
