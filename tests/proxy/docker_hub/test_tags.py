"""Parsing a page of tags."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.reference import Digest
from proxy.docker_hub.tags import HubTag, TagsPage, parse_tags_page
from proxy.errors import Garbage
from proxy.version_types import PlatformImage

URL = "https://hub.example.com/v2/namespaces/o/repositories/a/tags?page=1"
ONE, TWO = Digest(f"sha256:{'1' * 64}"), Digest(f"sha256:{'2' * 64}")
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from([ONE, "1.0", "unknown"])
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3)
)
IMAGES = st.fixed_dictionaries({}, optional=dict.fromkeys(("os", "architecture", "variant", "digest", "size"), VALUES))
TAGS = st.fixed_dictionaries(
    {"name": st.just("1.0") | VALUES},
    optional={
        "digest": VALUES,
        "full_size": VALUES,
        "last_updated": VALUES | st.datetimes().map(str),
        "images": st.lists(IMAGES | VALUES, max_size=2) | VALUES,
    },
)
PAGES = st.fixed_dictionaries(
    {"count": st.just(1) | VALUES, "next": VALUES | st.text().map("http://{}".format)},
    optional={"results": st.lists(TAGS | VALUES, max_size=3)},
)


def page(*tags: Any, **others: Any) -> bytes:
    """A page with these tags."""
    return json.dumps({"count": len(tags), "next": None, "previous": None, "results": tags, **others}).encode()


def test_a_tag_is_read_with_its_platforms() -> None:
    """Attestations are left out, a platform without a digest is shown, unknown fields are ignored."""
    images = [
        {"os": "linux", "architecture": "arm64", "variant": "v8", "digest": ONE, "size": 7, "new": {}},
        {"os": "windows", "architecture": "amd64", "variant": "", "digest": TWO, "size": None},
        {"os": "unknown", "architecture": "unknown", "variant": None, "digest": ONE, "size": 1},
        {"os": "linux", "architecture": "386", "variant": None, "digest": None, "size": 1},
    ]
    tag = {"name": "1.0", "digest": TWO, "full_size": 9, "last_updated": "2026-11-22T11:00:00.5Z", "images": images}
    read = parse_tags_page(page(tag, more="?")).tags[0]

    assert read == HubTag(
        "1.0",
        digest=TWO,
        size=9,
        published_at=datetime(2026, 11, 22, 11, 0, 0, 500_000, tzinfo=UTC),
        platforms=(
            PlatformImage("linux", "arm64", "v8", ONE, 7),
            PlatformImage("windows", "amd64", None, TWO, None),
            PlatformImage("linux", "386", None, None, 1),
        ),
    )


def test_versions_of_windows_can_be_told_apart() -> None:
    """Docker Hub has an image of one architecture for each version of Windows."""
    images = [
        {"os": "windows", "architecture": "amd64", "os_version": version, "digest": ONE, "size": 7}
        for version in ("10.0.26100.2314", "10.0.20348.2849", "", None, "10.0; x")
    ]
    read = parse_tags_page(page({"name": "ltsc", "images": images})).tags[0]

    assert [each.os_version for each in read.platforms] == ["10.0.26100.2314", "10.0.20348.2849", None, None, None]


@pytest.mark.parametrize(
    ("status", "activity"),
    [
        ("active", "active"),
        ("inactive", "inactive"),
        ("stale", "stale"),
        ("", None),
        ("Active", None),
        (None, None),
        (["active"], None),
    ],
)
def test_a_tag_that_nobody_pulls_can_be_told_apart(status: Any, activity: str | None) -> None:
    """Any other word says nothing."""
    assert parse_tags_page(page({"name": "old", "tag_status": status})).tags[0].activity == activity


@pytest.mark.parametrize(
    "tag",
    [
        {"name": "old"},
        {"name": "old", "digest": None, "full_size": None, "last_updated": None, "images": None},
        {"name": "old", "digest": "", "full_size": "9", "last_updated": "0001-01-01T00:00:00Z", "images": {}},
        {"name": "old", "digest": "sha256:1", "full_size": -1, "last_updated": "once", "images": [None, "x", {}]},
    ],
)
def test_missing_values_are_none(tag: Any) -> None:
    """Old tags have no digest, and a time in the year 1 means never."""
    assert parse_tags_page(page(tag)).tags == (HubTag("old", None, None, None, ()),)


def test_the_last_push_has_precedence_over_the_last_change() -> None:
    """A change without a push does not make a tag newer; times are in UTC."""
    tag = {"name": "a", "tag_last_pushed": "2026-01-02T01:00:00+02:00", "last_updated": "2026-05-01T00:00:00Z"}

    assert parse_tags_page(page(tag)).tags[0].published_at == datetime(2026, 1, 1, 23, tzinfo=UTC)


def test_the_next_page_is_a_path_on_the_same_host() -> None:
    """Only the path and the query of the address are used."""
    assert parse_tags_page(page(next="https://hub.example.com/v2/x?page=2&page_size=100"), URL).next == (
        "/v2/x?page=2&page_size=100"
    )
    assert parse_tags_page(page(next="?page=2"), URL).next == "/v2/namespaces/o/repositories/a/tags?page=2"
    assert parse_tags_page(page(next=None), URL).next is None


@pytest.mark.parametrize(
    "following",
    [
        "https://evil.example.com/v2/x?page=2",
        "http://hub.example.com/v2/x?page=2",
        "https://hub.example.com:8443/v2/x",
        "https://hub.example.com@evil.example.com/v2/x",
        "//evil.example.com/v2/x",
        "https://hub.example.com//evil.example.com/x",
        "https://[",
        "https://hub.example.com/v2/x y\r\nz",
        5,
    ],
)
def test_a_next_page_on_another_host_is_refused(following: Any) -> None:
    """Another host, port or scheme would get our bearer token."""
    with pytest.raises(Garbage, match="Docker Hub's list of tags has "):
        parse_tags_page(page(next=following), URL)


@pytest.mark.parametrize("body", [b"", b"<p>", b"[]", b"{}", b'{"count": true, "results": []}', b"[" * 100_000])
def test_an_invalid_page_is_garbage(body: bytes) -> None:
    """Another document, or one that is nested too deeply, is garbage."""
    with pytest.raises(Garbage):
        parse_tags_page(body)


@pytest.mark.parametrize("tag", [None, "1.0", {}, {"name": ""}, {"name": "-a"}, {"name": "a/b"}, {"name": "a\n"}])
def test_a_tag_without_a_valid_name_is_garbage(tag: Any) -> None:
    """A name that cannot be a tag makes the page garbage."""
    with pytest.raises(Garbage, match="tag"):
        parse_tags_page(page(tag))


@given(PAGES.map(json.dumps).map(str.encode) | st.binary())
def test_any_answer_is_a_page_or_garbage(body: bytes) -> None:
    """For any body, no other error is raised, and the parsed values are valid."""
    for url in (None, URL):
        try:
            read = parse_tags_page(body, url)
        except Garbage:
            continue
        assert isinstance(read, TagsPage)
        assert read.next is None or read.next.startswith("/")
        assert all(tag.published_at is None or tag.published_at.tzinfo is UTC for tag in read.tags)
        assert all("unknown" not in (each.os, each.architecture) for tag in read.tags for each in tag.platforms)
