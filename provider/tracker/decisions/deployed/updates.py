"""What there is to update of a repository: what a person or the images say is deployed, and what is skipped. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from provider.tracker.decisions.deployed.comparing import (
    ComparedReleases,
    Comparison,
    DeployedStatus,
    NewerReleases,
    RankedRelease,
    UpdateTarget,
    names_exactly,
)
from provider.tracker.decisions.kinds import TagForm
from provider.tracker.decisions.versions.forms import TagVersion

_MOST_SKIPPED = 20
_STEADY = "latest"


class DeployedSource(StrEnum):
    """Who says which version is deployed: a person, or the images of this service that are built from it."""

    PERSON = "person"
    IMAGES = "images"


@dataclass(frozen=True, slots=True)
class TagInUse:
    """A tag of a container repository that images are built from.

    Attributes:
        tag: the tag; empty where only a digest is named.
        pinned: the Dockerfiles name a digest too, so the tag does not move for them.
        images: the names of the images, in order; at most some of them.
        number: how many images there are.
    """

    tag: str
    pinned: bool
    images: tuple[str, ...]
    number: int


@dataclass(frozen=True, slots=True)
class TagsInUse:
    """All tags of a container repository that images are built from, in order."""

    tags: tuple[TagInUse, ...] = ()


@dataclass(frozen=True, slots=True)
class ComparedTag:
    """A tag in use, compared with the releases."""

    used: TagInUse
    result: Comparison


@dataclass(frozen=True, slots=True)
class Deployed:
    """What is deployed, compared with the latest release that is not skipped.

    Attributes:
        version: as a person wrote it; or, of the tags in use, the one that is furthest behind.
    """

    version: str
    source: DeployedSource
    result: Comparison


@dataclass(frozen=True, slots=True)
class Updates:
    """What there is to update.

    Attributes:
        deployed: None if nothing is known to be deployed.
        in_use: every tag that images are built from, the one that is furthest behind first.
        skipped: releases that are skipped and higher than the latest one, highest first.
        unseen: how many releases have news that no person has acknowledged.
        newest_unseen: the highest id of these.
    """

    deployed: Deployed | None = None
    in_use: tuple[ComparedTag, ...] = ()
    skipped: tuple[UpdateTarget, ...] = ()
    unseen: int = 0
    newest_unseen: int | None = None

    @property
    def order(self) -> str:
        """Sorts by urgency: behind by more major, minor and patch versions is higher; '0': nothing is deployed."""
        return order_of(self.deployed.result) if self.deployed else "0"


NO_UPDATES = Updates()

_URGENCY = {
    DeployedStatus.CURRENT: 1,
    DeployedStatus.AHEAD: 2,
    DeployedStatus.UNKNOWN: 3,
    DeployedStatus.BEHIND: 4,
}


def orders_of(status: DeployedStatus) -> tuple[str, str]:
    """The orders of this status are at least the first text, and below the second one."""
    return str(_URGENCY[status]), str(_URGENCY[status] + 1)


def order_of(result: Comparison) -> str:
    """The order of one result, see `Updates.order`."""
    newer: NewerReleases = result.newer
    return f"{_URGENCY[result.status]}{newer.major:06}{newer.minor:06}{newer.patch:06}"


def updates_of(
    deployed: str, in_use: Iterable[TagInUse], releases: Iterable[RankedRelease], latest: int | None, form: TagForm
) -> Updates:
    """What there is to update of a repository.

    What a person says counts; without that, the tag in use that is furthest behind.

    Args:
        deployed: the version that a person says is deployed; '' if nobody did.
        in_use: the tags that images are built from.
        releases: all that are stored.
        latest: the id of the latest one that is not skipped.
        form: which tags are versions.
    """
    compared = ComparedReleases.of(releases, latest, form)
    tags = sorted((_tag(used, compared) for used in in_use), key=lambda tag: (order_of(tag.result), tag.used.tag))[::-1]
    found = None
    if deployed:
        found = Deployed(deployed, DeployedSource.PERSON, compared.compare(deployed))
    elif tags:
        first = tags[0]
        found = Deployed(first.used.tag or "a digest", DeployedSource.IMAGES, first.result)
    return Updates(found, tuple(tags), _skipped(compared))


def _tag(used: TagInUse, releases: ComparedReleases) -> ComparedTag:
    if used.tag in {"", _STEADY}:
        named = "latest moves with each release" if used.tag else "only a digest is named"
        return ComparedTag(used, _unknown(f"{named}, so no version is known"))
    result = releases.compare(used.tag, moves=True)
    if used.pinned and result.status is DeployedStatus.CURRENT and not names_exactly(used.tag):
        return ComparedTag(used, _unknown(f"{used.tag} is pinned by a digest, and names no exact version"))
    return ComparedTag(used, result)


def _skipped(releases: ComparedReleases) -> tuple[UpdateTarget, ...]:
    """The skipped releases that would come after the latest one; without a latest one, all."""
    top = next((version for each, version in releases.every if releases.latest and each.id == releases.latest.id), None)
    found = [
        (version.key, each)
        for each, version in releases.every
        if each.skipped and version and (top is None or _is_above(version, top))
    ]
    found.sort(key=lambda pair: pair[0], reverse=True)
    unread = [each for each, version in releases.every if each.skipped and version is None and top is None]
    every: Sequence[RankedRelease] = [*(each for _, each in found), *unread]
    return tuple(UpdateTarget(each.id, each.version) for each in every[:_MOST_SKIPPED])


def _is_above(version: TagVersion, top: TagVersion) -> bool:
    return version.counted[0] == top.counted[0] and version.key > top.key


def _unknown(reason: str) -> Comparison:
    return Comparison(DeployedStatus.UNKNOWN, reason=reason)
