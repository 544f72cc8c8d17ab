"""Tests of the findings about the build of an enrollment."""

from dataclasses import replace
from typing import Any

import pytest

from provider.domain.build_request import BASE_IMAGES, FILLED_INPUTS, REASON, REBUILD_ID, BuildDescription
from provider.domain.enrollment import Build, Enrollment, Source
from provider.domain.findings.build import build_field, build_findings
from provider.domain.findings.finding import Finding, Level, Unanswered
from provider.domain.policy.authority import ADMINS, Authority
from proxy.errors import NoSuchBranch, NoSuchFile, NoSuchRepository, NotConfigured, Refused, Unavailable
from tests.provider.domain.samples import image

WORKFLOW = Build("github-actions", workflow="build.yml")
FOUND = BuildDescription("acme/portal/build.yml", startable=True, inputs=frozenset(FILLED_INPUTS))
FILLED = Finding(
    "source.workflow",
    Level.INFO,
    f"acme/portal/build.yml can be started, and a rebuild fills {REBUILD_ID}, {REASON}, {BASE_IMAGES}",
)
TEAM = Authority(
    shows_runs=False, owner_acts=True, claims_image=False, needs_id=True, needs_default_branch=True, no_build=None
)


def entry(**others: Any) -> Enrollment:
    """An entry of a team's file; keywords are the enrollment's."""
    return image(**{"build": WORKFLOW, "file": "images.d/team-a.yaml", **others}).enrollment


def found(answer: BuildDescription | Unanswered | None, authority: Authority = ADMINS, **others: Any) -> list[Finding]:
    """The findings about the entry with that answer of its build system."""
    return list(build_findings(entry(**others), authority, answer))


def test_a_build_that_takes_every_input_is_good_to_know() -> None:
    """There is nothing to correct, for admins and teams alike."""
    assert found(FOUND) == [FILLED]
    assert found(FOUND, TEAM) == [FILLED]


def test_an_image_that_is_only_watched_has_no_build() -> None:
    """Whatever its entry says of one."""
    assert found(FOUND, source=None) == []


def test_a_workflow_that_cannot_be_started_is_an_error_and_nothing_else_is_said() -> None:
    """Its inputs do not matter before it can be started."""
    (finding,) = found(replace(FOUND, startable=False, inputs=frozenset(), demanded=frozenset({"x"})))

    assert (finding.field, finding.level) == ("source.workflow", Level.ERROR)
    assert finding.message.startswith("acme/portal/build.yml has no workflow_dispatch trigger")
    assert finding.message.endswith(f"with the inputs {REBUILD_ID}, {REASON}, {BASE_IMAGES}")


def test_inputs_that_a_rebuild_cannot_fill_are_an_error_with_their_names() -> None:
    """In the order of the alphabet; the other findings are there too."""
    first, second = found(replace(FOUND, demanded=frozenset({"zone", "channel"})))

    assert (first.field, first.level) == ("source.workflow", Level.ERROR)
    assert "requires channel, zone, which a rebuild cannot fill" in first.message
    assert second == FILLED


def test_a_workflow_without_the_id_of_the_rebuild_needs_a_rule_in_a_teams_file() -> None:
    """An admin's is started, with a warning."""
    without = replace(FOUND, inputs=frozenset({REASON, BASE_IMAGES}))
    filled = replace(
        FILLED, message=f"acme/portal/build.yml can be started, and a rebuild fills {REASON}, {BASE_IMAGES}"
    )
    missing = f"acme/portal/build.yml does not declare the input {REBUILD_ID}"

    refused, *more = found(without, TEAM)
    warned, *others = found(without)

    assert refused == Finding(
        "source.workflow",
        Level.ERROR,
        f"{missing}, and no rule lets this file start it without; add the input, or add to rules in policy.yaml: "
        "{files: images.d/team-a.yaml, workflows: [build.yml]}",
    )
    assert (warned.field, warned.level) == ("source.workflow", Level.WARNING)
    assert warned.message.startswith(f"{missing}, so a rebuild whose answer is lost may wait for a person")
    assert more == others == [filled]


def test_a_build_without_a_workflow_names_no_rule_for_workflows_of_its_own() -> None:
    """A pipeline has no file name."""
    (refused, *_) = found(replace(FOUND, inputs=frozenset()), TEAM, build=Build("gitlab"))
    (also, *_) = found(replace(FOUND, inputs=frozenset()), TEAM, build=None)

    assert refused.message.endswith("{files: images.d/team-a.yaml, workflows: []}")
    assert also.message == refused.message


def test_a_build_that_takes_no_digests_is_a_warning() -> None:
    """The digests move while it waits."""
    warned, _ = found(replace(FOUND, inputs=frozenset({REBUILD_ID})))

    assert (warned.field, warned.level) == ("source.workflow", Level.WARNING)
    assert warned.message == (
        f"acme/portal/build.yml does not declare the input {BASE_IMAGES}, so it builds on whatever the tags point to "
        "at that time; add the input, and build on its digests"
    )


