"""Tests of the announcement of releases."""

import json
from datetime import UTC, datetime

import pytest

from provider.notifications.message import Message, MessageKind
from provider.tracker.decisions.announcing import (
    LONGEST_NOTES,
    MOST_NOTES,
    MOST_RELEASES,
    AnnouncedRepository,
    announcement,
)
from provider.tracker.decisions.kinds import RepositoryType, TagForm
from provider.tracker.decisions.outcomes import News
from provider.tracker.decisions.release import FoundRelease
from provider.tracker.decisions.repository import Address

FIRST = FoundRelease("1.1.0", datetime(2026, 3, 1, tzinfo=UTC), "notes", "https://example.org/1", "ab" * 20, True)
SECOND = FoundRelease("1.0.0")
GITHUB = Address(RepositoryType.GITHUB, "https://github.com/acme/app", "acme/app", "app")


def _message(*releases: FoundRelease, repository: int = 7) -> Message:
    about = AnnouncedRepository(repository, "app", GITHUB, TagForm.ANY, "1.1.0", "https://example.org/1")
    return announcement(about, [News(release) for release in releases])


def test_a_message_shows_the_repository_and_its_releases_in_the_given_order() -> None:
    """With every value that was read; a date is ISO 8601, and an unknown one is null."""
    message = _message(FIRST, SECOND)

    assert (message.kind, message.subject) == (MessageKind.RELEASES, "app")
    assert message.body == {
        "repository": {
            "id": 7,
            "name": "app",
            "url": "https://github.com/acme/app",
            "type": "github",
            "path": "acme/app",
            "page": "https://github.com/acme/app",
        },
        "latest": {"version": "1.1.0", "url": "https://example.org/1"},
        "releases": [
            {
                "change": "new",
                "previousHash": None,
                "version": "1.1.0",
                "date": "2026-03-01T00:00:00+00:00",
                "notes": "notes",
                "url": "https://example.org/1",
                "hash": "ab" * 20,
                "prerelease": True,
                "channel": None,
                "variants": [],
            },
            {
                "change": "new",
                "previousHash": None,
                "version": "1.0.0",
                "date": None,
                "notes": "",
                "url": None,
                "hash": None,
                "prerelease": False,
                "channel": None,
                "variants": [],
            },
        ],
    }


def test_the_same_releases_have_one_message_id_for_good() -> None:
    """In any order, and in every version of this service: the outbox recognises a message that was sent before."""
    assert _message(FIRST, SECOND).id == "releases-7-c65d2366c2c3082b74e04f4a879f40be"
    assert _message(SECOND, FIRST).id == _message(FIRST, SECOND).id
    assert len({_message(FIRST).id, _message(SECOND).id, _message(FIRST, repository=8).id}) == 3


def test_a_version_that_is_no_utf_8_text_is_announced_too() -> None:
    """A tag of a git repository can be any bytes."""
    assert _message(FoundRelease("1.0.0\udcff")).id.startswith("releases-7-")


def test_long_notes_are_cut() -> None:
    """To the most characters that a message may have, shared by its releases."""
    most = "n" * LONGEST_NOTES

    assert _message(FoundRelease("1.0.0", notes=f"{most}x")) == _message(FoundRelease("1.0.0", notes=most))
    many = _message(*(FoundRelease(f"1.0.{number}", notes=most) for number in range(50)))
    assert len(json.dumps(many.body)) < MOST_NOTES + 50 * 250


@pytest.mark.parametrize("number", [201, 1_000, 20_000])
def test_the_size_of_a_message_does_not_grow_with_the_list(number: int) -> None:
    """A registry can name any number of new tags at once: the highest are in the message, with the number of all."""
    message = _message(*(FoundRelease(f"1.{number - each}.0", notes="n") for each in range(number)))
    found = message.body["releases"]

    assert isinstance(found, list)
    assert [found[0]["version"], len(found)] == [f"1.{number}.0", MOST_RELEASES]
    assert message.body["count"] == number
    assert len(json.dumps(message.body)) < MOST_NOTES + MOST_RELEASES * 300
    assert "count" not in _message(*(FoundRelease(f"1.{each}.0") for each in range(MOST_RELEASES))).body


@pytest.mark.parametrize(
    ("kind", "url", "path", "page"),
    [
        (RepositoryType.CONTAINER, "docker.io/library/redis", "docker.io/library/redis", "https://hub.docker.com/_/redis"),
        (RepositoryType.CONTAINER, "ghcr.io/acme/app", "ghcr.io/acme/app", "https://github.com/orgs/acme/packages/container/package/app"),
        (RepositoryType.CONTAINER, "quay.io/acme/app", "quay.io/acme/app", "https://quay.io/repository/acme/app"),
        (RepositoryType.GIT, "ssh://git@git.example.com/app", "git.example.com/app", None),
        (RepositoryType.GIT, "https://git.example.com/app.git", "git.example.com/app", "https://git.example.com/app.git"),
    ],
)  # fmt: skip
def test_tracker_a_message_links_to_the_page_of_the_repository(
    kind: RepositoryType,
    url: str,
    path: str,
    page: str | None,
) -> None:
    """An image to its page at the registry."""
    message = announcement(AnnouncedRepository(7, "app", Address(kind, url, path, "app"), TagForm.ANY), [News(SECOND)])

    assert message.body["repository"] == {
        "id": 7, "name": "app", "url": url, "type": kind.value, "path": path, "page": page
    }  # fmt: skip
    assert message.body["latest"] is None
