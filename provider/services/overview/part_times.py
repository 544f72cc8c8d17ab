"""When each part was last checked, and when it is checked next, from what the worker reported. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from provider.overview_ports import RecentReleases
from provider.ports import Beat
from provider.services.health import CONFIG, DIGESTS, FOLLOW, NEXT_AT, SOURCES, WORKER


class CheckedPart(StrEnum):
    """What is checked."""

    CONFIG_REPOSITORY = "config-repository"
    DISCOVERY = "discovery"
    REGISTRIES = "registries"
    BUILDS = "builds"
    RELEASES = "releases"


@dataclass(frozen=True, slots=True)
class PartTimes:
    """When a part was last checked, and when it is checked next at the latest; None where that is not known.

    Attributes:
        problem: why the last check failed; None where it did not.
    """

    part: CheckedPart
    last_at: datetime | None = None
    next_at: datetime | None = None
    problem: str | None = None


def part_times(
    beats: Sequence[Beat], every: Mapping[str, timedelta], releases: RecentReleases | None
) -> Sequence[PartTimes]:
    """Every part in the order in which a round goes through them; where no repository is tracked, without releases.

    Args:
        beats: the last reports.
        every: the longest time between two rounds of a part of the worker.
        releases: when tracked repositories are polled.
    """
    last = {beat.part: beat for beat in beats}
    found = [
        _config(last.get(CONFIG), last.get(WORKER), every[WORKER]),
        _reported(CheckedPart.DISCOVERY, last.get(SOURCES)),
        _reported(CheckedPart.REGISTRIES, last.get(DIGESTS)),
        _builds(last.get(FOLLOW), every[FOLLOW]),
    ]
    if releases and releases.repositories:
        found.append(PartTimes(CheckedPart.RELEASES, releases.last_polled, releases.next_poll))
    return found


def _config(pulled: Beat | None, worker: Beat | None, every: timedelta) -> PartTimes:
    """The config repository; each round pulls it, and ends early where that is not possible."""
    last = pulled.at if pulled else None
    return PartTimes(
        CheckedPart.CONFIG_REPOSITORY, last, last + every if last else None, worker.problem if worker else None
    )


def _reported(part: CheckedPart, beat: Beat | None) -> PartTimes:
    following = beat.details.get(NEXT_AT) if beat else None
    return PartTimes(part, beat.at if beat else None, datetime.fromisoformat(following) if following else None)


def _builds(followed: Beat | None, every: timedelta) -> PartTimes:
    if followed is None:
        return PartTimes(CheckedPart.BUILDS)
    return PartTimes(CheckedPart.BUILDS, followed.at, followed.at + every, followed.problem)
