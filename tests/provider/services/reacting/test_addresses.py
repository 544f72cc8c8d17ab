"""Tests of the comparison of addresses of git repositories."""

import pytest

from provider.services.reacting.addresses import path_of_repository, same_repository

ADDRESS = "https://github.com/acme/image-config.git"


@pytest.mark.parametrize(
    "other",
    [
        ADDRESS,
        "https://github.com/acme/image-config",
        "https://GitHub.com/Acme/image-config.git/",
        "git@github.com:acme/image-config.git",
        "ssh://git@github.com/acme/image-config.git",
        "ssh://git@github.com:2222/acme/image-config",
        "git://github.com/acme/image-config.git",
        "https://token@github.com:8443/acme/image-config",
    ],
)
def test_one_repository_has_many_addresses(other: str) -> None:
    """Protocol, user, port, letter case and '.git' make no difference."""
    assert same_repository(ADDRESS, ["", other])
    assert path_of_repository(other) == "acme/image-config"


@pytest.mark.parametrize(
    "other",
    [
        "https://github.com/acme/image-config-2.git",
        "https://gitlab.com/acme/image-config.git",
        "https://github.com/other/acme/image-config",
        "acme/image-config",
        "/srv/image-config.git",
        "https://[github.com/acme/image-config",
        "https://github.com/",
        "",
    ],
)
def test_another_repository_or_no_address_is_not_it(other: str) -> None:
    """What is no address names no repository."""
    assert not same_repository(ADDRESS, [other])
    assert not same_repository(other, [ADDRESS])


def test_what_is_no_address_is_equal_to_nothing() -> None:
    """Not even to itself."""
    assert not same_repository("", [""])
    assert path_of_repository("/srv/image-config.git") == ""
