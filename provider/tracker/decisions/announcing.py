"""The announcement of new releases: one message for all that a poll found. Pure."""

import hashlib
from collections.abc import Sequence

from provider.notifications.message import Message, MessageKind
from provider.tracker.decisions.outcomes import News, NewsKind

LONGEST_NOTES = 4_000
"""The most characters of release notes in a message: more than a channel shows, and less than a long changelog."""


def announcement(repository: int, name: str, url: str, type: str, news: Sequence[News]) -> Message:  # noqa: A002 - the API's word
    """The message for news of a repository, in this order; the same news always give the same message id."""
    versions = "\n".join(sorted(map(_identity, news)))
    fingerprint = hashlib.sha256(versions.encode(errors="replace")).hexdigest()[:32]
    body: dict[str, object] = {
        "repository": {"id": repository, "name": name, "url": url, "type": type},
        "releases": [_document(each) for each in news],
    }
    return Message(f"releases-{repository}-{fingerprint}", MessageKind.RELEASES, name, body)


def _identity(news: News) -> str:
    """A release is new once; it can be promoted or moved later, and moved again."""
    version = news.release.version
    return version if news.kind is NewsKind.NEW else f"{version} {news.kind.value} {news.release.hash}"


def _document(news: News) -> dict[str, object]:
    release = news.release
    return {
        "change": news.kind.value,
        "previousHash": news.previous_hash,
        "version": release.version,
        "date": None if release.date is None else release.date.isoformat(),
        "notes": release.notes[:LONGEST_NOTES],
        "url": release.url,
        "hash": release.hash,
        "prerelease": release.prerelease,
    }
