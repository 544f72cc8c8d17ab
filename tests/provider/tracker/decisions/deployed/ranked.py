"""Releases of a repository, ready to compare deployed versions with."""

from collections.abc import Collection

from provider.tracker.decisions.deployed.comparing import ComparedReleases, RankedRelease
from provider.tracker.decisions.kinds import TagForm
from provider.tracker.decisions.release import FoundRelease
from provider.tracker.decisions.versions.order import latest, rank_of, tag_version


def ranked(versions: Collection[str], form: TagForm, skipped: Collection[str] = ()) -> list[RankedRelease]:
    """Releases with these versions; their ids count from 1."""
    return [
        RankedRelease(number, version, rank_of(FoundRelease(version), tag_version(version, form)), version in skipped)
        for number, version in enumerate(versions, 1)
    ]


def latest_id(releases: Collection[RankedRelease], form: TagForm) -> int | None:
    """The id of the latest one that is not skipped."""
    there = {release.version: release.id for release in releases if not release.skipped}
    found = latest(map(FoundRelease, there), form, "app")
    return there[found.version] if found else None


def compared(*versions: str, form: TagForm = TagForm.ANY, skipped: Collection[str] = ()) -> ComparedReleases:
    """A repository with these versions."""
    releases = ranked(versions, form, skipped)
    return ComparedReleases.of(releases, latest_id(releases, form), form)
