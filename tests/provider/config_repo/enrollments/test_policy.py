"""Tests of reading policy.yaml."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provider.config_repo.enrollments.policy import read_policy
from provider.domain.source_policy import SourceRule

RULE = '- {sources: "github:acme/*", owners: [group:default/team-a]}\n'


def test_a_rule_is_read() -> None:
    """A rule has a pattern of sources and its owners."""
    assert read_policy("# who\n" + RULE) == ((SourceRule("github:acme/*", ("group:default/team-a",)),), ())


@pytest.mark.parametrize("text", ["", "# nothing\n", "[]\n"])
def test_a_policy_without_rules_is_valid(text: str) -> None:
    """Then only admins may enroll."""
    assert read_policy(text) == ((), ())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- [", "policy.yaml:2: this is not YAML"),
        ("sources: a\n", "policy.yaml:1: this is not a list; write rules like"),
        ("\n- text\n", "policy.yaml:2: must be a mapping"),
        ("- sources: acme/*\n  owners: [group:default/a]\n", "policy.yaml:1: sources: this is not a pattern"),
        ('- sources: "github:a/*"\n  owners: []\n', "policy.yaml:2: owners: is empty; name an owner"),
        ('- sources: "github:a/*"\n', "policy.yaml:1: owners: is missing"),
        ('- sources: "github:a/*"\n  owners:\n  - team\n', "policy.yaml:3: owners[0]: 'team' is not an owner"),
        (
            '- sources: "github:a/*"\n  ownres: [a]\n  owners: [user:default/a]\n',
            "policy.yaml:2: ownres is not known; did",
        ),
        (
            '- owners: [user:default/a]\n  sources: "github:a/*"\n  sources: "git:**"\n',
            "policy.yaml:3: 'sources' is written",
        ),
        ("!x y\n", "policy.yaml:1: the tag '!x'"),
    ],
)
def test_an_invalid_rule_allows_nothing(text: str, message: str) -> None:
    """Its problem has the line, and it gives no rule."""
    rules, problems = read_policy(text)

    assert rules == ()
    assert [str(problem)[: len(message)] for problem in problems] == [message]


def test_an_invalid_rule_does_not_hide_the_others() -> None:
    """All other rules are read."""
    rules, problems = read_policy(RULE + "- text\n" + RULE)

    assert (len(rules), len(problems)) == (2, 1)


@given(st.text() | st.text(alphabet="-:[]{}&*! \nsourceswn"))
def test_any_text_is_rules_and_problems(text: str) -> None:
    """No text raises, and each problem is one printable line."""
    assert all(str(problem).isprintable() for problem in read_policy(text)[1])
