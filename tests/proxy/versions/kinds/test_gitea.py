"""Gitea's packages, as go-gitea/gitea's modules/structs/package.go describes them."""

from collections.abc import Mapping
from datetime import UTC, datetime

from proxy.versions.kinds.gitea import parse_versions
from proxy.versions.listing import ListedTag
from tests.fakes.registry import digest_of

AT = datetime(2026, 11, 1, 8, tzinfo=UTC)


def test_only_tags_of_the_package_are_listed() -> None:
    """The filter also finds longer names, and each manifest is a version."""
    versions: list[Mapping[str, object]] = [
        {
            "name": "app",
            "version": "1.0.0",
            "created_at": "2026-11-01T09:00:00+01:00",
            "html_url": "https://git.example/1",
        },
        {"name": "app", "version": digest_of("1"), "created_at": "2026-11-01T09:00:00+01:00"},
        {"name": "app-slim", "version": "2.0.0"},
        {"name": "App", "version": "latest", "created_at": "0001-01-01T00:00:00Z", "html_url": "javascript:alert()"},
        {"name": "app", "version": None},
        {"name": None, "version": "x"},
    ]
    assert list(parse_versions(versions, "team/app")) == [
        ListedTag("1.0.0", published_at=AT, url="https://git.example/1"),
        ListedTag("latest"),
    ]
