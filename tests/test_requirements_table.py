"""Tests of the table of requirements: every criterion has tests, and a keyword selects them."""

import ast
from collections import Counter
from pathlib import Path

import pytest

from tests.requirements_table import DOCUMENT, keywords, read_criteria

ROOT = Path(__file__).parent.parent
CRITERIA = read_criteria(DOCUMENT.read_text("utf-8"))


def test_each_criterion_has_tests() -> None:
    """The first ten requirements have five criteria each; those of Backstage, versions and builds have more."""
    expected = dict.fromkeys(range(1, 11), 5) | {11: 11, 12: 8, 13: 9}
    assert Counter(requirement for requirement, _ in CRITERIA) == expected
    assert [criterion for criterion, tests in CRITERIA.items() if not tests] == []


@pytest.mark.parametrize("test", sorted({test for tests in CRITERIA.values() for test in tests}))
def test_each_named_test_exists(test: str) -> None:
    """A test that was renamed is renamed in the table too."""
    path, _, name = test.partition("::")
    tree = ast.parse((ROOT / path).read_text("utf-8"))

    assert name in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_a_keyword_selects_the_tests_of_a_criterion(request: pytest.FixtureRequest) -> None:
    """Each test that was collected has the keywords of its rows."""
    known = keywords(CRITERIA)
    for item in request.session.items:
        expected = set(known.get(item.nodeid.partition("[")[0], ()))
        assert {word for word in item.extra_keyword_matches if word.startswith("req_")} == expected


def test_a_test_may_prove_several_criteria() -> None:
    """It has a keyword for each."""
    table = "| 1.2 | text | `tests/a.py::test_x` |\n| 7.4 | text | `tests/a.py::test_x`, `tests/b.py::test_y` |\n"

    assert keywords(read_criteria(table)) == {
        "tests/a.py::test_x": ("req_1_2", "req_7_4"),
        "tests/b.py::test_y": ("req_7_4",),
    }
