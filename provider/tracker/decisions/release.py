"""Releases: as a source tells them, and as they are kept."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class FoundRelease:
    """A release as a source, an import or a person tells it.

    Attributes:
        version: as published: a release's tag, a tag's name.
        date: None where it cannot be had.
        notes: Markdown, as published: never shown without being sanitised.
        url: its web page.
        hash: the commit that a tag stands for in the end, or an image's digest; None where it was not asked for.
        prerelease: the publisher calls it so (the version itself may tell it too).
        draft: not published yet.
    """

    version: str
    date: datetime | None = None
    notes: str = ""
    url: str | None = None
    hash: str | None = None
    prerelease: bool = False
    draft: bool = False


@dataclass(frozen=True, slots=True)
class Release:
    """A kept release; versions are unique in a repository.

    Attributes:
        by_hand: a person wrote or changed it, so polls leave it as it is.
        withdrawn: it was found once and is not published any more: kept and shown, but never the latest.
    """

    id: int
    version: str
    date: datetime | None = None
    notes: str = ""
    url: str | None = None
    hash: str | None = None
    prerelease: bool = False
    draft: bool = False
    by_hand: bool = False
    withdrawn: bool = False
