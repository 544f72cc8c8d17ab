"""What is said of survivors is about code that is there."""

import ast
import tomllib
from pathlib import Path

import pytest

from tests.mutants.report import Explanation, read_explanations

ROOT = Path(__file__).parents[2]
MUTMUT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["mutmut"]
ACCEPTED = read_explanations(Path(__file__).with_name("accepted.toml").read_text("utf-8"))


def functions(path: Path) -> set[str]:
    """The names of a module's functions and methods, `Ledger.observe`."""
    found = set()
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.FunctionDef):
            found.add(node.name)
        elif isinstance(node, ast.ClassDef):
            found |= {f"{node.name}.{each.name}" for each in node.body if isinstance(each, ast.FunctionDef)}
    return found


@pytest.mark.parametrize("explanation", ACCEPTED, ids=lambda each: each.function)
def test_each_explanation_is_of_code_that_is_there(explanation: Explanation) -> None:
    """In one line, and of one change."""
    parts = explanation.function.split(".")
    module = next(path for end in (-1, -2) if (path := ROOT.joinpath(*parts[:end]).with_suffix(".py")).exists())
    name = explanation.function.removeprefix(f"{'.'.join(module.relative_to(ROOT).with_suffix('').parts)}.")

    lines = {line.strip() for line in module.read_text("utf-8").splitlines()}
    assert name in functions(module)
    assert {line[2:] for line in explanation.change if line.startswith("- ")} <= lines
    assert explanation.why
    assert "\n" not in explanation.why
    assert all(line[:2] in {"- ", "+ "} for line in explanation.change)


def test_no_change_is_explained_twice() -> None:
    """One place to correct."""
    places = [(each.function, each.change) for each in ACCEPTED]

    assert len(set(places)) == len(places)


@pytest.mark.parametrize("path", MUTMUT["only_mutate"] + MUTMUT["pytest_add_cli_args_test_selection"])
def test_what_is_mutated_and_what_runs_exists(path: str) -> None:
    """A file that was moved would be left out, or end the run."""
    assert list(ROOT.glob(path))
