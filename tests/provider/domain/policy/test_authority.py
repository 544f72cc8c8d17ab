"""What an entry of a team's file may do, by the rules of policy.yaml."""

from dataclasses import replace

import pytest

from catalog.reference import ImageReference
from provider.domain.enrollment import Build, Enrollment, Source
from provider.domain.policy.authority import (
    ADMINS,
    Refusal,
    authority_of,
    branch_name,
    claim_refusal,
    is_own,
    missing_rule,
    origin_refusal,
    refusals,
    source_text,
    trusts,
)
from provider.domain.policy.rules import NO_POLICY, Policy, PolicyRule

FILE = "images.d/team-a.yaml"
ENTRY = Enrollment(
    "portal",
    "ghcr.io",
    "acme/portal",
    source=Source("github", "acme/Portal", branch="main"),
    build=Build("github-actions", workflow="build.yml"),
    owner="group:default/Team-A",
    file=FILE,
)
NOTHING = replace(
    ADMINS, shows_runs=False, owner_acts=False, claims_image=False, needs_id=True, needs_default_branch=True
)
GITLAB = "no rule lets this file start the pipelines of acme/ci, so nothing is built; add to rules in policy.yaml: "


def policy(**allowed: tuple[str, ...]) -> Policy:
    """One rule for the team's file."""
    return Policy(rules=(PolicyRule((FILE,), **allowed),))


@pytest.mark.parametrize("rules", [NO_POLICY, policy(), Policy(rules=(PolicyRule(("images.d/b.yaml",), ("**",)),))])
def test_without_a_rule_for_its_file_an_entry_has_the_defaults(rules: Policy) -> None:
    """It needs the id and the default branch, its owner gets no rights, and it claims no image."""
    assert authority_of(rules, ENTRY) == NOTHING


def test_an_entry_of_the_admins_file_may_do_everything() -> None:
    """It needs no rule."""
    assert authority_of(NO_POLICY, replace(ENTRY, file="images.yaml")) == ADMINS


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        (policy(sources=("github:acme/*",)), replace(NOTHING, shows_runs=True)),
        (policy(sources=("GitHub:ACME/portal",)), replace(NOTHING, shows_runs=True)),
        (policy(sources=("github:other/*",)), NOTHING),
        (policy(sources=("gitlab:acme/*",)), NOTHING),
        (policy(owners=("group:default/team-a",)), replace(NOTHING, owner_acts=True)),
        (policy(owners=("GROUP:default/*",)), replace(NOTHING, owner_acts=True)),
        (policy(owners=("group:default/team-b",)), NOTHING),
        (policy(images=("ghcr.io/acme/*",)), replace(NOTHING, claims_image=True)),
        (policy(images=("ghcr.io/other/*",)), NOTHING),
        (policy(workflows=("build*.yml",)), replace(NOTHING, needs_id=False)),
        (policy(workflows=("BUILD.yml",)), NOTHING),
        (policy(refs=("main",)), replace(NOTHING, needs_default_branch=False)),
        (policy(refs=("release/*",)), NOTHING),
        (
            policy(sources=("github:acme/*",), workflows=("*",), refs=("*",)),
            replace(NOTHING, shows_runs=True, needs_id=False, needs_default_branch=False),
        ),
        (policy(sources=("github:other/*",), workflows=("*",), refs=("*",)), NOTHING),
    ],
)
def test_each_key_of_a_rule_allows_its_own_kind(rules: Policy, expected: object) -> None:
    """Owners and hosted sources ignore case; workflows and refs count only in the sources that the rule names."""
    assert authority_of(rules, ENTRY) == expected


def test_several_rules_for_a_file_add_up() -> None:
    """Each one alone allows what it names."""
    rules = Policy(
        rules=(
            PolicyRule(("images.d/*.yaml",), sources=("gitlab:**",), refs=("main",)),
            PolicyRule((FILE,), owners=("**",)),
            PolicyRule((FILE,), workflows=("build.yml",)),
        )
    )

    assert authority_of(rules, ENTRY) == replace(NOTHING, owner_acts=True, needs_id=False)


