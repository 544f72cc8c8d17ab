"""Tests of reading policy.yaml."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provider.config_repo.enrollments.policy import read_policy
from provider.domain.policy.rules import NO_POLICY, Policy, PolicyRule

FULL = """# who may do what
own: [ghcr.io/acme/*]
rules:
  - files: images.d/team-a.yaml
    sources: ["github:acme/team-a-*"]
    images: ["ghcr.io/acme/team-a/*"]
    workflows: ["build*.yml"]
    refs: [main]
    owners: [group:default/team-a]
"""
RULE = "rules:\n- files: images.d/a.yaml\n"


def test_a_policy_is_read() -> None:
    """It has the repositories of the organisation, and rules with patterns."""
    assert read_policy(FULL) == (
        Policy(
            ("ghcr.io/acme/*",),
            (
                PolicyRule(
                    ("images.d/team-a.yaml",),
                    ("github:acme/team-a-*",),
                    ("ghcr.io/acme/team-a/*",),
                    ("build*.yml",),
                    ("main",),
                    ("group:default/team-a",),
                ),
            ),
        ),
        (),
    )


def test_a_rule_may_be_for_several_files_and_leave_out_every_other_key() -> None:
    """Then it allows nothing beyond the defaults."""
    found, problems = read_policy("rules: [{files: [images.d/a.yaml, images.d/b-*.yaml]}]")

    assert (found.rules, problems) == ((PolicyRule(("images.d/a.yaml", "images.d/b-*.yaml")),), ())


def test_a_policy_lists_the_removals_that_are_allowed() -> None:
    """Names of images; a list with a name that cannot be one allows nothing, and says where the name is."""
    assert read_policy("removals: [portal, billing]") == (Policy(removals=frozenset({"portal", "billing"})), ())

    found, (problem,) = read_policy("own: [ghcr.io/acme/*]\nremovals:\n- portal\n- Billing\n")
    assert found == Policy(("ghcr.io/acme/*",))
    assert str(problem).startswith("policy.yaml:4: removals[1]: 'Billing' ")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("quay.io:443/acme/*", "quay.io/acme/*"),
        ("index.docker.io/acme/*", "docker.io/acme/*"),
        ("registry.example.com:5000/**", "registry.example.com:5000/**"),
        ("localhost:443/acme/*", "localhost:443/acme/*"),
    ],
)
def test_patterns_of_images_are_spelled_as_references(written: str, read: str) -> None:
    """A pattern matches the images of its registry, however either is written."""
    text = f"own: ['{written}']\nrules:\n- {{files: images.d/a.yaml, images: ['{written}']}}\n"
    policy, problems = read_policy(text)

    assert (policy.own, policy.rules[0].images, problems) == ((read,), (read,), ())


@pytest.mark.parametrize("text", ["", "# nothing\n", "{}\n", "rules: []\n", "own: []\n"])
def test_an_empty_policy_is_valid(text: str) -> None:
    """Then the defaults hold for every team's file."""
    assert read_policy(text) == (NO_POLICY, ())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- [", "policy.yaml:2: this is not YAML"),
        ('\n- {sources: "github:acme/*", owners: [group:default/a]}', "policy.yaml:2: rules are no longer a list at"),
        ("text", "policy.yaml:1: this is not a mapping of own and rules; write own:"),
        ("rules: text", "policy.yaml:1: rules: must be a list of rules; write own:"),
        ("rules:\n  files: images.d/a.yaml", "policy.yaml:1: rules: must be a list of rules"),
        ("ruels: []", "policy.yaml:1: ruels is not known; did you mean rules?"),
        ("own: ghcr.io/acme/*", "policy.yaml:1: own: must be a list, for example [ghcr.io/acme/*]"),
        ("own:\n- ghcr.io/acme/*\n- acme/*", "policy.yaml:3: own[1]: 'acme/*' is not a pattern of images; write"),
        ("own: [docker.io/node]", "policy.yaml:1: own[0]: 'docker.io/node' matches nothing; write docker.io/library/n"),
        ("rules:\n- text", "policy.yaml:2: rules[0]: must be a mapping"),
        ("rules:\n- {}", "policy.yaml:2: rules[0].files: is missing"),
        ("rules:\n- files: []", "policy.yaml:2: rules[0].files: is empty; name a team's file"),
        ("rules:\n- files: images.yaml", "policy.yaml:2: rules[0].files[0]: images.yaml is the admins' file and needs"),
        ("rules:\n- files: team-a.yaml", "policy.yaml:2: rules[0].files[0]: 'team-a.yaml' is not a team's file"),
        (f"{RULE}  sources: [acme/*]", "policy.yaml:3: rules[0].sources[0]: this is not a pattern of sources; write"),
        (f"{RULE}  sources: ['github:*']", "policy.yaml:3: rules[0].sources[0]: this is not a pattern of sources"),
        (f"{RULE}  sources: 'github:a/*'", "policy.yaml:3: rules[0].sources: must be a list, for example"),
        (
            f"{RULE}  images:\n  - ghcr.io/Acme/*",
            "policy.yaml:4: rules[0].images[0]: 'ghcr.io/Acme/*' is not a pattern",
        ),
        (f"{RULE}  images: ['**']", "policy.yaml:3: rules[0].images[0]: '**' is not a pattern of images"),
        (f"{RULE}  images: ['*.io/a/b']", "policy.yaml:3: rules[0].images[0]: '*.io/a/b' is not a pattern of images"),
        (f"{RULE}  images: ['ghcr.io/a/b:1']", "policy.yaml:3: rules[0].images[0]: 'ghcr.io/a/b:1' is not a pattern"),
        (f"{RULE}  workflows: [build]", "policy.yaml:3: rules[0].workflows[0]: 'build' is not a pattern of workflows"),
        (f"{RULE}  workflows: ['a/b.yml']", "policy.yaml:3: rules[0].workflows[0]: 'a/b.yml' is not a pattern of"),
        (f"{RULE}  refs: [refs/heads/main]", "policy.yaml:3: rules[0].refs[0]: 'refs/heads/main' is not a pattern"),
        (f"{RULE}  refs: ['a b']", "policy.yaml:3: rules[0].refs[0]: 'a b' is not a pattern of branches; write for"),
        (f"{RULE}  owners:\n  - team", "policy.yaml:4: rules[0].owners[0]: 'team' is not a pattern of owners; write"),
        (f"{RULE}  ownres: [a]", "policy.yaml:3: rules[0]: ownres is not known; did you mean owners?"),
        (f"{RULE}  refs: [a]\n  refs: [b]", "policy.yaml:4: rules[0]: 'refs' is written twice"),
        (f"{RULE}  refs: [{'x' * 256}]", "policy.yaml:3: rules[0].refs[0]: is longer than 255 characters"),
        (f"{RULE}  refs: [{', '.join(['x'] * 101)}]", "policy.yaml:3: rules[0].refs: has more than 100 patterns"),
        ("!x y\n", "policy.yaml:1: the tag '!x'"),
    ],
)
def test_an_invalid_part_allows_nothing(text: str, message: str) -> None:
    """Its problem has the line and says what to write."""
    found, problems = read_policy(text)

    assert found == NO_POLICY
    assert [str(problem)[: len(message)] for problem in problems] == [message]


def test_an_invalid_rule_does_not_hide_the_others() -> None:
    """All other rules are read, and so is `own`."""
    found, problems = read_policy(f"{FULL}  - text\n  - files: images.d/b.yaml\n")

    assert (len(found.rules), len(found.own), len(problems)) == (2, 1, 1)


@given(st.text() | st.text(alphabet="-:[]{}&*! \nownrulesfi") | st.text(alphabet="-:[]{}*! \n").map(RULE.__add__))
def test_any_text_is_a_policy_and_problems(text: str) -> None:
    """No text raises, and each problem is one printable line."""
    assert all(str(problem).isprintable() for problem in read_policy(text)[1])
