"""Tests of the tokens for git repositories."""

import pytest

from provider.composition.git_tokens import git_tokens, github_site
from provider.settings import read_settings
from proxy.secrets.host_tokens import HostTokens
from proxy.secrets.secret import Secret


@pytest.mark.parametrize(
    ("api", "site"),
    [
        ("https://api.github.com", "https://github.com"),
        ("https://github.example.com/api/v3", "https://github.example.com"),
    ],
)
def test_the_address_of_githubs_web_site_follows_its_api(api: str, site: str) -> None:
    """An Enterprise Server has both on one host."""
    assert github_site(read_settings({"IMAGE_FACTORY_GITHUB_API_URL": api})) == site


def test_each_host_has_its_own_token() -> None:
    """GitLab and GitHub have tokens, for https addresses only."""
    tokens = {"IMAGE_FACTORY_GITHUB_TOKEN": "ghp_x", "IMAGE_FACTORY_GITLAB_TOKEN": "glpat-x"}
    assert git_tokens(read_settings({})) == HostTokens()
    found = git_tokens(read_settings(tokens))
    assert found.for_address("https://github.com/acme/app.git") == Secret("ghp_x")
    assert found.for_address("https://gitlab.com/acme/app.git") == Secret("glpat-x")
    plain = read_settings({**tokens, "IMAGE_FACTORY_GITLAB_URL": "http://gitlab.example.com"})
    assert git_tokens(plain) == HostTokens.of_sites([("https://github.com", Secret("ghp_x"))])