def test_an_entry_without_an_owner_gives_the_default_owner_its_rights() -> None:
    """The default owner is the admins' choice."""
    assert authority_of(NO_POLICY, replace(ENTRY, owner=None)) == replace(NOTHING, owner_acts=True)


@pytest.mark.parametrize(
    ("build", "branch", "refs", "needed"),
    [
        (Build("github-actions", workflow="b.yml", ref="release/1"), "main", ("release/*",), False),
        (Build("github-actions", workflow="b.yml", ref="release/1"), "main", ("main",), True),
        (Build("github-actions", workflow="b.yml"), "refs/heads/main", ("main",), False),
        (None, "main", ("main",), False),
        (None, None, ("**",), True),
    ],
)
def test_the_branch_is_that_of_the_build_and_else_of_the_source(
    build: Build | None, branch: str | None, refs: tuple[str, ...], needed: bool
) -> None:
    """Patterns name a branch without refs/heads/; without a branch, the default branch is built."""
    entry = replace(ENTRY, build=build, source=Source("github", "acme/portal", branch=branch))

    assert authority_of(policy(refs=refs), entry).needs_default_branch is needed


def test_a_build_without_a_source_and_a_branch_is_of_the_default_branch() -> None:
    """No rule is needed for it, and none counts."""
    entry = replace(ENTRY, build=Build("gitlab", project="acme/ci"), source=None)

    assert authority_of(policy(refs=("**",)), entry).needs_default_branch


@pytest.mark.parametrize("source", [None, Source("github", "acme/portal")])
def test_an_entry_that_is_only_watched_has_no_build_to_allow(source: Source | None) -> None:
    """A rule for everything allows it no workflow and no branch, and nothing says that a rule is missing."""
    everything = policy(sources=("**",), workflows=("**",), refs=("**",), images=("**",), owners=("**",))
    found = authority_of(everything, replace(ENTRY, source=source, build=None))

    assert (found.needs_id, found.needs_default_branch, found.no_build) == (True, True, None)
    assert found.shows_runs is (source is not None)


@pytest.mark.parametrize(
    ("source", "pattern", "covered"),
    [
        (Source("git", "https://git.example.org/Team/app"), "git:https://git.example.org/Team/*", True),
        (Source("git", "https://git.example.org/Team/app"), "git:https://git.example.org/team/*", False),
        (Source("gitlab", "Acme/App"), "gitlab:acme/*", True),
    ],
)
def test_only_addresses_of_other_hosts_differ_by_case(source: Source, pattern: str, covered: bool) -> None:
    """GitHub and GitLab ignore case in the names of repositories."""
    assert authority_of(policy(sources=(pattern,)), replace(ENTRY, source=source)).shows_runs is covered


@pytest.mark.parametrize(
    ("build", "source", "sources", "reason"),
    [
        (
            Build("gitlab", project="acme/ci"),
            ENTRY.source,
            (),
            f'{GITLAB}{{files: {FILE}, sources: ["gitlab:acme/ci"]}}',
        ),
        (Build("gitlab"), Source("gitlab", "acme/ci"), (), f'{GITLAB}{{files: {FILE}, sources: ["gitlab:acme/ci"]}}'),
        (
            Build("gitlab", project="acme/ci"),
            ENTRY.source,
            ("github:acme/ci",),
            f'{GITLAB}{{files: {FILE}, sources: ["gitlab:acme/ci"]}}',
        ),
        (Build("gitlab", project="acme/CI"), ENTRY.source, ("gitlab:acme/*",), None),
        (Build("gitlab", project="acme/ci"), None, ("gitlab:acme/ci",), None),
        (Build("gitlab"), Source("gitlab", "acme/ci"), ("gitlab:acme/ci",), None),
        (
            Build("webhook", url="https://ci.example.org/build"),
            ENTRY.source,
            ("**",),
            "only images.yaml may name a webhook, so nothing is built; ask an admin to enroll the image there",
        ),
        (ENTRY.build, ENTRY.source, (), None),
    ],
)
def test_a_build_that_cannot_show_its_consent_needs_a_rule(
    build: Build, source: Source | None, sources: tuple[str, ...], reason: str | None
) -> None:
    """A GitLab project has to be named as a source, and a webhook is for admins alone."""
    entry = replace(ENTRY, build=build, source=source)

    assert authority_of(policy(sources=sources), entry).no_build == reason


