"""The page /simulate: a form for the question, and the answer as a table and a picture."""

import shlex
from collections.abc import Callable, Mapping
from http import HTTPStatus

from flask import Blueprint, request
from werkzeug.exceptions import HTTPException

from provider.auth.strict_query import takes
from provider.domain.simulation.measures import length_text, measures_of
from provider.domain.simulation.question import InvalidQuestion, question_of
from provider.errors import ProviderError
from provider.pages.rendering import rendered
from provider.pages.simulation.bars import HEIGHT, WIDTH, bar_rows
from provider.pages.simulation.rows import week_rows, withdrawn_rows, worst_rows
from provider.services.simulation.kept_answers import (
    KeptSimulations,
    SimulationBusy,
    SimulationTooLong,
    SimulationUnfinished,
)
from proxy.errors import OutsideFailure

_OPTIONS = {
    "since": "--since",
    "rebuildDelay": "--rebuild-delay",
    "window": "--window",
    "maxConcurrentBuilds": "--max-concurrent-builds",
    "owner": "--owner",
}
"""The parameters of the page, with the options of the command."""
_FIRST = {"since": "90d", "rebuildDelay": "1d,3d,7d"}
"""What the form has before anything was asked."""
Failure = Callable[[ProviderError | OutsideFailure], HTTPException]


def add_simulation(blueprint: Blueprint, simulations: KeptSimulations, failure: Failure) -> None:
    """Serve /simulate.

    Args:
        blueprint: the pages of images.
        simulations: answers the questions.
        failure: the HTTP error for a config repository that cannot be read.
    """

    @blueprint.get("/simulate")
    @takes(*_OPTIONS)
    def simulate() -> str | tuple[str, int]:
        texts = {name: request.args.get(name, "").strip() for name in _OPTIONS}
        if not request.args:
            return _page(texts | _FIRST)
        try:
            found = simulations.answer(question_of(texts))
        except InvalidQuestion as error:
            return _page(texts, problems=error.problems), HTTPStatus.UNPROCESSABLE_ENTITY
        except (SimulationBusy, SimulationUnfinished, SimulationTooLong) as error:
            return _page(texts, wait=error), HTTPStatus.SERVICE_UNAVAILABLE
        except (ProviderError, OutsideFailure) as error:
            raise failure(error) from error
        return _page(
            texts,
            found=found,
            length=length_text(found.until - found.since),
            measures=measures_of(found),
            bars=bar_rows(found),
            size=(WIDTH, HEIGHT),
            weeks=week_rows(found),
            worst=worst_rows(found),
            withdrawn=withdrawn_rows(found),
        )


def _page(texts: Mapping[str, str], **shown: object) -> str:
    given = {name: text for name, text in texts.items() if text}
    words = [part for name, text in given.items() for part in (_OPTIONS[name], text)]
    command = shlex.join(["image-factory", "simulate", *words])
    return rendered("simulation/what_if.html", texts=texts, given=given, command=command, **shown)
