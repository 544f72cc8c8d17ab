"""Tests of when each part was checked."""

from datetime import timedelta

import pytest

from catalog.times import rfc3339_exact
from provider.overview_ports import RecentReleases
from provider.ports import Beat
from provider.services.health import CONFIG, DIGESTS, FOLLOW, NEXT_AT, SOURCES, WORKER
from provider.services.overview.part_times import CheckedPart, PartTimes, part_times
from tests.provider.overview_world import PERIODS
from tests.provider.web_images import NOW

SOON = NOW + timedelta(minutes=13)
NEXT = {NEXT_AT: rfc3339_exact(SOON)}


def test_nothing_is_known_before_the_first_reports() -> None:
    """No part pretends to have been checked."""
    assert part_times((), PERIODS, None) == [
        PartTimes(part)
        for part in (CheckedPart.CONFIG_REPOSITORY, CheckedPart.DISCOVERY, CheckedPart.REGISTRIES, CheckedPart.BUILDS)
    ]


def test_each_part_has_its_own_times() -> None:
    """The config repository is pulled by each round at the latest; builds are followed every 15 seconds."""
    found = part_times(
        (Beat(CONFIG, NOW), Beat(SOURCES, NOW, None, NEXT), Beat(DIGESTS, NOW, None, NEXT), Beat(FOLLOW, NOW)),
        PERIODS,
        None,
    )
    assert [(each.last_at, each.next_at) for each in found] == [
        (NOW, NOW + PERIODS[WORKER]),
        (NOW, SOON),
        (NOW, SOON),
        (NOW, NOW + PERIODS[FOLLOW]),
    ]


def test_a_round_that_ended_early_is_a_problem_of_the_config_repository() -> None:
    """The time of the last pull stays; running builds have a problem of their own."""
    beats = (Beat(CONFIG, NOW - timedelta(days=1)), Beat(WORKER, NOW, "git is gone"), Beat(FOLLOW, NOW, "it is down"))
    config, _, _, builds = part_times(beats, PERIODS, None)
    assert (config.last_at, config.problem) == (NOW - timedelta(days=1), "git is gone")
    assert builds.problem == "it is down"


@pytest.mark.parametrize(
    ("releases", "expected"),
    [
        (RecentReleases(0, False, (), 0, None, None), []),
        (RecentReleases(0, False, (), 2, None, None), [PartTimes(CheckedPart.RELEASES)]),
        (RecentReleases(0, False, (), 2, NOW, SOON), [PartTimes(CheckedPart.RELEASES, NOW, SOON)]),
    ],
)
def test_tracked_repositories_are_a_part_where_there_are_any(
    releases: RecentReleases, expected: list[PartTimes]
) -> None:
    """Without a tracked repository there is nothing to check."""
    assert list(part_times((), PERIODS, releases)[4:]) == expected
