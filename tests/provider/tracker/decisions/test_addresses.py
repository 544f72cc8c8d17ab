"""Tests of the addresses of repositories."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provider.tracker.decisions.addresses import InvalidRepositoryAddress, parse_address
from provider.tracker.decisions.kinds import RepositoryType


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
        ("ghcr.io/acme/team/app", "container:ghcr.io/acme/team/app", "app"),
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


RIGHT = "; write for example https"
GITHUB, GIT, CONTAINER = RepositoryType.GITHUB, RepositoryType.GIT, RepositoryType.CONTAINER


@pytest.mark.parametrize(
    ("text", "kind", "key", "url"),
    [
        ("git@GitHub.com:acme/app.git", None, "github:acme/app", "https://github.com/acme/app"),
        ("ssh://git@GHE.example.org/acme/app.git", GITHUB, "github:acme/app", "https://ghe.example.org/acme/app"),
        ("GHE.example.org/acme/app", GITHUB, "github:acme/app", "https://ghe.example.org/acme/app"),
        ("acme/app/releases", GITHUB, "github:acme/app", "https://github.com/acme/app"),
        ("https://github.com/Xen/AppX/", None, "github:xen/appx", "https://github.com/Xen/AppX"),
        ("git.example.org/a/b.git", GIT, "git:git.example.org/a/b", "https://git.example.org/a/b.git"),
        ("https://h.example/X/Y/", GIT, "git:h.example/X/Y", "https://h.example/X/Y"),
        ("http://h.example:80/x", GIT, "git:h.example/x", "http://h.example:80/x"),
        ("http://h.example:443/x", GIT, "git:h.example:443/x", "http://h.example:443/x"),
        ("ssh://git@[::1]:22/x", GIT, "git:[::1]/x", "ssh://git@[::1]:22/x"),
        ("https://h.example/x@y/z", GIT, "git:h.example/x@y/z", "https://h.example/x@y/z"),
        ("ghcr.io/acme/app/", None, "container:ghcr.io/acme/app", "ghcr.io/acme/app"),
        (
            "http://Registry.example.org/v2/a/b/tags/list",
            None,
            "container:registry.example.org/a/b",
            "http://Registry.example.org/v2/a/b/tags/list",
        ),
    ],
)
def test_an_address_is_cleaned_up(text: str, kind: RepositoryType | None, key: str, url: str) -> None:
    """A repository at GitHub gets the address of its page; a git address stays as written, because git uses it."""
    address = parse_address(text, kind)

    assert (address.key, address.url) == (key, url)


@pytest.mark.parametrize(
    ("text", "kind", "message"),
    [
        ("", None, f"the address is empty{RIGHT}"),
        ("x" * 1_001, None, f"the address is longer than 1000 characters{RIGHT}"),
        ("x" * 1_000, None, "the address is not a repository in a container registry; write for example ghcr.io/"),
        ("acme/äpp", None, f"the address has characters that addresses cannot have{RIGHT}"),
        ("acme/a\0b", None, f"the address has characters that addresses cannot have{RIGHT}"),
        ("acme/a b", None, f"the address has a space{RIGHT}"),
        ("https://me:s3cret@github.com/acme/app", None, "the address contains credentials; remove them"),
        ("https://me:s3cret@h.example/a://b", None, "the address contains credentials; remove them"),
        ("github.com/acme/app?token=s3cret", None, "the address does not name a repository at GitHub; write for"),
        ("https://github.com/acme/app?token=s3cret", None, "the address is not one of a repository of this type; "),
        ("https://github.com/acme/app#s3cret", None, "the address is not one of a repository of this type; write"),
        ("https:///acme/app", GITHUB, "the address is not one of a repository of this type; write for example https:"),
        ("ftp://github.com/acme/app", GITHUB, "the address is not one of a repository of this type; write for exam"),
        ("https://git.example.org", GIT, "the address's path is empty or odd"),
        ("https://git.example.org/.git", GIT, "the address does not name a repository; write for example https://g"),
        ("https://ghcr.io", None, "the address names a registry but no repository; write for example https://github"),
        ("https://ghcr.io/X", CONTAINER, "the address is not a repository in a container registry; write for"),
        ("https://ghcr.io:99999/a/b", CONTAINER, "the address is invalid; write for example https://github.com/"),
        ("Acme/App", CONTAINER, "the address is not a repository in a container registry; write for example ghcr."),
        ("node:22", CONTAINER, "the address has a tag or a digest; remove it: all versions of the repository are"),
    ],
)
def test_the_problem_of_an_address_says_what_to_write(text: str, kind: RepositoryType | None, message: str) -> None:
    """And never repeats the address, which can contain a secret."""
    with pytest.raises(InvalidRepositoryAddress) as refused:
        parse_address(text, kind)

    assert str(refused.value).startswith(message)
    assert "s3cret" not in str(refused.value)


def test_the_host_of_a_github_enterprise_server_is_github() -> None:
    """Also with other letter case; without that setting it is any git host."""
    text = "https://ghe.example.org/acme/app"

    assert parse_address(text, github_site="https://GHE.example.org").type is GITHUB
    assert parse_address(text).type is GIT
