"""Tests of what there is to update of a repository."""

from hypothesis import given
from hypothesis import strategies as st

from provider.tracker.decisions.deployed.comparing import DeployedStatus, NewerReleases
from provider.tracker.decisions.deployed.updates import (
    NO_UPDATES,
    DeployedSource,
    TagInUse,
    Updates,
    order_of,
    orders_of,
    updates_of,
)
from provider.tracker.decisions.kinds import TagForm
from tests.provider.tracker.decisions.deployed.ranked import latest_id, ranked

CURRENT, BEHIND, AHEAD, UNKNOWN = DeployedStatus
FORM = TagForm.SEMVER


def updates(
    *versions: str, deployed: str = "", in_use: tuple[TagInUse, ...] = (), skipped: tuple[str, ...] = ()
) -> Updates:
    """What there is to update of a repository with these versions."""
    releases = ranked(versions, FORM, skipped)
    return updates_of(deployed, in_use, releases, latest_id(releases, FORM), FORM)


def used(tag: str, *, pinned: bool = False) -> TagInUse:
    """A tag that one image is built from."""
    return TagInUse(tag, pinned, ("app",), 1)


def test_without_a_deployed_version_there_is_nothing_to_update() -> None:
    """It comes last in the order of urgency."""
    assert updates("1.0.0", "1.1.0") == NO_UPDATES
    assert NO_UPDATES.order < min(orders_of(status)[0] for status in DeployedStatus)


def test_tracker_what_a_person_says_counts_before_the_tags_in_use() -> None:
    """The tags are shown too."""
    found = updates("1.0.0", "1.1.0", deployed="1.1.0", in_use=(used("1.0.0"),))
    assert found.deployed
    assert (found.deployed.source, found.deployed.result.status) == (DeployedSource.PERSON, CURRENT)
    assert [tag.result.status for tag in found.in_use] == [BEHIND]


def test_tracker_of_several_tags_in_use_the_furthest_behind_counts() -> None:
    """All of them are shown, the furthest behind first."""
    found = updates("18.1.0", "20.1.0", "22.1.0", in_use=tuple(map(used, ("22", "18", "20-alpine", "latest"))))
    assert found.deployed
    assert (found.deployed.version, found.deployed.source) == ("18", DeployedSource.IMAGES)
    assert found.deployed.result.newer == NewerReleases(2, 2)
    assert [tag.used.tag for tag in found.in_use] == ["18", "20-alpine", "latest", "22"]


def test_tracker_latest_and_digests_name_no_version() -> None:
    """They are shown as such: unknown, with the reason."""
    tags = (
        used("latest"),
        used("", pinned=True),
        used("22", pinned=True),
        used("22.1.0", pinned=True),
        used("20", pinned=True),
    )
    found = {tag.used.tag: tag.result for tag in updates("20.1.0", "22.1.0", in_use=tags).in_use}
    assert found["latest"].reason == "latest moves with each release, so no version is known"
    assert found[""].reason == "only a digest is named, so no version is known"
    assert found["22"].reason == "22 is pinned by a digest, and names no exact version"
    assert (found["22.1.0"].status, found["20"].status) == (CURRENT, BEHIND)


def test_tracker_skipped_releases_above_the_latest_are_named() -> None:
    """The highest first; one below the latest release needs no name."""
    found = updates("1.0.0", "1.1.0", "1.2.0", "1.3.0", deployed="1.1.0", skipped=("1.0.0", "1.3.0", "1.2.0"))
    assert [each.version for each in found.skipped] == ["1.3.0", "1.2.0"]
    assert found.deployed
    assert found.deployed.result.status is CURRENT


def test_the_only_release_can_be_skipped() -> None:
    """Then no release is the latest one."""
    found = updates("1.0.0", deployed="0.9.0", skipped=("1.0.0",))
    assert [each.version for each in found.skipped] == ["1.0.0"]
    assert found.deployed
    assert found.deployed.result.status is UNKNOWN


@given(st.lists(st.sampled_from(["1.0.0", "1.0.1", "1.1.0", "2.0.0", "3.0.0"]), min_size=1, unique=True))
def test_the_order_has_the_status_first(published: list[str]) -> None:
    """Each order is in the range of its status, and a version that is further behind is higher."""
    orders = []
    for deployed in ("3.0.0", "2.0.0", "1.1.0", "1.0.1", "1.0.0"):
        found = updates(*published, deployed=deployed)
        assert found.deployed
        lowest, above = orders_of(found.deployed.result.status)
        assert lowest <= order_of(found.deployed.result) == found.order < above
        orders.append(found.order)
    behind = [order for order in orders if order >= orders_of(BEHIND)[0]]
    assert behind == sorted(behind)
