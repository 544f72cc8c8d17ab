"""Tests of the findings about what no rule of policy.yaml allows."""

from dataclasses import replace

from provider.domain.enrollment import Build, Enrollment
from provider.domain.findings.finding import Finding, Level
from provider.domain.findings.rules import rule_findings
from provider.domain.policy.rules import Policy, PolicyRule
from provider.domain.snapshot import Snapshot
from provider.domain.state import ImageState
from tests.provider.domain.samples import NODE, dependency, image

TEAM = "images.d/team-a.yaml"
ENTRY = replace(image("node", file=TEAM).enrollment, registry="docker.io", repository="library/node", tag="22")
USER = image("user", dependency())


def found(entry: Enrollment, *images: ImageState, policy: Policy | None = None) -> list[Finding]:
    """The findings beside these images, all enrolled."""
    snapshot = Snapshot("0", {}, {each.name: each for each in images}, {}, policy=policy or Policy())
    return list(rule_findings(entry, snapshot))


def test_each_thing_that_no_rule_allows_is_at_its_key() -> None:
    """A key inside another one is written with its path."""
    entry = replace(ENTRY, owner="group:default/team-a", build=Build("webhook", url="https://builds.example.com"))

    assert [(each.field, each.level, each.needs_rule) for each in found(entry)] == [
        ("owner", Level.WARNING, True),
        ("build.system", Level.WARNING, True),
    ]


def test_an_image_that_entries_of_other_files_use_is_not_claimed_without_a_rule() -> None:
    """Those that use another image do not matter, nor do the entries of the same file."""
    other = image("other", dependency(replace(NODE, repository="library/debian")))
    (finding,) = found(ENTRY, USER, other)

    assert (finding.field, finding.level, finding.needs_rule) == ("repository", Level.WARNING, True)
    assert finding.message.startswith("user in another file uses docker.io/library/node, and no rule ")
    assert found(ENTRY, other, image("mate", dependency(), file=TEAM)) == []
    policy = Policy(rules=(PolicyRule((TEAM,), images=("docker.io/library/*",)),))
    assert found(ENTRY, USER, policy=policy) == []


def test_a_repository_with_another_tag_of_the_same_image_is_in_use() -> None:
    """Its makers are known by the repository."""
    twenty = replace(ENTRY, name="node-20", tag="20", file="images.d/team-b.yaml")

    (finding,) = found(ENTRY, ImageState(twenty, USER.enrolled_at))

    assert (finding.field, finding.needs_rule) == ("repository", True)


def test_what_a_file_enrolled_is_its_own_whoever_uses_it() -> None:
    """Another tag of it needs no rule."""
    known = ImageState(replace(ENTRY, name="node-20", tag="20"), USER.enrolled_at)

    assert found(ENTRY, known, USER) == []
