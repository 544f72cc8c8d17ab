"""Parsing GitHub's Packages API."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.reference import ImageReference
from proxy.errors import Garbage
from proxy.versions.kinds.github_packages import (
    last_page,
    link_relations,
    owner_path,
    parse_owner,
    parse_versions,
    version_digests,
    versions_path,
)
from tests.fakes.registry import digest_of

OURS = "https://factory.example/proxy/registry/app/tags"
VERSION = {
    "id": 1,
    "name": digest_of("1"),
    "created_at": "2026-01-02T03:04:05Z",
    "html_url": "https://github.com/orgs/acme/packages/container/app/1",
    "metadata": {"package_type": "container", "container": {"tags": ["1.0.0", "latest"]}},
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["name", "metadata", "container", "tags", "created_at", "html_url"]), inner)
    ),
    max_leaves=20,
)


def test_a_version_is_one_row_for_each_tag() -> None:
    """Versions without tags give no row."""
    untagged = {**VERSION, "metadata": {"container": {"tags": []}}}
    first, second = parse_versions(json.dumps([untagged, VERSION]).encode(), "acme/app")
    assert (first.name, second.name) == ("1.0.0", "latest")
    assert (first.digest, first.url) == (digest_of("1"), VERSION["html_url"])
    assert first.published_at == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("tag", "moved"),
    [
        *(("latest", True), ("stable", True), ("main", True), ("edge-slim", True)),
        *(("1.0.0", False), ("v1.2", False), ("22-bookworm", False), ("20240101", False), ("sha-abcdef0", False)),
    ],
)
def test_a_channel_on_an_older_version_has_the_time_of_its_move(tag: str, moved: bool) -> None:
    """A release keeps that of its push: its version also changes when a channel moves on."""
    version = {**VERSION, "updated_at": "2026-11-01T00:00:00Z", "metadata": {"container": {"tags": [tag]}}}
    (row,) = parse_versions(json.dumps([version]).encode(), "acme/app")
    assert row.published_at == (
        datetime(2026, 11, 1, tzinfo=UTC) if moved else datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    )


def test_all_versions_have_their_digests() -> None:
    """Also those without tags; other texts are left out."""
    untagged = {**VERSION, "name": digest_of("2"), "metadata": {}}
    page = json.dumps([VERSION, untagged, {**VERSION, "name": "x"}, 7]).encode()
    assert version_digests(page, "acme/app") == {digest_of("1"), digest_of("2")}
    for body in (b"{}", b"x", b"[" * 100_000):
        with pytest.raises(Garbage):
            version_digests(body, "acme/app")


@pytest.mark.parametrize(
    ("header", "last"),
    [
        ('<https://api.github.com/x?page=2>; rel="next", <https://api.github.com/x?page=201>; rel="last"', 201),
        ('<https://api.github.com/x?per_page=100&page=7>; rel="last"', 7),
        ('<https://api.github.com/x?page=1>; rel="prev", <https://api.github.com/x?page=1>; rel="first"', None),
        ('<https://api.github.com/x?page=0>; rel="last"', None),
        ('<https://api.github.com/x?page=1234567>; rel="last"', None),
        ('<https://api.github.com/x?page=x>; rel="last"', None),
        ("", None),
    ],
)
def test_the_number_of_the_last_page_is_in_the_link(header: str, last: int | None) -> None:
    """Where GitHub names it."""
    assert last_page(header) == last


def test_invalid_values_are_left_out() -> None:
    """An address that is not on the web, an invalid digest and an invalid time are None."""
    for time in ("yesterday", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"):
        odd = {**VERSION, "name": "1.0", "created_at": time, "html_url": "javascript:alert(1)"}
        row, _ = parse_versions(json.dumps([odd]).encode(), "acme/app")
        assert (row.digest, row.published_at, row.url) == (None, None, None)


@given(JSON)
def test_any_document_is_read_or_garbage(document: object) -> None:
    """For any body, no other error is raised."""
    try:
        rows = parse_versions(json.dumps(document).encode(), "acme/app")
    except Garbage:
        return
    assert all(row.name for row in rows)


@pytest.mark.parametrize("body", [b"", b"{", b"{}", b'["x"]', b"\xff", b"[" * 100_000])
def test_a_document_that_is_not_a_list_is_garbage(body: bytes) -> None:
    """The message names the image, and shows nothing of the body."""
    with pytest.raises(Garbage, match="acme/app") as caught:
        parse_versions(body, "acme/app")
    assert caught.value.__cause__ is None


def test_owners_are_users_or_organizations() -> None:
    """Any other type is garbage: a bot owns no package."""
    assert parse_owner(b'{"type": "User"}', "mia") == "users"
    assert parse_owner(b'{"type": "Organization"}', "acme") == "orgs"
    for body in (b'{"type": "Bot"}', b"{}", b"[]", b'{"type": []}'):
        with pytest.raises(Garbage, match="bot"):
            parse_owner(body, "bot")


def test_names_are_encoded_in_paths() -> None:
    """Slashes of a nested name and special characters of an owner are encoded."""
    reference = ImageReference("ghcr.io", "acme/team/app")
    path = versions_path("orgs", reference, 2, 100)
    assert path == "/orgs/acme/packages/container/team%2Fapp/versions?page=2&per_page=100"
    assert owner_path("a/../b?c") == "/users/a%2F..%2Fb%3Fc"


def test_links_have_our_address() -> None:
    """Only the page numbers of GitHub's address are used."""
    header = (
        '<https://api.github.com/organizations/9/packages?page=2&per_page=5&token=x>; rel="next", '
        '<https://evil.example/?page=7>; rel="last", <https://api.github.com/?page=x>; rel="first", <x>; rel="icon"'
    )
    assert link_relations(header, OURS) == {"next": f"{OURS}?page=2&per_page=5", "last": f"{OURS}?page=7"}
    assert link_relations("", OURS) == {}


@given(st.text(max_size=300) | st.text("[]:/?#@%.x", max_size=20).map(lambda text: f'<http://{text}>; rel="next"'))
def test_no_header_leads_to_another_host(header: str) -> None:
    """For any Link header, every address is our own."""
    assert all(address.startswith(f"{OURS}?") for address in link_relations(header, OURS).values())
