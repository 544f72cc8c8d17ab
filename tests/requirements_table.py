"""The criteria of docs/requirements.md and their tests."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

DOCUMENT = Path(__file__).parent.parent / "docs" / "requirements.md"

_ROW = re.compile(r"^\| (\d+)\.(\d+) \|", re.MULTILINE)
_TEST = re.compile(r"`(tests/[\w/]+\.py::test_\w+)`")


def read_criteria(text: str) -> Mapping[tuple[int, int], tuple[str, ...]]:
    """The tests of each criterion, as `path::name`, by the numbers of the requirement and the criterion."""
    rows = {(int(row[1]), int(row[2])): text[row.start() :].partition("\n")[0] for row in _ROW.finditer(text)}
    return {criterion: tuple(_TEST.findall(row)) for criterion, row in rows.items()}


def keywords(criteria: Mapping[tuple[int, int], Iterable[str]]) -> Mapping[str, tuple[str, ...]]:
    """The keywords of each test, such as `req_7_4`."""
    found: dict[str, tuple[str, ...]] = {}
    for (requirement, criterion), tests in criteria.items():
        for test in tests:
            found[test] = (*found.get(test, ()), f"req_{requirement}_{criterion}")
    return found
