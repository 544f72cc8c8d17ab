"""Which sources a rule of policy.yaml covers."""

import pytest

from provider.domain.source_policy import pattern_problem


@pytest.mark.parametrize("pattern", ["", "*", "acme/*", "svn:acme/*", "github:", "github:a b"])
def test_a_pattern_names_its_provider(pattern: str) -> None:
    """The message shows what to write."""
    assert "github:acme/*" in (pattern_problem(pattern) or "")
