"""The announcement of new releases: one message for all that a poll found. Pure."""

import hashlib
from collections.abc import Sequence

from provider.notifications.message import Message, MessageKind
from provider.tracker.decisions.release import FoundRelease

LONGEST_NOTES = 4_000
"""The most characters of release notes in a message: more than a channel shows, and less than a long changelog."""


def announcement(repository: int, name: str, url: str, type: str, releases: Sequence[FoundRelease]) -> Message:  # noqa: A002 - the API's word
    """The message for releases of a repository, in this order; the same releases always give the same message id."""
    versions = "\n".join(sorted(release.version for release in releases))
    fingerprint = hashlib.sha256(versions.encode(errors="replace")).hexdigest()[:32]
    body: dict[str, object] = {
        "repository": {"id": repository, "name": name, "url": url, "type": type},
        "releases": [_document(release) for release in releases],
    }
    return Message(f"releases-{repository}-{fingerprint}", MessageKind.RELEASES, name, body)


def _document(release: FoundRelease) -> dict[str, object]:
    return {
        "version": release.version,
        "date": None if release.date is None else release.date.isoformat(),
        "notes": release.notes[:LONGEST_NOTES],
        "url": release.url,
        "hash": release.hash,
        "prerelease": release.prerelease,
    }
