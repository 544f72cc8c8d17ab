"""Tests of which versions of a mixed list give the latest."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provider.tracker.decisions.kinds import TagForm
from provider.tracker.decisions.release import FoundRelease
from provider.tracker.decisions.versions.families import Scheme, VersionGroup, counting, scheme_of
from provider.tracker.decisions.versions.order import latest

_START = datetime(2026, 1, 1, tzinfo=UTC)
_groups = st.builds(
    VersionGroup, st.sampled_from(["", "app", "chart"]), st.sampled_from(Scheme), st.integers(0, 20), st.integers(0, 20)
)


@pytest.mark.parametrize(
    ("form", "tags", "right"),
    [
        ("any", "controller-v1.11.2 helm-chart-4.11.2", "controller-v1.11.2"),
        ("any", "v0.27.0 gopls/v1.16.2", "v0.27.0"),
        ("any", "app-a@1.2.0 app-a@1.3.0 app-b@7.0.0 chart-9.0.0", "app-a@1.3.0"),
        ("semver", "4.6.2 20.04.1", "4.6.2"),
        ("semver", "10.11.4 2021.12.16", "10.11.4"),
        ("any", "2.0.0 20150213.1", "2.0.0"),
        ("partial", "3.20.3 20240807", "3.20.3"),
        ("any", "v3.20.3 v20210804", "v3.20.3"),
        ("any", "2.27.1 windowsltsc2022-amd64-2.9.3", "2.27.1"),
        ("any", "stable-2.14.10 edge-24.8.2", "stable-2.14.10"),
        ("any", "go1.23.0 weekly.2012-03-27", "go1.23.0"),
        ("any", "release-3.6.20 3.7.0.300", "release-3.6.20"),
        ("any", "build-20240901.1 deploy/prod/2024-09-01 jenkins-42 test-foo v1.0.0", "v1.0.0"),
        ("any", "2026-08-28 2026-08-10 v0.1.0", "2026-08-28"),
        ("any", "1.0.0 v-deadbeef12", "1.0.0"),
        ("any", "1.0.0 12345678", "1.0.0"),
        ("any", "v1.0.0 nightly-20240901", "v1.0.0"),
        ("any", "v1.0.0 nightly/20240901", "v1.0.0"),
        ("any", "v1.0.0 beta-2.0", "v1.0.0"),
        ("any", "jdk-21+35 jdk-22+36-ea", "jdk-21+35"),
        ("any", "7.0.8 7.0.8.4 7.0.7.9", "7.0.8.4"),
        ("partial", "22.04 22.10 24.04 24.10", "24.10"),
        ("semver", "8.0.10-jammy 7.0.0", "8.0.10-jammy"),
        ("semver", "8.0.10-acme 7.0.0", "7.0.0"),
    ],
)
def test_tracker_of_a_mixed_list_one_component_and_scheme_gives_the_latest(form: str, tags: str, right: str) -> None:
    """Not the highest number of all."""
    found = latest(map(FoundRelease, tags.split()), TagForm(form), "app")
    assert found is not None
    assert found.version == right


def test_a_repository_names_the_component_that_counts() -> None:
    """Of components that are equally common, the one with the name of the repository."""
    releases = [FoundRelease(f"{name}/v1.{minor}.0") for name in ("api", "kustomize", "web") for minor in range(5)]
    assert latest(releases, TagForm.ANY, "kustomize") == FoundRelease("kustomize/v1.4.0")


def test_a_project_that_moved_to_calendar_versions_is_followed() -> None:
    """When ten releases in a row are in the new scheme, although the old one is more common."""
    old = [FoundRelease(f"0.{minor}.0", _START + timedelta(days=minor)) for minor in range(118)]
    new = [FoundRelease(f"2026.{month}.0", _START + timedelta(days=200 + month)) for month in range(1, 11)]
    assert latest([*old, *new[:9]], TagForm.ANY, "core") == old[-1]
    assert latest([*old, *new], TagForm.ANY, "core") == new[-1]


def test_a_component_that_is_no_longer_published_does_not_count() -> None:
    """Plain versions of long ago do not hide the component that replaced them."""
    old = [FoundRelease(f"v{major}.0.0", _START + timedelta(days=major)) for major in range(20)]
    new = [FoundRelease(f"cli/v1.{minor}.0", _START + timedelta(days=500 + minor)) for minor in range(60)]
    assert latest([*old, *new], TagForm.ANY, "tool") == new[-1]


@pytest.mark.parametrize(
    ("core", "scheme"),
    [
        ("1.2.3", Scheme.NUMBERS), ("22", Scheme.NUMBERS), ("24.04", Scheme.SHORT_CALENDAR),
        ("24.10", Scheme.MAYBE_CALENDAR), ("24.2", Scheme.NUMBERS), ("2024.1", Scheme.CALENDAR),
        ("20240807", Scheme.CALENDAR), ("2026-08-28", Scheme.CALENDAR), ("4.0.9.2278", Scheme.BUILDS),
        ("7.0.8.4", Scheme.MAYBE_BUILDS), ("1_1_1", Scheme.NUMBERS),
    ],
)  # fmt: skip
def test_numbers_have_a_scheme(core: str, scheme: Scheme) -> None:
    """Dates and counts of builds are told from plain numbers."""
    assert scheme_of(core) is scheme


@given(st.lists(_groups, max_size=8, unique_by=lambda group: group.counted))
def test_one_family_counts(groups: list[VersionGroup]) -> None:
    """None only where there is none; the order of the groups changes nothing."""
    groups = [group for group in groups if group.stable or group.prereleases]
    counted = counting(groups, [], "app")
    assert len({family for family, _ in counted}) == bool(groups)
    assert counted == counting(groups[::-1], [], "app")
    assert not groups or any(group.counted in counted for group in groups)
