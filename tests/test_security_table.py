"""The table of docs/security.md: every requirement of level 1 has its row, and each named test exists."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "docs" / "security.md").read_text("utf-8")
# How many requirements of level 1 each section has. Source: OWASP Application Security Verification Standard 5.0.0.
LEVEL_1 = """
    1.2:5 1.3:2 1.5:1 2.1:1 2.2:2 2.3:1 3.2:2 3.3:1 3.4:2 3.5:3 4.1:1 4.4:1 5.2:2 5.3:2 6.1:1 6.2:8 6.3:2 6.4:2 7.2:4
    7.4:2 8.1:1 8.2:2 8.3:1 9.1:3 9.2:1 10.4:5 11.3:2 11.4:1 12.1:1 12.2:2 13.4:1 14.2:1 14.3:1 15.1:1 15.2:1 15.3:1
"""
_ID = r"\d+\.\d+\.\d+"
_TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
_PLACES = re.findall(rf"^\| ({_ID}(?:(?:, | to ){_ID})*) (?=\w)", TEXT, re.MULTILINE)
_LEFT_OUT = re.findall(r"^Not applicable: (.*(?:\n.+)*)", TEXT, re.MULTILINE)


def _numbers(places: str) -> Iterator[str]:
    """Each requirement of `1.2.1, 1.2.3 to 1.2.5`."""
    for first, last in re.findall(rf"({_ID})(?: to ({_ID}))?", places):
        section, _, start = first.rpartition(".")
        for number in range(int(start), int((last or first).rpartition(".")[2]) + 1):
            yield f"{section}.{number}"


def test_every_requirement_of_level_1_is_answered_once() -> None:
    """In the table, or where it says what does not apply."""
    answered = [number for places in (*_PLACES, *_LEFT_OUT) for number in _numbers(places)]
    assert len(answered) == len(set(answered))
    sections = dict(each.split(":") for each in LEVEL_1.split())
    expected = {f"{section}.{number + 1}" for section, most in sections.items() for number in range(int(most))}
    assert set(answered) == expected


@pytest.mark.parametrize("test", sorted({"::".join(found) for found in _TEST.findall(TEXT)}))
def test_each_test_that_holds_a_requirement_exists(test: str) -> None:
    """A test that was renamed is renamed in the table too."""
    path, _, name = test.partition("::")
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    assert name in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
