"""The project of a git address at a site."""

import pytest

from catalog.addresses import PUBLIC_SITES, Sites
from provider.forges.place import commit_page, project_at, project_page

GITHUB = "https://github.com"


@pytest.mark.parametrize(
    ("site", "address", "project"),
    [
        (GITHUB, "https://github.com/acme/config.git", "acme/config"),
        (GITHUB, "https://github.com/acme/config", "acme/config"),
        (GITHUB, "https://GitHub.com:443/acme/config.git/", "acme/config"),
        (GITHUB, "ssh://git@github.com/acme/config.git", "acme/config"),
        (GITHUB, "ssh://git@github.com:22/acme/config.git", "acme/config"),
        (GITHUB, "git@github.com:acme/config.git", "acme/config"),
        (GITHUB, "git@github.com:/acme/config.git", "acme/config"),
        ("https://gitlab.example.com", "https://gitlab.example.com/acme/team/config.git", "acme/team/config"),
        ("https://example.com/gitlab", "https://example.com/gitlab/acme/config.git", "acme/config"),
        ("https://example.com/gitlab", "git@example.com:acme/config.git", "acme/config"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080/acme/config.git", "acme/config"),
        (GITHUB, "https://gitlab.com/acme/config.git", None),
        (GITHUB, "http://github.com/acme/config.git", None),
        (GITHUB, "https://github.com:8443/acme/config.git", None),
        (GITHUB, "https://github.com.evil.example/acme/config.git", None),
        (GITHUB, "https://evil.example/github.com/acme/config.git", None),
        (GITHUB, "git@evil.example:acme/config.git", None),
        (GITHUB, "git://github.com/acme/config.git", None),
        (GITHUB, "file:///srv/github.com/acme/config.git", None),
        ("https://example.com/gitlab", "https://example.com/acme/config.git", None),
        ("https://example.com/gitlab", "https://example.com/gitlabber/acme/config.git", None),
        (GITHUB, "https://github.com/config.git", None),
        (GITHUB, "https://github.com/acme//config.git", None),
        (GITHUB, "/srv/config.git", None),
        (GITHUB, "", None),
    ],
)
def test_only_an_address_of_the_site_has_a_project_there(site: str, address: str, project: str | None) -> None:
    """The host, the port and the path of the site decide; ssh has a port of its own."""
    assert project_at(site, address) == project


@pytest.mark.parametrize(
    ("address", "page"),
    [
        ("https://github.com/acme/config.git", "https://github.com/acme/config/commit/7fd1"),
        ("git@git.example.com:acme/team/my config.git", "https://git.example.com/acme/team/my%20config/-/commit/7fd1"),
        ("https://elsewhere.example/acme/config.git", None),
        ("", None),
    ],
)
def test_a_commit_has_a_page_where_a_site_hosts_the_repository(address: str, page: str | None) -> None:
    """The two sites have different addresses for it."""
    assert commit_page(Sites(gitlab="https://git.example.com"), address, "7fd1") == page


@pytest.mark.parametrize(
    ("address", "page"),
    [
        ("https://github.com/acme/config.git", "https://github.com/acme/config"),
        ("git@gitlab.com:acme/tools/config.git", "https://gitlab.com/acme/tools/config"),
        ("https://git.example.org/acme/config", None),
    ],
)
def test_a_repository_has_a_page_where_its_site_is_known(address: str, page: str | None) -> None:
    """As its commits have."""
    assert project_page(PUBLIC_SITES, address) == page
