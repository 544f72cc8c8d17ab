"""Tests of what the overview says."""

from datetime import timedelta

import pytest

from catalog.image import Status
from provider.ports import ReportedProblem
from tests.provider.overview_world import OverviewWorld, behind, organization
from tests.provider.store.test_images import statements
from tests.provider.web_images import NOW, base, managed

WRONG = "'7x' is not a duration"


def test_an_empty_service_has_an_empty_overview(world: OverviewWorld) -> None:
    """Nothing is up to date, and nothing is behind."""
    found = world.overviews.read(NOW)
    assert found.is_empty
    assert (found.total, found.up_to_date, found.behind.total, found.behind.since) == (0, 0, 0, None)
    assert (found.changes.total, found.rebuilds.total, list(found.problems)) == (0, 0, [])


@pytest.mark.parametrize(
    ("status", "up_to_date", "not_known", "failing", "held"),
    [
        (Status.UP_TO_DATE, 1, 0, 0, 0),
        (Status.UNKNOWN, 0, 1, 0, 0),
        (Status.UNVERIFIED, 0, 1, 0, 0),
        (Status.ERROR, 0, 0, 1, 0),
        (Status.FAILED, 0, 0, 1, 0),
        (Status.HELD, 0, 0, 0, 1),
        (Status.WAITING, 0, 0, 0, 0),
        (Status.DUE, 0, 0, 0, 0),
        (Status.REBUILDING, 0, 0, 0, 0),
    ],
)
def test_only_the_proven_status_counts_as_up_to_date(
    world: OverviewWorld, status: Status, up_to_date: int, not_known: int, failing: int, held: int
) -> None:
    """Every other status counts as what it says."""
    world.put([managed("app", status=status), base("node")])
    found = world.overviews.read(NOW)
    assert (found.total, dict(found.managed), dict(found.bases)) == (1, {status: 1}, {Status.WATCHED: 1})
    assert (found.up_to_date, found.not_known, found.failing, found.held) == (up_to_date, not_known, failing, held)


def test_the_ten_images_that_are_behind_for_longest_come_first(world: OverviewWorld) -> None:
    """All of them are counted, with since when the first one is; those that are not behind are not."""
    late = [behind(f"app-{days:02}", days) for days in range(1, 13)]
    world.put([*late, managed("current"), base("node")])
    found = world.overviews.read(NOW).behind
    assert (found.total, found.since) == (12, NOW - timedelta(days=12))
    assert [image.name for image in found.worst] == [f"app-{days:02}" for days in range(12, 2, -1)]


def test_an_image_that_failed_is_behind_too(world: OverviewWorld) -> None:
    """How long it is behind is another question than its status."""
    world.put([behind("app", 3, status=Status.FAILED)])
    found = world.overviews.read(NOW)
    assert (found.failing, found.behind.total) == (1, 1)


def test_an_owner_sees_the_own_images(world: OverviewWorld) -> None:
    """In any case, and for several owners at once; problems of others, and those of no image, are left out."""
    mine = behind("mine", 2, owner="group:default/payments")
    world.put([mine, behind("theirs", 5), base("node")])
    world.report(*(ReportedProblem(name, WRONG, WRONG, "images.yaml", 1) for name in ("mine", "theirs", "new", "")))
    found = world.overviews.read(NOW, ["group:default/PAYMENTS", "user:default/mia"])
    assert [image.name for image in found.behind.worst] == ["mine"]
    assert (found.total, [problem.name for problem in found.problems]) == (1, ["mine"])
    assert not world.overviews.read(NOW, ["group:default/nobody"]).is_empty
    assert len(world.overviews.read(NOW).problems) == 4


@pytest.mark.parametrize("owners", [[], ["group:default/platform", "group:default/data"]])
def test_the_number_of_queries_is_fixed(world: OverviewWorld, owners: list[str]) -> None:
    """With thirty images as with three thousand."""
    numbers = []
    for count in (30, 3_000):
        world.put(organization(count))
        world.report(ReportedProblem("data-service-00003", WRONG, WRONG, "images.yaml", 3))
        with statements(world.engine) as sent:
            world.overviews.read(NOW, owners)
        numbers.append(len(sent))
    assert numbers[0] == numbers[1] <= 14
