"""Tests of which token a git repository is read with."""

import pytest

from provider.composition.git_tokens import git_tokens, github_site
from provider.settings import read_settings
from proxy.secrets.secret import Secret


@pytest.mark.parametrize(
    ("api", "site"),
    [
        ("https://api.github.com", "https://github.com"),
        ("https://github.example.com/api/v3", "https://github.example.com"),
    ],
)
def test_github_is_opened_where_its_api_says(api: str, site: str) -> None:
    """A company's own server has both on one host."""
    assert github_site(read_settings({"IMAGE_FACTORY_GITHUB_API_URL": api})) == site


def test_git_gets_tokens_of_its_own_hosts_alone() -> None:
    """GitLab's and GitHub's, by https only."""
    tokens = {"IMAGE_FACTORY_GITHUB_TOKEN": "ghp_x", "IMAGE_FACTORY_GITLAB_TOKEN": "glpat-x"}
    assert git_tokens(read_settings({})) == {}
    assert git_tokens(read_settings(tokens)) == {"github.com": Secret("ghp_x"), "gitlab.com": Secret("glpat-x")}
    plain = read_settings({**tokens, "IMAGE_FACTORY_GITLAB_URL": "http://gitlab.example.com"})
    assert git_tokens(plain) == {"github.com": Secret("ghp_x")}