@pytest.mark.parametrize(
    ("value", "written"),
    [("main", "main"), ("build*.yml", '"build*.yml"'), ("gitlab:a/b", '"gitlab:a/b"'), ("a,b", '"a,b"'), ("X", "X")]
    + [(f"a{sign}", f'"a{sign}"') for sign in "[]{}"],
)
def test_a_missing_rule_is_shown_as_yaml_reads_it(value: str, written: str) -> None:
    """A value with a character that means something in YAML is in quotes."""
    assert missing_rule(ENTRY, "refs", value) == f"add to rules in policy.yaml: {{files: {FILE}, refs: [{written}]}}"


def test_an_entry_trusts_its_own_file_and_who_may_claim_the_image() -> None:
    """Another file's entry needs a rule."""
    other = replace(ENTRY, name="other", file="images.d/team-b.yaml")

    assert trusts(NO_POLICY, ENTRY, ENTRY)
    assert trusts(NO_POLICY, other, replace(ENTRY, file="images.yaml"))
    assert not trusts(NO_POLICY, other, ENTRY)
    assert trusts(policy(images=("ghcr.io/acme/portal",)), other, ENTRY)


def test_own_repositories_are_those_of_the_policy() -> None:
    """Registry and repository are compared, not the tag."""
    image = ImageReference.parse("ghcr.io/acme/base:1")

    assert is_own(Policy(own=("ghcr.io/acme/*",)), image)
    assert not is_own(Policy(own=("ghcr.io/acme/base:1",)), image)
    assert not is_own(NO_POLICY, image)


def test_a_source_and_a_branch_are_named_as_in_patterns() -> None:
    """A branch may be written in full."""
    assert source_text(Source("github", "acme/Portal")) == "github:acme/Portal"
    assert (branch_name("refs/heads/a/b"), branch_name("a/b")) == ("a/b", "a/b")


RULE = f"add to rules in policy.yaml: {{files: {FILE}, images: [ghcr.io/acme/portal]}}"


@pytest.mark.parametrize(
    ("users", "first"), [({"b"}, "b"), ({"b", "a"}, "a and 1 more"), ({"c", "b", "a"}, "a and 2 more")]
)
def test_the_refusal_of_a_claim_names_who_uses_the_image(users: set[str], first: str) -> None:
    """The first by name, and how many more."""
    uses = f"{first} in another file uses ghcr.io/acme/portal, and no rule lets this file claim it"

    assert claim_refusal(ENTRY, frozenset(users)) == Refusal(("repository",), f"{uses}; {RULE}")


@pytest.mark.parametrize(("field", "what"), [("name", "portal"), ("repository", "ghcr.io/acme/portal")])
def test_the_refusal_of_an_image_of_another_file_names_that_file(field: str, what: str) -> None:
    """The field is the one that both files have."""
    was = f"{what} was enrolled in images.d/b.yaml, and no rule lets this file enroll it"

    assert origin_refusal(ENTRY, field, "images.d/b.yaml") == Refusal((field,), f"{was}; {RULE}")


def test_an_owner_and_a_build_that_no_rule_allows_are_refused() -> None:
    """Each one by its field; an owner that is not written is not refused."""
    entry = replace(ENTRY, build=Build("webhook", url="https://ci.example.org/build"))
    build = "only images.yaml may name a webhook, so nothing is built; ask an admin to enroll the image there"
    owner = (
        "no rule lets this file name group:default/Team-A, who gets no rights by it; "
        f'add to rules in policy.yaml: {{files: {FILE}, owners: ["group:default/Team-A"]}}'
    )

    assert list(refusals(NO_POLICY, entry)) == [Refusal(("owner",), owner), Refusal(("build", "system"), build)]
    assert list(refusals(NO_POLICY, replace(ENTRY, owner=None))) == []
    assert list(refusals(policy(owners=("**",)), ENTRY)) == []
