"""What GitHub's lists of releases and tags say. Pure.

Source: GitHub's docs, "REST API endpoints for releases" and "List repository tags".
"""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from provider.tracker.decisions.fields import LONGEST_RELEASE_NOTES
from provider.tracker.decisions.release import FoundRelease, ReleaseList

_REPOSITORY = re.compile(r"/repos/([^/]+/[^/]+)/")
_WEB = ("https://", "http://")


class UnreadableList(ValueError):
    """This is no list of releases or tags as GitHub makes them."""


def release_of(entry: Mapping[str, Any], hashes: Mapping[str, str]) -> FoundRelease:
    """A release; its hash where its tag has one.

    Notes are cut where they are longer than people may write them: GitHub's have at most 125,000 characters.

    Raises:
        UnreadableList: it has no tag.
    """
    draft = entry.get("draft") is True
    version = _text(entry, "tag_name")
    url = entry.get("html_url")
    return FoundRelease(
        version=version,
        date=_time(entry.get("published_at")),
        notes=entry["body"][:LONGEST_RELEASE_NOTES] if isinstance(entry.get("body"), str) else "",
        url=url if isinstance(url, str) and url.startswith(_WEB) else None,
        hash=None if draft else hashes.get(version),
        prerelease=entry.get("prerelease") is True,
        draft=draft,
        listed_in=ReleaseList.RELEASES,
    )


def tag_of(entry: Mapping[str, Any]) -> tuple[str, str]:
    """A tag's name, and the commit that it stands for in the end.

    Raises:
        UnreadableList: it has no name or no commit.
    """
    commit = entry.get("commit")
    if not isinstance(commit, dict):
        raise UnreadableList("a tag has no commit")
    return _text(entry, "name"), _text(commit, "sha")


def repository_of(entries: Iterable[Mapping[str, Any]]) -> str | None:
    """OWNER/NAME as the entries' own addresses have it: another one than was asked for after it was renamed.

    GitHub leads from an old name to the new one, whose owner may be another.
    """
    for entry in entries:
        commit = entry.get("commit")
        url = commit.get("url") if isinstance(commit, dict) else entry.get("url")
        if isinstance(url, str) and (found := _REPOSITORY.search(url)):
            return found[1]
    return None


def _text(entry: Mapping[str, Any], name: str) -> str:
    value = entry.get(name)
    if not isinstance(value, str) or not value:
        raise UnreadableList(f"an entry has no {name}")
    return value


def _time(value: object) -> datetime | None:
    """A time in UTC; None for one without an offset, or outside the years that can be stored."""
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
        return found.astimezone(UTC) if found and found.tzinfo else None
    except (ValueError, OverflowError):
        return None
