"""The rule that allows everything."""

from provider.domain.enrollment import Build, Enrollment, Source
from provider.domain.policy.authority import ADMINS, authority_of
from provider.domain.policy.rules import Policy, every_rule

FILE = "images.d/team-a.yaml"
ENTRY = Enrollment(
    "portal",
    "ghcr.io",
    "acme/team/portal",
    source=Source("git", "https://git.example.org/acme/portal", branch="release/1"),
    build=Build("github-actions", workflow="build.yml"),
    owner="group:default/team-a",
    file=FILE,
)


def test_every_rule_lets_the_entries_of_a_file_do_what_those_of_the_admins_do() -> None:
    """Whatever their sources, images, workflows, branches and owners are."""
    assert authority_of(Policy(rules=(every_rule(FILE),)), ENTRY) == ADMINS
    assert authority_of(Policy(rules=(every_rule("images.d/team-b.yaml"),)), ENTRY) != ADMINS
