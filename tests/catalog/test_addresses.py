"""Tests of web addresses for registries and sources."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.addresses import Sites, is_web_address, registry_page, source_page
from catalog.reference import ImageReference


@pytest.mark.parametrize(
    ("reference", "page"),
    [
        ("node:22", "https://hub.docker.com/_/node"),
        ("grafana/grafana", "https://hub.docker.com/r/grafana/grafana"),
        ("ghcr.io/acme/base:1", "https://github.com/orgs/acme/packages/container/package/base"),
        ("ghcr.io/acme/team/app", "https://github.com/orgs/acme/packages/container/package/team%2Fapp"),
        ("ghcr.io/app", "https://ghcr.io/app"),
        ("quay.io/acme/base", "https://quay.io/repository/acme/base"),
        ("registry.example.org:5000/a/b/c", "https://registry.example.org:5000/a/b/c"),
    ],
)
def test_every_registry_has_a_page(reference: str, page: str) -> None:
    """The address is the registry's web page, or else the registry itself, and is always valid."""
    assert registry_page(ImageReference.parse(reference)) == page
    assert is_web_address(page)


@pytest.mark.parametrize(
    ("source", "page"),
    [
        ({"provider": "github", "repo": "acme/portal"}, "https://github.com/acme/portal/"),
        (
            {"provider": "github", "repo": "acme/portal", "branch": "release/1", "dockerfile": "./a b/Dockerfile"},
            "https://github.com/acme/portal/tree/release/1/a%20b/",
        ),
        (
            {"provider": "github", "repo": "acme/portal", "dockerfile": "app/Dockerfile"},
            "https://github.com/acme/portal/tree/HEAD/app/",
        ),
        (
            {"provider": "gitlab", "repo": "acme/team/portal", "branch": "main"},
            "https://git.example.org/acme/team/portal/-/tree/main/",
        ),
        ({"provider": "git", "repo": "https://git.example.org/a.git", "branch": "x"}, "https://git.example.org/a.git"),
        ({"provider": "git", "repo": "git@git.example.org:a.git"}, None),
        ({"provider": "git", "repo": "https://me:secret@git.example.org/a.git"}, None),
        ({"provider": "github", "repo": 7}, None),
        ({}, None),
    ],
)
def test_the_address_of_a_source_is_the_folder_of_its_dockerfile(source: dict[str, object], page: str | None) -> None:
    """The address has the branch and the folder if they are set; an invalid address is left out."""
    assert source_page(source, Sites(gitlab="https://git.example.org")) == page


@pytest.mark.parametrize(
    "text",
    [
        "",
        "javascript:alert(1)",
        "https://",
        "//host/a",
        "https://me@host/",
        "http://host:x/",
        "https://a b/",
        "http://[",
        7,
    ],
)
def test_other_addresses_are_no_links(text: object) -> None:
    """Only http and https with a host and without credentials are links."""
    assert not is_web_address(text)


@given(st.text())
def test_any_address_is_checked_without_an_exception(text: str) -> None:
    """Any text after the scheme gets a result without an exception."""
    assert is_web_address(f"https://{text}") in {True, False}
