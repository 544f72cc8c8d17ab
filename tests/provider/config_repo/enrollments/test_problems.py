"""Tests of the text of a problem."""

import pytest

from provider.config_repo.enrollments.problems import EnrollmentProblem, dotted
from provider.yaml_lines import Path


def test_a_problem_has_its_place_and_its_message() -> None:
    """The text has file, line, image, field and message, in this order."""
    message = "'7x' is not a duration; write for example 12h, 7d or 2w"

    assert str(EnrollmentProblem("images.yaml", 12, "backstage", "rebuildDelay", message)) == (
        "images.yaml:12: backstage: rebuildDelay: '7x' is not a duration; write for example 12h, 7d or 2w"
    )


def test_missing_parts_are_left_out() -> None:
    """A problem of a whole file has neither image nor field."""
    assert str(EnrollmentProblem("images.yaml", 3, None, None, "this is not YAML")) == "images.yaml:3: this is not YAML"


@pytest.mark.parametrize(
    ("path", "text"),
    [((), None), (("source", "repo"), "source.repo"), (("platforms", 0), "platforms[0]"), ((0,), "[0]")],
)
def test_a_path_is_written_with_dots_and_brackets(path: Path, text: str | None) -> None:
    """Keys are separated by dots, and indexes are in brackets."""
    assert dotted(path) == text
