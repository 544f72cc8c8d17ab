"""Which sources a rule of policy.yaml covers."""

import pytest

from provider.domain.enrollment import Source
from provider.domain.source_address import SourceProvider
from provider.domain.source_policy import SourceRule, pattern_problem


@pytest.mark.parametrize(
    ("pattern", "provider", "repo"),
    [
        ("github:acme/*", "github", "acme/portal"),
        ("github:acme/*", "github", "ACME/Portal"),
        ("github:acme/portal", "github", "acme/portal"),
        ("gitlab:acme/**", "gitlab", "acme/team/portal"),
        ("git:https://git.example.org/**", "git", "https://git.example.org/acme/portal.git"),
    ],
)
def test_a_rule_covers_what_its_pattern_says(pattern: str, provider: SourceProvider, repo: str) -> None:
    """One star is any name, two are any path; GitHub and GitLab do not mind the case."""
    assert SourceRule(pattern, ()).covers(Source(provider, repo))


@pytest.mark.parametrize(
    ("pattern", "provider", "repo"),
    [
        ("github:acme/*", "gitlab", "acme/portal"),
        ("github:acme/*", "github", "acme-evil/portal"),
        ("github:acme/*", "github", "evil/acme"),
        ("gitlab:acme/*", "gitlab", "acme/team/portal"),
        ("git:https://*.example.org/**", "git", "https://evil.test/x.example.org/portal"),
        ("git:https://git.example.org/**", "git", "https://git.example.orgevil/portal"),
        ("git:https://git.example.org/**", "git", "https://gitxexample.org/portal"),
        ("git:https://git.example.org/a", "git", "https://git.example.org/A"),
    ],
)
def test_a_rule_covers_nothing_else(pattern: str, provider: SourceProvider, repo: str) -> None:
    """A star never crosses a slash, and every other character stands for itself."""
    assert not SourceRule(pattern, ()).covers(Source(provider, repo))


@pytest.mark.parametrize("pattern", ["", "*", "acme/*", "svn:acme/*", "github:", "github:a b"])
def test_a_pattern_names_its_provider(pattern: str) -> None:
    """The message shows what to write."""
    assert "github:acme/*" in (pattern_problem(pattern) or "")
