"""What is told about new releases: one message for all that a poll found. Pure."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from provider.domain.tracker.release import FoundRelease

LONGEST_NOTES = 4_000
"""Characters of a release's notes in a message: more than a channel shows, and far less than a changelog may have."""


@dataclass(frozen=True, slots=True)
class Announcement:
    """A message about releases; the id is the same whenever the same releases of a repository are told."""

    id: str
    subject: str
    body: dict[str, object]


def announcement(repository: int, name: str, url: str, type: str, releases: Sequence[FoundRelease]) -> Announcement:  # noqa: A002 - the API's word
    """The message for releases of a repository, in the order given."""
    versions = "\n".join(sorted(release.version for release in releases))
    mark = hashlib.sha256(versions.encode(errors="replace")).hexdigest()[:32]
    body: dict[str, object] = {
        "repository": {"id": repository, "name": name, "url": url, "type": type},
        "releases": [_document(release) for release in releases],
    }
    return Announcement(f"releases-{repository}-{mark}", name, body)


def _document(release: FoundRelease) -> dict[str, object]:
    return {
        "version": release.version,
        "date": None if release.date is None else release.date.isoformat(),
        "notes": release.notes[:LONGEST_NOTES],
        "url": release.url,
        "hash": release.hash,
        "prerelease": release.prerelease,
    }
