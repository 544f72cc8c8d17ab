"""Tests of the findings about the source of an enrollment."""

import pytest

from provider.domain.discovery.findings import FileFindings, SourceFindings
from provider.domain.dockerfile import Discovery, DockerfileWarning, Unresolved
from provider.domain.enrollment import Bake, Source
from provider.domain.findings.finding import Finding, Level, Unanswered
from provider.domain.findings.source import source_findings
from provider.errors import InternalError
from proxy.errors import Never, NoSuchBranch, NoSuchFile, NoSuchRepository, NotFound, Refused, Unavailable

PORTAL = Source("github", "acme/portal")
BRANCH = Source("github", "acme/portal", branch="next")
BAKE = Source("github", "acme/portal", bake=Bake("bake.hcl", "app"))


@pytest.mark.parametrize(
    ("source", "failure", "field"),
    [
        (PORTAL, NoSuchRepository("no"), "source.repo"),
        (BRANCH, NoSuchRepository("no"), "source.repo"),
        (PORTAL, NoSuchBranch("no"), "source.repo"),
        (BRANCH, NoSuchBranch("no"), "source.branch"),
        (PORTAL, NoSuchFile("no"), "source.dockerfile"),
        (BRANCH, NotFound("no"), "source.dockerfile"),
        (BAKE, NoSuchFile("no"), "source.bake"),
        (PORTAL, Refused("no"), "source.repo"),
    ],
)
def test_what_is_not_there_is_an_error_at_its_key(source: Source, failure: Never, field: str) -> None:
    """Also where it is the failure of one file."""
    error = Finding(field, Level.ERROR, "no")

    assert list(source_findings(source, failure)) == [error]
    assert list(source_findings(source, SourceFindings(problem="no"), [failure])) == [error]


@pytest.mark.parametrize("answer", [Unavailable("later"), InternalError("later")])
def test_what_is_not_answered_is_not_known(answer: Unanswered) -> None:
    """It may be asked again."""
    assert list(source_findings(PORTAL, answer)) == [
        Finding("source.repo", Level.WARNING, "not known: later", unknown=True)
    ]


def test_a_file_that_is_refused_is_an_error_at_the_file() -> None:
    """Its problem is no failure to read it."""
    found = SourceFindings((FileFindings("Dockerfile", None, problem="Dockerfile: line 2: FROM needs an image"),))

    assert list(source_findings(PORTAL, found, [NoSuchRepository("another")])) == [
        Finding("source.dockerfile", Level.ERROR, "Dockerfile: line 2: FROM needs an image")
    ]


@pytest.mark.parametrize(
    ("hint", "todo"),
    [("", "set it in source.buildArgs, or give its ARG a default value"), ("declare it first", "declare it first")],
)
def test_a_variable_without_a_value_says_what_to_do(hint: str, todo: str) -> None:
    """Its own hint, where there is one."""
    found = SourceFindings((FileFindings("Dockerfile", Discovery((), (Unresolved("V", 2, hint),))),))

    assert list(source_findings(PORTAL, found)) == [
        Finding("source.dockerfile", Level.WARNING, f"line 2: V has no value, so the image is not known; {todo}")
    ]


def test_a_line_that_is_not_understood_is_a_warning_without_its_text() -> None:
    """A person who may not see the file may see the finding."""
    warning = DockerfileWarning(3, "this looks like a template", quoted="{{ secret }}")
    found = SourceFindings((FileFindings("Dockerfile", Discovery((), (), (warning,))),))

    assert list(source_findings(BAKE, found)) == [
        Finding("source.bake", Level.WARNING, "line 3: this looks like a template")
    ]
