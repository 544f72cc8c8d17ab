"""Tests of what is wanted of a repository."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provider.tracker.decisions.kinds import TagForm
from provider.tracker.decisions.release import FoundRelease
from provider.tracker.decisions.wanted import ALL, ListSource, Prereleases, WantedVersions

_texts = st.sampled_from(["", "a", "^v", "b|c"])
_wanted = st.builds(WantedVersions, st.just(TagForm.ANY), st.none() | st.sampled_from(ListSource), _texts, _texts)


@pytest.mark.parametrize(
    ("include", "exclude", "passing"),
    [
        ("", "", ["v1.0.0", "helm-chart-4.0.0", "nightly-20240901"]),
        ("^v", "", ["v1.0.0"]),
        ("", "^helm-chart-", ["v1.0.0", "nightly-20240901"]),
        ("", "(?i)NIGHTLY|chart", ["v1.0.0"]),
        ("[0-9]", "^v", ["helm-chart-4.0.0", "nightly-20240901"]),
        ("^helm-chart-[0-9.]+$", "", ["helm-chart-4.0.0"]),
        ("x", "", []),
    ],
)
def test_tracker_expressions_choose_versions(include: str, exclude: str, passing: list[str]) -> None:
    """A version counts if `include` is found in it and `exclude` is not."""
    wanted = WantedVersions(TagForm.ANY, include=include, exclude=exclude)
    assert [tag for tag in ("v1.0.0", "helm-chart-4.0.0", "nightly-20240901") if wanted.passes(tag)] == passing


@pytest.mark.parametrize(
    ("prereleases", "listed", "told"),
    [
        (Prereleases.TELL, ["1.0.0", "1.1.0-rc1", "1.1.0"], ["1.0.0", "1.1.0-rc1", "1.1.0"]),
        (Prereleases.SHOW, ["1.0.0", "1.1.0-rc1", "1.1.0"], ["1.0.0"]),
        (Prereleases.IGNORE, ["1.0.0"], ["1.0.0"]),
    ],
)
def test_tracker_prereleases_are_told_shown_or_ignored(
    prereleases: Prereleases, listed: list[str], told: list[str]
) -> None:
    """By the publisher's mark or by the tag."""
    releases = [FoundRelease("1.0.0"), FoundRelease("1.1.0-rc1"), FoundRelease("1.1.0", prerelease=True)]
    wanted = WantedVersions(TagForm.ANY, prereleases=prereleases)
    assert [release.version for release in releases if wanted.lists(release)] == listed
    assert [release.version for release in releases if wanted.tells(release)] == told


@given(_wanted, _wanted)
def test_two_filters_have_one_key_only_if_they_are_equal(one: WantedVersions, other: WantedVersions) -> None:
    """An entry without a filter has none, so that the keys of earlier entries stay valid."""
    assert (one.filter_key == other.filter_key) == (one == other)
    assert (one.filter_key == "") == (one == WantedVersions(TagForm.ANY))
    assert ALL.filter_key == ""
