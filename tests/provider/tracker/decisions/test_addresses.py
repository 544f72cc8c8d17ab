"""Tests of the addresses of repositories."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provider.tracker.decisions.addresses import InvalidRepositoryAddress, parse_address
from provider.tracker.decisions.repository import RepositoryType


@pytest.mark.parametrize(
    ("text", "key", "name"),
    [
        ("acme/app", "github:acme/app", "app"),
        ("https://github.com/Acme/App/", "github:acme/app", "App"),
        ("git@github.com:acme/app.git", "github:acme/app", "app"),
        ("github.com/acme/app/releases", "github:acme/app", "app"),
        ("https://gitlab.com/a/b/c.git", "git:gitlab.com/a/b/c", "c"),
        ("https://GitLab.com:443/a/b/c/", "git:gitlab.com/a/b/c", "c"),
        ("ssh://git@h.example:2222/x/y.git", "git:h.example:2222/x/y", "y"),
        ("git@h.example:x/y.git", "git:h.example/x/y", "y"),
        ("http://127.0.0.1:5000/v2/team/app/tags/list", "container:127.0.0.1:5000/team/app", "app"),
        ("127.0.0.1:5000/team/app", "container:127.0.0.1:5000/team/app", "app"),
        ("node", "container:docker.io/library/node", "node"),
        ("https://hub.docker.com/_/node", "container:docker.io/library/node", "node"),
        (
            "https://registry.hub.docker.com/v2/repositories/library/debian/tags",
            "container:docker.io/library/debian",
            "debian",
        ),
        ("GHCR.io/acme/app", "container:ghcr.io/acme/app", "app"),
        ("https://quay.io/repository/a/b", "container:quay.io/a/b", "b"),
    ],
)
def test_tracker_an_address_suggests_type_and_name_and_has_one_key(text: str, key: str, name: str) -> None:
    """All ways to write an address have the same key."""
    address = parse_address(text)

    assert (address.key, address.name) == (key, name)
    assert parse_address(address.url, address.type).key == key


@pytest.mark.parametrize(
    "text",
    [
        "",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "ext::sh",
        "https://me:s3cret@git.example.org/x",
        "https://s3cret@github.com/acme/app",
        "github.com/acme/app?token=s3cret",
        "https://ghcr.io",
        "-x/y",
        "https://git.example.org/../x",
        "https://git.example.org/a b",
        "https://[::1/x",
    ],
)
@pytest.mark.parametrize("kind", [None, *RepositoryType])
def test_an_invalid_address_is_refused(text: str, kind: RepositoryType | None) -> None:
    """The message says how to write an address, and contains no secret."""
    with pytest.raises(InvalidRepositoryAddress) as refused:
        parse_address(text, kind)

    assert "s3cret" not in str(refused.value)


@pytest.mark.parametrize("text", ["ghcr.io/acme/app:1.2", "node@sha256:" + "a" * 64])
def test_an_address_with_a_tag_is_refused(text: str) -> None:
    """The message says to remove the tag."""
    with pytest.raises(InvalidRepositoryAddress, match="remove it"):
        parse_address(text, RepositoryType.CONTAINER)


def test_a_person_can_choose_another_type() -> None:
    """With the type GitHub, OWNER/NAME on any host is valid; with the type container, so is a short name."""
    github = parse_address("http://127.0.0.1:9/acme/app", RepositoryType.GITHUB)
    assert (github.path, github.url, github.host) == ("acme/app", "http://127.0.0.1:9/acme/app", None)
    container = parse_address("acme/app", RepositoryType.CONTAINER)
    assert (container.path, container.host) == ("docker.io/acme/app", "docker.io")
    assert parse_address("acme/app", github_site="https://ghe.example.org").url == "https://ghe.example.org/acme/app"


@given(
    st.text(max_size=30) | st.from_regex(r"(https?://|ssh://|git@)?[a-z0-9.:@\[\]-]{1,12}[:/][a-z0-9./%_-]{0,16}"),
    st.none() | st.sampled_from(RepositoryType),
)
def test_any_text_is_parsed_or_refused(text: str, kind: RepositoryType | None) -> None:
    """Any text is parsed or refused, and a parsed address parses to itself."""
    try:
        address = parse_address(text, kind)
    except InvalidRepositoryAddress:
        return
    assert parse_address(address.url, address.type).key == address.key
    assert address.name
