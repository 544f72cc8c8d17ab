"""What a person wants of a repository: which list, which versions, and which of them are told. Pure."""

import hashlib
import json
from dataclasses import dataclass
from enum import StrEnum

from provider.tracker.decisions.fields import version_problem
from provider.tracker.decisions.kinds import TagForm
from provider.tracker.decisions.release import FoundRelease, Release
from provider.tracker.decisions.versions.expressions import matcher
from provider.tracker.decisions.versions.order import is_prerelease, tag_version


class ListSource(StrEnum):
    """Which list of a repository at GitHub is read; the other types have tags only."""

    RELEASES = "releases"
    TAGS = "tags"
    BOTH = "both"


class Prereleases(StrEnum):
    """What happens to pre-releases.

    tell: they are announced as other releases are.
    show: they are listed, and not announced.
    ignore: they are not listed; one that is promoted becomes a new release.
    """

    TELL = "tell"
    SHOW = "show"
    IGNORE = "ignore"


class AnnouncedVersions(StrEnum):
    """Which of the listed releases are announced in the channel.

    all: every one, except pre-releases that are only listed.
    stable: no pre-releases, and none of a channel such as `nightly`.
    major-minor: stable ones whose major or minor version is higher than all before.
    nothing: none; failures to poll the repository are not announced either.
    """

    ALL = "all"
    STABLE = "stable"
    MAJOR_MINOR = "major-minor"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class WantedVersions:
    """What is wanted of a repository.

    Attributes:
        tag_form: which tags are versions.
        source: None: releases, and tags only as long as there never was a release.
        include: an expression that a version must match; '' matches all.
        exclude: an expression that no version may match; '' matches none.
        prereleases: what happens to pre-releases.
        announce: which of the listed releases are announced; no part of the filter.
    """

    tag_form: TagForm = TagForm.SEMVER
    source: ListSource | None = None
    include: str = ""
    exclude: str = ""
    prereleases: Prereleases = Prereleases.TELL
    announce: AnnouncedVersions = AnnouncedVersions.ALL

    @property
    def filter_key(self) -> str:
        """Equal for entries that want the same part of an address; '' for all of it."""
        parts = [self.source.value if self.source else "", self.include, self.exclude]
        if not any(parts):
            return ""
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]

    def lists(self, release: FoundRelease | Release) -> bool:
        """Whether a release is listed: the expressions let it through, and it is no pre-release that is ignored.

        A name that is no version for people either, such as one of 60,000 characters, is not listed: no index has it.
        """
        if version_problem(release.version) or not self.passes(release.version):
            return False
        return self.prereleases is not Prereleases.IGNORE or not is_prerelease(release, self.tag_form)

    def tells(self, release: FoundRelease) -> bool:
        """Whether a new release is announced."""
        return self.prereleases is Prereleases.TELL or not is_prerelease(release, self.tag_form)

    def expects_fixed(self, version: str) -> bool:
        """Whether a tag is expected to stay what it is; one of a channel, such as `nightly`, moves by design."""
        return tag_version(version, self.tag_form) is not None

    def passes(self, version: str) -> bool:
        """Whether the expressions let a version through."""
        if self.include and not matcher(self.include).search(version):
            return False
        return not (self.exclude and matcher(self.exclude).search(version))


ALL = WantedVersions()
"""Without a filter."""
