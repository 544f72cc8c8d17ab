"""Tests of what all files of a source name together."""

import pytest

from provider.domain.discovery.findings import FileFindings, SourceFindings
from provider.domain.dockerfile import DockerfileWarning, Unresolved, discover

TEXT = "ARG A\nFROM $A AS a\nFROM node:22\nCOPIE hunter2 b\n"


@pytest.mark.parametrize(
    ("paths", "shown"),
    [
        (["Dockerfile"], ["Dockerfile"]),
        (["api/Dockerfile", "api/Dockerfile"], ["api/Dockerfile"]),
        (["api/Dockerfile", "web/Dockerfile"], ["api/Dockerfile", "web/Dockerfile"]),
        (["a", "b", "c"], ["a", "b", "c"]),
    ],
)
def test_a_place_has_its_file_where_there_are_several(paths: list[str], shown: list[str]) -> None:
    """One file that is read for several targets is one, and what it says twice is said once."""
    findings = SourceFindings(tuple(FileFindings(path, discover(TEXT)) for path in paths))
    files = shown if len(shown) > 1 else [""]

    assert [variable.place for variable in findings.unresolved] == [f"{file} line 2".strip() for file in files]
    assert [warning.place for warning in findings.not_understood] == [f"{file} line 4".strip() for file in files]
    assert {file for file, _ in findings.references} == set(files)


def test_a_warning_has_no_text_of_the_file() -> None:
    """People who see it need not be allowed to see the file."""
    (warning,) = SourceFindings((FileFindings("Dockerfile", discover(TEXT)),)).not_understood

    assert (warning.line, warning.quoted) == (4, None)


def test_what_concerns_the_whole_source_comes_first() -> None:
    """What is wrong with the bake file, and the contexts that hide an image; files that cannot be read name nothing."""
    hidden, warning = Unresolved("src", 7), DockerfileWarning(8, "an unknown function")
    files = (FileFindings("Dockerfile", discover(TEXT)), FileFindings("Dockerfile", None, "it does not exist"))
    findings = SourceFindings(files, problem="no bake file", warnings=(warning,), hidden=(hidden,))

    assert findings.problems == ("no bake file", "it does not exist")
    assert [each.line for each in findings.unresolved] == [7, 2]
    assert [each.line for each in findings.not_understood] == [8, 4]
    assert len(findings.references) == 1
