"""Tests of GET /api/v1/simulation."""

import csv
import io

import pytest

from provider.domain.simulation.policies import WhatIf
from provider.services.simulation.kept_answers import SimulationBusy
from proxy.errors import Unavailable
from tests.provider.simulation_world import PAYMENTS, SimulationWorld

PATH = "/api/v1/simulation"


def test_the_answer_has_what_was_recorded_and_each_policy() -> None:
    """Side by side, with the period, and what the figures take for granted."""
    answer = SimulationWorld().app().test_client().get(f"{PATH}?rebuildDelay=3d,1d&window=2h")
    found = answer.json
    assert answer.status_code == 200
    assert found is not None
    assert (found["since"], found["until"], found["images"]) == ("2026-10-20T12:00:00Z", "2026-11-29T12:00:00Z", 12)
    policies = found["policies"]
    assert [each["policy"] for each in policies] == [
        "recorded",
        "present policy",
        "1d delay, 2h window",
        "3d delay, 2h window",
    ]
    assert [each["rebuildDelay"] for each in policies] == [None, None, "1d", "3d"]
    assert policies[2]["window"] == "2h"
    assert policies[2]["onWithdrawn"] > 0
    assert policies[3]["onWithdrawn"] == 0
    assert {each["reference"] for each in policies[2]["withdrawn"]} == {"base-0:1"}
    assert len(policies[2]["weeks"]) == 6
    assert found["notes"]


def test_csv_has_a_row_for_each_policy() -> None:
    """A file, with the figures of the JSON document."""
    answer = SimulationWorld().app().test_client().get(f"{PATH}?rebuildDelay=0&format=csv")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert answer.headers["Content-Disposition"] == 'attachment; filename="simulation.csv"'
    assert [row["policy"] for row in rows] == ["recorded", "present policy", "no delay"]
    assert all(len(row["weeks"].split()) == 6 for row in rows)


def test_the_images_of_an_owner_are_counted() -> None:
    """In any case of its name."""
    client = SimulationWorld().app().test_client()
    counts = [client.get(PATH, query_string={"owner": owner}).json["images"] for owner in (PAYMENTS, PAYMENTS.upper())]  # type: ignore[index]
    assert counts == [4, 4]


@pytest.mark.parametrize(
    ("query", "name", "message"),
    [
        ("rebuildDelay=3", "rebuildDelay", "'3' is not a duration"),
        ("since=1000000d", "since", "is too long"),
        ("maxConcurrentBuilds=-1", "maxConcurrentBuilds", "is not a number of builds"),
        ("window=1d,2d", "window", "is not a duration"),
        ("delay=3d", "delay", "Not known"),
        ("format=xml", "format", "Must be one of"),
    ],
)
def test_a_question_that_is_not_valid_is_422(query: str, name: str, message: str) -> None:
    """With a message on the parameter, and nothing is computed."""
    world = SimulationWorld()
    answer = world.app().test_client().get(f"{PATH}?{query}")
    assert answer.status_code == 422
    assert answer.json is not None
    assert message in str(answer.json["errors"]["query"][name])
    assert world.reads == 0


def test_what_cannot_be_answered_now_is_503(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another question with a time to try again, a long one with the command, a config repository with its cause."""
    world = SimulationWorld(step=1.0)
    client = world.app().test_client()
    long = client.get(PATH)
    assert long.status_code == 503
    assert "image-factory simulate" in long.text
    assert "Retry-After" not in long.headers

    def busy(_asked: WhatIf) -> None:
        raise SimulationBusy("another simulation is being computed")

    monkeypatch.setattr(type(world.simulations), "answer", lambda _, asked: busy(asked))
    other = client.get(PATH)
    assert (other.status_code, other.headers["Retry-After"]) == (503, "5")
    monkeypatch.undo()

    world.step = 0.0
    world.reading = unavailable
    assert "the config repository does not answer" in client.get(PATH).text


def unavailable() -> None:
    """What the config repository answers."""
    raise Unavailable("the config repository does not answer")
