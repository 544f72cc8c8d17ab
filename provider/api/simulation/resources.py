"""GET /api/v1/simulation: what other policies would have built."""

from collections.abc import Callable, Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any

from flask import Response

from provider.api.answers.csv_answers import csv_answer, json_or_csv
from provider.api.enrolling.failures import http_failures
from provider.api.resources import ReadingBlueprint
from provider.api.schemas.histories import ListFormat
from provider.api.simulation.documents import COLUMNS, simulation_attributes, simulation_rows
from provider.api.simulation.schemas import SimulationQuery, SimulationSchema
from provider.auth.strict_query import refused_query
from provider.domain.simulation.question import InvalidQuestion, question_of
from provider.services.simulation.kept_answers import KeptSimulations


def simulation_resources(simulations: KeptSimulations, now: Callable[[], datetime]) -> Any:
    """The blueprint."""
    resources = ReadingBlueprint("simulation", "What other policies would have built")

    @resources.get(
        "/api/v1/simulation",
        SimulationSchema,
        SimulationQuery,
        [HTTPStatus.SERVICE_UNAVAILABLE],
        responses=json_or_csv(SimulationSchema),
    )
    def simulate(query: Mapping[str, Any]) -> Mapping[str, object] | Response:
        """Replay the recorded histories under other policies.

        Returns what was recorded, what the present policy would have built, and what each other delay, window and limit
        of builds would have built: builds a week, the busiest hour, how long images were behind, and builds on digests
        that were withdrawn later. One question is answered at a time, for up to 30 seconds. After 503 with Retry-After,
        the same question goes on where it was. An answer is kept for an hour. `image-factory simulate` has no limit.
        """
        try:
            asked = question_of(SimulationQuery().texts(query))
        except InvalidQuestion as error:
            raise refused_query(error.problems) from error
        with http_failures(now):
            found = simulations.answer(asked)
        if query["format"] is ListFormat.CSV:
            return csv_answer("simulation", COLUMNS, simulation_rows(found))
        return simulation_attributes(found)

    return resources.blueprint
