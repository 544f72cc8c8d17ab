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
    ("listed", "scheme"),
    [
        ("registry.example.org:5000", "http"),
        ("registry.example.org", "http"),
        ("registry.example.org:5001", "https"),
        ("example.org", "https"),
    ],
)
def test_the_page_at_a_registry_that_is_reached_by_http_is_too(listed: str, scheme: str) -> None:
    """A host without a port covers all its ports, as in IMAGE_FACTORY_INSECURE_HOSTS; hosted registries stay https."""
    sites = Sites(http_hosts=frozenset({listed, "quay.io"}))

    page = registry_page(ImageReference.parse("registry.example.org:5000/a/b"), sites)
    assert page == f"{scheme}://registry.example.org:5000/a/b"
    assert registry_page(ImageReference.parse("quay.io/a/b"), sites) == "https://quay.io/repository/a/b"


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
        "https://a.example/b c",
        "http://[",
        7,
    ],
)
def test_other_addresses_are_no_links(text: object) -> None:
    """Only http and https with a host and without credentials are links."""
    assert not is_web_address(text)


# What `new URL("https://HOST:5000/")` of Node 20 answers.
@pytest.mark.parametrize(
    "host",
    [
        "registry.1",
        "registry.example.08",
        "registry.0x1",
        "registry.0x",
        "a.1.",
        "1.2.3.4.5",
        "256.1.1.1",
        "999999999999",
        "xn--a",
        "xn--",
        "a.xn--0.org",
        "a|b",
        "a^b",
        "a%41",
        "a<b",
        "[v1.a]",
        "[fe80::1%25eth0]",
        "[1.2.3.4]",
    ],
)
def test_a_host_that_backstage_refuses_is_no_link(host: str) -> None:
    """Backstage would drop the whole entity, so the image of such a registry is shown without the link."""
    assert not is_web_address(f"https://{host}:5000/")


@pytest.mark.parametrize("host", ["127.1", "0x7f.1", "1", "a..b", ".a", "a!b", "a\\b", "[::1]a", "[v1.a]b", "a:b:80"])
def test_other_forms_of_a_host_are_no_links_either(host: str) -> None:
    """What readers understand in different ways is refused."""
    assert not is_web_address(f"https://{host}/")


@pytest.mark.parametrize(
    "host",
    ["a_b.c", "-a.b-", "a.", "1.2.3.4", "1.2.3.4.", "1.example", "a.0xg", "A.B", "[::1]", "xn--nxasmq6b.example", "1a"],
)
def test_hosts_of_every_usual_form_are_links(host: str) -> None:
    """Names, also internationalised ones, and addresses."""
    assert is_web_address(f"https://{host}:5000/a")


@given(st.text())
def test_any_address_is_checked_without_an_exception(text: str) -> None:
    """Any text after the scheme gets a result without an exception."""
    assert is_web_address(f"https://{text}") in {True, False}


@pytest.mark.parametrize(
    "text",
    ["https://a\u00e4/", "https://a/\u00e4", "https://a/\n", "https://a/\x7f", "ftp://a/", "https://:80/", "HOST/A"],
)
def test_addresses_that_readers_could_misread_are_no_links(text: str) -> None:
    """Letters outside ASCII and characters that are not printable are refused, wherever they are."""
    assert not is_web_address(text)


@pytest.mark.parametrize("text", ["http://a", "https://a:8443/b?c=d@e#f", "https://[::1]/", "HTTPS://A/"])
def test_web_addresses_are_links(text: str) -> None:
    """Port, query and fragment are allowed, and an '@' that is not before the host."""
    assert is_web_address(text)


@pytest.mark.parametrize(
    ("source", "page"),
    [
        ({"provider": "github", "repo": "/acme/por tal/"}, "https://github.com/acme/por%20tal/"),
        ({"provider": "gitlab", "repo": "a/b c"}, "https://gitlab.com/a/b%20c/"),
        ({"provider": "github", "repo": "a/b", "branch": "x y"}, "https://github.com/a/b/tree/x%20y/"),
        ({"provider": "github", "repo": "a/b", "branch": 7, "dockerfile": 7}, "https://github.com/a/b/"),
        (
            {"provider": "gitlab", "repo": "a/b", "dockerfile": "c/d/Dockerfile"},
            "https://gitlab.com/a/b/-/tree/HEAD/c/d/",
        ),
        ({"provider": "git", "repo": "https://git.example.org/a/"}, "https://git.example.org/a/"),
        ({"repo": "https://git.example.org/a"}, "https://git.example.org/a"),
        ({"provider": "github", "repo": "//"}, None),
    ],
)
def test_addresses_of_sources_are_quoted(source: dict[str, object], page: str | None) -> None:
    """Spaces are quoted and slashes are not; a branch or a Dockerfile of another type is ignored."""
    assert source_page(source) == page


@pytest.mark.parametrize(
    ("registry", "repository", "page"),
    [
        ("docker.io", "library/a/b", "https://hub.docker.com/r/library/a/b"),
        ("docker.io", "a/library", "https://hub.docker.com/r/a/library"),
        ("ghcr.io", "a/a/b", "https://github.com/orgs/a/packages/container/package/a%2Fb"),
        ("quay.io", "a", "https://quay.io/repository/a"),
        ("example.org", "library/a", "https://example.org/library/a"),
    ],
)
def test_pages_of_unusual_repositories(registry: str, repository: str, page: str) -> None:
    """Only `library/NAME` is an official image, and only the owner is removed from the name of a package."""
    assert registry_page(ImageReference(registry, repository)) == page


def test_only_slashes_are_removed_from_the_ends_of_a_repository() -> None:
    """Letters at its ends stay."""
    assert source_page({"provider": "github", "repo": "/Xa/bX/"}) == "https://github.com/Xa/bX/"
