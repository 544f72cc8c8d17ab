"""What an entry of a team's file gets only under a condition that the files alone do not show."""

from dataclasses import replace

import pytest

from provider.domain.enrollment import Build, Enrollment, Source
from provider.domain.policy.authority import Refusal
from provider.domain.policy.conditions import conditions
from provider.domain.policy.rules import NO_POLICY, Policy, PolicyRule

FILE = "images.d/a.yaml"
ENTRY = Enrollment(
    "portal",
    "ghcr.io",
    "acme/portal",
    source=Source("github", "acme/portal", branch="main"),
    build=Build("github-actions", workflow="build.yml"),
    file=FILE,
)
SOURCES = Refusal(
    ("source", "repo"),
    "its workflow runs are shown only with a rule; "
    'add to rules in policy.yaml: {files: images.d/a.yaml, sources: ["github:acme/portal"]}',
)
REFS = Refusal(
    ("source", "branch"),
    "main is built only if it is the default branch of the repository; "
    "add to rules in policy.yaml: {files: images.d/a.yaml, refs: [main]}",
)
WORKFLOWS = Refusal(
    ("source", "workflow"),
    "build.yml is started only if it declares the input image_factory_rebuild_id; "
    "add to rules in policy.yaml: {files: images.d/a.yaml, workflows: [build.yml]}",
)


RUNS = [("source", "repo")]


def rule(**allowed: tuple[str, ...]) -> Policy:
    """A policy with one rule for the file."""
    return Policy(rules=(PolicyRule((FILE,), **allowed),))


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        (NO_POLICY, [SOURCES, REFS, WORKFLOWS]),
        (rule(sources=("github:acme/*",)), [REFS, WORKFLOWS]),
        (rule(refs=("main",)), [SOURCES, WORKFLOWS]),
        (rule(workflows=("b*.yml",)), [SOURCES, REFS]),
        (rule(sources=("github:acme/*",), refs=("main",), workflows=("build.yml",)), []),
    ],
)
def test_a_rule_ends_the_condition_of_its_key(policy: Policy, expected: list[Refusal]) -> None:
    """Each message names the rule that is missing."""
    assert list(conditions(policy, ENTRY)) == expected


def test_an_entry_of_the_admins_file_and_one_that_is_only_watched_have_no_condition() -> None:
    """The first may do everything, and nothing is built of the second."""
    assert list(conditions(NO_POLICY, replace(ENTRY, file="images.yaml"))) == []
    assert list(conditions(NO_POLICY, replace(ENTRY, source=None, build=None))) == []


@pytest.mark.parametrize(
    ("build", "fields"),
    [
        (None, RUNS),
        (Build("github-actions", workflow="b.yml", ref="x"), [*RUNS, ("build", "ref"), ("build", "workflow")]),
        (Build("gitlab", ref="x"), RUNS),
        (Build("webhook", url="https://ci.example.org"), RUNS),
    ],
)
def test_the_condition_is_at_the_field_that_has_it(build: Build | None, fields: list[tuple[str, str]]) -> None:
    """The branch of the build comes before that of the source; what nothing builds has no condition for it."""
    found = list(conditions(NO_POLICY, replace(ENTRY, build=build)))

    assert [each.field for each in found] == fields
    assert all(each.message.startswith("x is built only if ") for each in found if each.field[1] == "ref")


def test_the_default_branch_needs_no_words_where_no_other_is_named() -> None:
    """Without a branch, the default one is built."""
    source = Source("github", "acme/portal")

    assert [each.field[1] for each in conditions(NO_POLICY, replace(ENTRY, source=source))] == ["repo", "workflow"]
