"""Releases: as found at a source, and as stored."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ReleaseList(StrEnum):
    """The lists that a source can have; a repository at GitHub has both."""

    RELEASES = "releases"
    TAGS = "tags"


@dataclass(frozen=True, slots=True)
class MovedTag:
    """The tag of a release points to something else than before: the hash that it had, and when that was seen."""

    previous_hash: str
    at: datetime


@dataclass(frozen=True, slots=True)
class SkippedRelease:
    """A person said not to update to a release: why, who, and when."""

    reason: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class FoundRelease:
    """A release from a source or a person.

    Attributes:
        version: as published: the tag of the release, or the name of the tag.
        date: when it was published; None if unknown.
        notes: Markdown as published; untrusted, so sanitise it before showing it.
        url: the web page of the release.
        hash: the commit that the tag points to, or the digest of the image; None if it was not read.
        prerelease: marked as a pre-release by the publisher; the version can indicate it too.
        draft: not published yet.
        listed_in: the list that it was found in; None: a person described it.
        variants: other tags of this version, which differ in an architecture, a distribution or a flavour.
        tag: the variant that `hash` is of, where no tag has the version as its name; None: the version is the tag.
    """

    version: str
    date: datetime | None = None
    notes: str = ""
    url: str | None = None
    hash: str | None = None
    prerelease: bool = False
    draft: bool = False
    listed_in: ReleaseList | None = None
    variants: tuple[str, ...] = ()
    tag: str | None = None


@dataclass(frozen=True, slots=True)
class Release:
    """A stored release; versions are unique in a repository.

    Attributes:
        by_hand: a person added or edited it, so polls do not change it.
        withdrawn: no longer published; it is kept and shown, but never the latest.
        listed_in: the list that it was found in last; None: not known, or a person added it.
        first_seen: when a poll found it published; None: a person added it, or it was found before that was kept.
        baseline: it is known from the start, so it is no news: the first poll found it, or a person added it.
        moved: the last time that its tag was moved; None: it never was, as far as is known.
        variants, tag: see `FoundRelease`.
        skipped: it is not one to update to, so it is never the latest; None: it was not skipped.
        unseen: a poll found something new about it, and no person has acknowledged it.
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
    listed_in: ReleaseList | None = None
    first_seen: datetime | None = None
    moved: MovedTag | None = None
    variants: tuple[str, ...] = ()
    tag: str | None = None
    baseline: bool = True
    skipped: SkippedRelease | None = None
    unseen: bool = False
