"""The fake GitHub's pure parts: workflow files and the filters of runs."""

from datetime import UTC, datetime

import pytest

from tests.peers.github.repository import Repository
from tests.peers.github.runs import Run, filtered
from tests.peers.github.state import State
from tests.peers.github.workflow_file import Input, parse_workflow

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("trigger", "inputs"),
    [
        ("on: workflow_dispatch", {}),
        ("on: [push, workflow_dispatch]", {}),
        ("on:\n  workflow_dispatch:", {}),
        ("on:\n  workflow_dispatch:\n    inputs:\n      a: {required: true}", {"a": Input(True, "")}),
        (
            "'on':\n  workflow_dispatch:\n    inputs:\n      a: {default: x}\n      b:",
            {"a": Input(False, "x"), "b": Input(False, "")},
        ),
        ("on: push", None),
        ("on: [push]", None),
        ("on:\n  push:", None),
    ],
)
def test_a_dispatchs_inputs_are_read_from_the_file(trigger: str, inputs: dict[str, Input] | None) -> None:
    """Every form of the trigger is read."""
    assert parse_workflow(f"name: Build\n{trigger}\n", "x.yml").inputs == inputs


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("name: Build\non: push", "Build"),
        ("on: push", "x.yml"),
        ("run-name: Build for ${{ inputs.id }}/${{inputs.none}}\non: push", "Build for 7/"),
        ("run-name: Build ${{ github.event.inputs.id }}\non: push", "Build 7"),
    ],
)
def test_a_runs_title_follows_run_name(text: str, title: str) -> None:
    """Inputs are filled in; a missing one is empty."""
    assert parse_workflow(text, "x.yml").title({"id": "7"}) == title


def run_at(moment: datetime) -> Run:
    """A run that was created then."""
    state = State(clock=lambda: moment)
    repository = Repository(1, "o", "r", "main", private=False, created_at=moment)
    repository.commit({".github/workflows/b.yml": "name: B\non: push\n"}, "Start", "main", moment)
    return state.add_run(repository, "b.yml", event="push", ref="main", actor="octocat", inputs={})


@pytest.mark.parametrize(
    ("created", "found"),
    [
        ("2026-03-02", True),
        ("2026-03-01", False),
        (">=2026-03-02T12:00:00Z", True),
        (">2026-03-02T12:00:00Z", False),
        ("<=2026-03-02", True),
        ("<2026-03-02", False),
        ("2026-03-01..2026-03-02", True),
        ("2026-03-03..*", False),
        ("*..2026-03-03", True),
    ],
)
def test_runs_are_filtered_by_creation(created: str, found: bool) -> None:
    """The filter has GitHub's search syntax for dates."""
    assert bool(filtered([run_at(NOON)], {"created": created})) is found


def test_filtered_lists_stop_at_a_thousand() -> None:
    """A list with a filter has only the newest thousand runs."""
    run = run_at(NOON)

    assert len(filtered([run] * 1001, {"event": "push"})) == 1000
    assert len(filtered([run] * 1001, {"page": "1"})) == 1001