def test_a_build_that_takes_nothing_says_so() -> None:
    """It can be started all the same."""
    *_, last = found(replace(FOUND, inputs=frozenset()))

    assert last == Finding(
        "source.workflow", Level.INFO, "acme/portal/build.yml can be started; a rebuild fills none of its inputs"
    )


@pytest.mark.parametrize(
    ("build", "field", "branch"),
    [
        (Build("github-actions", workflow="build.yml", ref="dev"), "build.ref", "dev"),
        (WORKFLOW, "source.branch", "next"),
        (None, "source.branch", "next"),
    ],
)
def test_a_branch_that_is_not_the_default_one_needs_a_rule_in_a_teams_file(
    build: Build | None, field: str, branch: str
) -> None:
    """The finding is at the key that names the branch, and has the rule."""
    source = Source("github", "acme/portal", branch="next")
    answer = replace(FOUND, ref=f"refs/heads/{branch}", default_branch="main")

    refused, *_ = found(answer, TEAM, source=source, build=build)

    assert refused == Finding(
        field,
        Level.WARNING,
        f"{branch} is not the default branch (main), and no rule lets this file build it; add to rules in policy.yaml: "
        f"{{files: images.d/team-a.yaml, refs: [{branch}]}}",
        needs_rule=True,
    )
    assert found(answer, source=source)[0] == FILLED


@pytest.mark.parametrize(
    ("ref", "default"), [("main", "main"), ("refs/heads/main", "main"), (None, "main"), ("dev", None), (None, None)]
)
def test_the_default_branch_and_one_that_is_not_known_need_no_rule(ref: str | None, default: str | None) -> None:
    """A start tells more."""
    assert found(replace(FOUND, ref=ref, default_branch=default), TEAM) == [FILLED]


@pytest.mark.parametrize(
    ("build", "field"),
    [
        (None, "build"),
        (WORKFLOW, "source.workflow"),
        (Build("github-actions"), "build"),
        (Build("github-actions", workflow="build.yml", ref="dev"), "build.workflow"),
        (Build("gitlab"), "build.project"),
        (Build("webhook", url="https://builds.example.com"), "build.url"),
    ],
)
def test_the_findings_are_at_the_key_that_names_the_build(build: Build | None, field: str) -> None:
    """A form shows them there."""
    assert build_field(entry(build=build)) == field
    assert [each.field for each in found(FOUND, build=build)] == [field]


def test_what_the_build_system_refuses_is_an_error_at_the_build() -> None:
    """What it does not answer now is not known, and credentials may come later."""
    assert found(Refused("no")) == [Finding("source.workflow", Level.ERROR, "no")]
    assert found(NoSuchFile("no file")) == [Finding("source.workflow", Level.ERROR, "no file")]
    assert found(NotConfigured("no token")) == [Finding("build.system", Level.WARNING, "no token")]
    assert found(Unavailable("later")) == [Finding("source.workflow", Level.WARNING, "not known: later", unknown=True)]
    nothing = "no build system is named, so the image is never rebuilt; write for example workflow: build.yml"
    assert found(None, build=None) == [Finding("build", Level.WARNING, nothing)]


GITLAB = Source("gitlab", "acme/portal", branch="next")


@pytest.mark.parametrize(
    ("source", "build"),
    [
        (Source("github", "acme/portal"), WORKFLOW),
        (GITLAB, Build("gitlab")),
        (GITLAB, Build("gitlab", project="acme/portal")),
        (GITLAB, Build("gitlab", ref="next")),
    ],
)
@pytest.mark.parametrize("failure", [NoSuchRepository("none"), NoSuchBranch("none")])
def test_a_repository_that_is_read_and_built_is_missed_once(source: Source, build: Build, failure: Unanswered) -> None:
    """The finding about the source is enough."""
    assert found(failure, source=source, build=build) == []


@pytest.mark.parametrize(
    ("source", "build"),
    [
        (Source("github", "acme/portal"), Build("github-actions", workflow="build.yml", ref="dev")),
        (GITLAB, Build("gitlab", project="acme/builds")),
        (GITLAB, Build("gitlab", ref="dev")),
        (GITLAB, None),
    ],
)
@pytest.mark.parametrize("failure", [NoSuchRepository("none"), NoSuchBranch("none")])
def test_another_repository_or_branch_is_an_error_of_the_build(
    source: Source, build: Build | None, failure: Unanswered
) -> None:
    """The source says nothing about it."""
    (finding,) = found(failure, source=source, build=build)

    assert (finding.level, finding.message) == (Level.ERROR, "none")
    assert finding.field == build_field(entry(source=source, build=build))
