"""Tests of the type that an address most likely has."""

import pytest

from provider.tracker.decisions.kinds import RepositoryType
from provider.tracker.decisions.suggestions import suggested_type

GITHUB, GIT, CONTAINER = RepositoryType.GITHUB, RepositoryType.GIT, RepositoryType.CONTAINER


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("acme/app", GITHUB),
        ("acme/app.js", GITHUB),
        ("https://github.com/acme/app", GITHUB),
        ("https://www.GitHub.com/acme/app", GITHUB),
        ("git@github.com:acme/app.git", GITHUB),
        ("https://git.example.org/acme/app", GIT),
        ("ssh://git@git.example.org/acme/app", GIT),
        ("git@git.example.org:acme/app", GIT),
        ("gitlab.com/acme/team/app", GIT),
        ("git.example.org/acme/app.git", GIT),
        ("node", CONTAINER),
        ("git.example.org/acme/app", CONTAINER),
        ("https://ghcr.io/acme/app", CONTAINER),
        ("https://registry.example.org/acme/app", CONTAINER),
        ("https://acme.azurecr.io/app", CONTAINER),
        ("https://git.example.org:5000/v2/app/tags/list", CONTAINER),
        ("", GITHUB),
        ("/", GITHUB),
    ],
)
def test_an_address_suggests_a_type(text: str, expected: RepositoryType) -> None:
    """By its host where the host is known, else by the way it is written."""
    assert suggested_type(text) is expected


def test_the_host_of_a_github_enterprise_server_suggests_github() -> None:
    """It does not replace github.com."""
    assert suggested_type("https://ghe.example.org/acme/app", "ghe.example.org") is GITHUB
    assert suggested_type("https://github.com/acme/app", "ghe.example.org") is GITHUB
    assert suggested_type("https://ghe.example.org/acme/app") is GIT
