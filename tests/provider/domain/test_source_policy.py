"""Which sources a rule of policy.yaml covers."""

import pytest

from provider.domain.source_policy import pattern_problem


@pytest.mark.parametrize("pattern", ["", "*", "acme/*", "svn:acme/*", "github:", "github:a b"])
def test_a_pattern_names_its_provider(pattern: str) -> None:
    """The message shows what to write."""
    assert "github:acme/*" in (pattern_problem(pattern) or "")


@pytest.mark.parametrize("pattern", ["github:acme/*", "gitlab:acme/**", "git:https://git.example.org/**"])
def test_a_pattern_with_a_provider_is_valid(pattern: str) -> None:
    """Each provider has patterns."""
    assert pattern_problem(pattern) is None
