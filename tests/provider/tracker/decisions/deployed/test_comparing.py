"""Tests of deployed versions against the releases of their repositories."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provider.tracker.decisions.deployed.comparing import DeployedStatus, NewerReleases
from provider.tracker.decisions.kinds import TagForm
from provider.tracker.decisions.release import FoundRelease
from provider.tracker.decisions.versions.order import latest, precedence
from tests.provider.tracker.decisions.deployed.ranked import compared

CURRENT, BEHIND, AHEAD, UNKNOWN = DeployedStatus
numbers = st.tuples(*[st.integers(0, 3)] * 3)
versions = numbers.map(lambda each: "v{}.{}.{}".format(*each))


@pytest.mark.parametrize(
    ("deployed", "published", "status", "newer"),
    [
        ("1.0.0", ("1.0.0",), CURRENT, (0, 0, 0, 0)),
        ("1.0.0", ("v1.0.0", "v1.0.1", "v1.1.0", "v1.2.0", "v2.0.0"), BEHIND, (4, 1, 2, 1)),
        ("v1.2.0", ("1.0.0", "1.2.0"), CURRENT, (0, 0, 0, 0)),
        ("1.3.0", ("1.0.0", "1.2.0"), AHEAD, (0, 0, 0, 0)),
        ("0.9", ("1.0.0", "1.2.0"), BEHIND, (2, 2, 0, 0)),
        ("1.2", ("1.2.0", "1.2.1"), BEHIND, (1, 0, 0, 1)),
        ("1.0.0", ("1.0.0", "1.1.0-rc.1"), CURRENT, (0, 0, 0, 0)),
        ("1.1.0-rc.1", ("1.0.0", "1.1.0-rc.1", "1.1.0-rc.2"), BEHIND, (1, 0, 0, 1)),
        ("1.1.0-rc.2", ("1.0.0", "1.1.0-rc.1", "1.1.0-rc.2"), AHEAD, (0, 0, 0, 0)),
        ("1.1.0-rc.2", ("1.0.0", "1.1.0-rc.2", "1.1.0"), BEHIND, (1, 0, 0, 1)),
        ("0.1.0-beta.1", ("0.1.0-beta.1", "0.1.0-beta.10", "0.1.0-beta.9"), BEHIND, (2, 0, 0, 2)),
        ("1.11.1", ("controller-v1.11.1", "controller-v1.11.2", "helm-chart-4.11.2"), BEHIND, (1, 0, 0, 1)),
        (
            "controller-v1.11.2",
            ("controller-v1.11.1", "controller-v1.11.2", "helm-chart-4.11.2"),
            CURRENT,
            (0, 0, 0, 0),
        ),
        ("3.20.2", ("v3.20.2", "v3.20.3", "v20210804"), BEHIND, (1, 0, 0, 1)),
        ("24.04", ("22.04", "24.04", "24.10"), BEHIND, (1, 0, 1, 0)),
        ("2026-08-10", ("2026-08-10", "2026-08-28"), BEHIND, (1, 0, 0, 1)),
        ("8.4.59-ls9", ("8.4.59-ls9", "8.4.59-ls10"), BEHIND, (1, 0, 0, 1)),
        ("1.0.0", ("1.0.0", "1.0.0-alpine", "1.1.0", "1.1.0-alpine", "1.1.0-slim"), BEHIND, (1, 0, 1, 0)),
        ("REL_16_3", ("REL_16_3", "REL_16_4"), BEHIND, (1, 0, 1, 0)),
        ("4.0.9.2278", ("4.0.9.2278", "4.0.9.2421"), BEHIND, (1, 0, 0, 1)),
    ],
)
def test_tracker_a_deployed_version_is_compared_with_the_latest(
    deployed: str, published: tuple[str, ...], status: DeployedStatus, newer: tuple[int, int, int, int]
) -> None:
    """The order of versions is the one that gives the latest release; newer versions are counted by what differs."""
    found = compared(*published).compare(deployed)
    assert (found.status, found.newer, found.reason) == (status, NewerReleases(*newer), None)
    assert (found.target is not None) == (status is BEHIND)


@pytest.mark.parametrize(
    ("deployed", "published", "reason"),
    [
        ("1.2.x", ("1.2.0",), "1.2.x is no version of this repository"),
        ("1.*", ("1.2.0",), "1.* is no version of this repository"),
        ("stable", ("1.2.0",), "stable is no version of this repository"),
        ("12ab34cd56ef", ("1.2.0",), "12ab34cd56ef is no version of this repository"),
        ("1.2.0", (), "no release is known yet"),
        ("1.2.0", ("nightly",), "the latest release, nightly, has no version that can be compared"),
        ("app-b@1.0.0", ("app-a@1.0.0", "app-a@2.0.0"), "app-b@1.0.0 is of another component than the latest release"),
        (
            "helm-chart-4.11.2",
            ("controller-v1.11.1", "controller-v1.11.2", "helm-chart-4.11.2"),
            "helm-chart-4.11.2 is of another component than the latest release",
        ),
    ],
)
def test_tracker_what_cannot_be_compared_is_unknown_with_its_reason(
    deployed: str, published: tuple[str, ...], reason: str
) -> None:
    """It is never called current."""
    found = compared(*published).compare(deployed)
    assert (found.status, found.reason, found.target) == (UNKNOWN, reason, None)


def test_a_tag_without_a_version_is_current_where_it_is_the_latest() -> None:
    """There is nothing to compare, and nothing is newer."""
    assert compared("nightly").compare("nightly").status is CURRENT


@pytest.mark.parametrize("form", [TagForm.SEMVER, TagForm.SUFFIXED, TagForm.PARTIAL])
def test_a_partial_version_is_compared_in_each_form(form: TagForm) -> None:
    """Missing numbers are zeros, as in the order of versions."""
    assert compared("1.2.0", "1.2.1", form=form).compare("1.2").status is BEHIND


@pytest.mark.parametrize(
    ("tag", "published", "status", "newer"),
    [
        ("22", ("20.1.0", "22.1.0", "22.9.0", "24.0.0"), BEHIND, (1, 1, 0, 0)),
        ("24", ("20.1.0", "22.1.0", "22.9.0", "24.0.0"), CURRENT, (0, 0, 0, 0)),
        ("24-bookworm-slim", ("22.9.0", "24.0.0", "24.1.0"), CURRENT, (0, 0, 0, 0)),
        ("3.20", ("3.20.3", "3.21.0", "3.21.1"), BEHIND, (2, 0, 2, 0)),
        ("1.27.0-alpine", ("1.27.0", "1.27.1"), BEHIND, (1, 0, 0, 1)),
        ("1.27.1-alpine3.20", ("1.27.0", "1.27.1"), CURRENT, (0, 0, 0, 0)),
        ("26", ("22.9.0", "24.0.0"), AHEAD, (0, 0, 0, 0)),
        ("1.28.0-rc.1", ("1.27.0", "1.28.0-rc.2"), BEHIND, (1, 0, 0, 1)),
    ],
)
def test_tracker_a_tag_in_use_stands_for_the_versions_that_it_moves_over(
    tag: str, published: tuple[str, ...], status: DeployedStatus, newer: tuple[int, int, int, int]
) -> None:
    """Only the numbers that the tag has are compared."""
    found = compared(*published, form=TagForm.SEMVER).compare(tag, moves=True)
    assert (found.status, found.newer) == (status, NewerReleases(*newer))


@given(st.lists(versions, min_size=1, unique=True), versions)
def test_the_status_agrees_with_the_latest_release(published: list[str], deployed: str) -> None:
    """Behind, current and ahead are what the keys of both say; counts add up, and the target is the latest."""
    top = latest(map(FoundRelease, published), TagForm.ANY, "app")
    assert top
    keys = [precedence(each, TagForm.ANY) or () for each in (deployed, top.version)]
    found = compared(*published).compare(deployed)

    expected = BEHIND if keys[0] < keys[1] else AHEAD if keys[0] > keys[1] else CURRENT
    assert found.status is expected
    assert found.newer.releases == sum((precedence(each, TagForm.ANY) or ()) > keys[0] for each in published)
    assert found.newer.releases == found.newer.major + found.newer.minor + found.newer.patch
    assert (found.target.version if found.target else None) == (top.version if expected is BEHIND else None)


@given(st.lists(versions, min_size=1, unique=True), versions, st.data())
def test_tracker_a_skipped_release_is_never_the_one_to_update_to(
    published: list[str], deployed: str, data: st.DataObject
) -> None:
    """The status is the one of the same repository without the skipped releases."""
    skipped = data.draw(st.sets(st.sampled_from(published)))
    rest = [version for version in published if version not in skipped]
    found, without = compared(*published, skipped=skipped).compare(deployed), compared(*rest).compare(deployed)
    assert (found.status, found.newer) == (without.status, without.newer)
    assert found.target is None or found.target.version not in skipped


@given(st.text(max_size=20), st.lists(st.text(max_size=12), unique=True), st.booleans(), st.sampled_from(TagForm))
def test_any_text_has_a_status(deployed: str, published: list[str], moves: bool, form: TagForm) -> None:
    """Whatever people write: unknown has a reason, and only what is behind has a target."""
    found = compared(*published, form=form).compare(deployed, moves=moves)
    assert (found.reason is not None) == (found.status is UNKNOWN)
    assert (found.target is not None) == (found.status is BEHIND) == (found.newer.releases > 0)
