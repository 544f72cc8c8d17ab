"""Whether there is a file for the new entries of a caller."""

import pytest

from provider.domain.enrolling.change import Requester, WrittenEntries
from provider.domain.enrolling.placing import check_has_file
from provider.domain.policy.rules import Policy, PolicyRule
from provider.errors import ChangeNotAllowed

TEAM = "group:default/team-a"
JANE = Requester("user:default/jane", ownership=frozenset({"user:default/jane", TEAM}))


def written(files: str, owners: str) -> WrittenEntries:
    """Files with one rule."""
    return WrittenEntries(policy=Policy(rules=(PolicyRule((files,), owners=(owners,)),)))


@pytest.mark.parametrize(
    ("files", "owners"),
    [
        ("images.d/team-a.yaml", TEAM),
        ("images.d/shared.yaml", TEAM),
        ("images.d/*.yaml", "group:default/*"),
        ("images.d/jane.yaml", "user:default/jane"),
        ("images.d/team-a.yaml", "group:default/Team-A"),
    ],
)
def test_a_rule_for_one_of_the_callers_groups_is_enough(files: str, owners: str) -> None:
    """By name, by pattern, and in the file of another name."""
    check_has_file(JANE, written(files, owners))


@pytest.mark.parametrize(
    ("files", "owners"),
    [("images.d/team-b.yaml", "group:default/team-b"), ("images.yaml", TEAM), ("images.d/a/b.yaml", TEAM)],
)
def test_without_a_rule_the_message_names_it(files: str, owners: str) -> None:
    """The rule that an admin can add."""
    with pytest.raises(ChangeNotAllowed, match=r"\{files: images\.d/team-a\.yaml, owners: \[group:default/team-a\]\}"):
        check_has_file(JANE, written(files, owners))


def test_an_admin_needs_no_rule() -> None:
    """And somebody without groups reads a rule for the user."""
    check_has_file(Requester("boss", is_admin=True), WrittenEntries())
    with pytest.raises(ChangeNotAllowed, match=r"owners: \[user:default/joe\]"):
        check_has_file(Requester("user:default/joe"), WrittenEntries())
    with pytest.raises(ChangeNotAllowed, match=r"files: images\.d/joe\.yaml, owners: \[joe\]"):
        check_has_file(Requester("joe"), WrittenEntries())
