"""Which news are announced."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provider.tracker.decisions.announcements.telling import told
from provider.tracker.decisions.channels import is_unstable
from provider.tracker.decisions.kinds import TagForm
from provider.tracker.decisions.outcomes import News, NewsKind
from provider.tracker.decisions.release import FoundRelease, Release
from provider.tracker.decisions.wanted import AnnouncedVersions, Prereleases, WantedVersions

ANY = WantedVersions(TagForm.ANY)
KNOWN = ["v1.0.0", "v1.4.2", "v2.0.0-rc.1", "nightly-20270101", "chart-9.0.0"]
versions = st.builds(
    lambda word, numbers, suffix: word + ".".join(map(str, numbers)) + suffix,
    st.sampled_from(["v", "", "nightly-", "chart-"]),
    st.lists(st.integers(0, 4), min_size=2, max_size=3),
    st.sampled_from(["", "", "-rc1", "-alpine", "-nightly.3"]),
)
news = st.lists(
    st.builds(News, st.builds(FoundRelease, versions, prerelease=st.booleans()), st.sampled_from(NewsKind)), max_size=8
)


def announced(announce: AnnouncedVersions, found: list[str], known: list[str] | None = None) -> list[str]:
    """The versions that are announced."""
    before = [Release(number, version) for number, version in enumerate(KNOWN if known is None else known)]
    fresh = [News(FoundRelease(version)) for version in found]
    return [each.release.version for each in told(fresh, replace(ANY, announce=announce), before)]


@pytest.mark.parametrize(
    ("announce", "expected"),
    [
        (AnnouncedVersions.ALL, ["v1.5.0", "v1.5.0-rc.1", "v1.4.3", "nightly-20270102"]),
        (AnnouncedVersions.STABLE, ["v1.5.0", "v1.4.3"]),
        (AnnouncedVersions.MAJOR_MINOR, ["v1.5.0"]),
        (AnnouncedVersions.NOTHING, []),
    ],
)
def test_tracker_each_choice_announces_its_releases(announce: AnnouncedVersions, expected: list[str]) -> None:
    """The highest version first."""
    found = announced(announce, ["nightly-20270102", "v1.4.3", "v1.5.0-rc.1", "v1.5.0"])

    assert sorted(found) == sorted(expected)
    assert [version for version in found if version.startswith("v")] == [v for v in expected if v.startswith("v")]


@pytest.mark.parametrize(
    ("known", "found", "expected"),
    [
        (["v1.4.2"], ["v1.4.3"], []),
        (["v1.4.2"], ["v1.5.0"], ["v1.5.0"]),
        (["v1.4.2"], ["v2.0.0"], ["v2.0.0"]),
        (["v2.0.0", "v1.4.2"], ["v1.5.0"], []),
        (["v1.4.2", "v2.0.0-rc.1"], ["v2.0.0"], ["v2.0.0"]),
        (["v1.4.2"], ["v2.0.0-rc.1"], []),
        (["v1.4.2"], ["v2.0.1", "v2.0.0"], ["v2.0.1", "v2.0.0"]),
        (["v1.4.2", "chart-9.0.0"], ["v1.5.0", "chart-9.0.1"], ["v1.5.0"]),
        (["2026.08.1"], ["2026.09.0", "2026.08.2"], ["2026.09.0"]),
        (["REL_16_3"], ["REL_16_4", "REL_17_0"], ["REL_17_0", "REL_16_4"]),
        ([], ["v1.0.0"], ["v1.0.0"]),
        (["v1.0.0"], ["nightly", "latest"], []),
    ],
)
def test_tracker_a_major_or_minor_version_is_above_all_that_were_known(
    known: list[str], found: list[str], expected: list[str]
) -> None:
    """Of its own component; a pre-release of it does not count, and a backport is none."""
    assert announced(AnnouncedVersions.MAJOR_MINOR, found, known) == expected


def test_tracker_a_promoted_release_is_announced_as_a_stable_one() -> None:
    """It was known as a pre-release before."""
    promoted = [News(FoundRelease("v1.5.0"), NewsKind.PROMOTED)]
    known = [Release(1, "v1.4.0"), Release(2, "v1.5.0", prerelease=True)]
    for announce in (AnnouncedVersions.STABLE, AnnouncedVersions.MAJOR_MINOR):
        assert list(told(promoted, replace(ANY, announce=announce), known)) == promoted


def test_tracker_a_moved_tag_is_announced_as_long_as_stable_releases_are() -> None:
    """It may be an attack, but it is no new major or minor version."""
    moved = [News(FoundRelease("v9.0.0"), NewsKind.MOVED, "ab" * 20)]
    by_choice = {each: bool(told(moved, replace(ANY, announce=each), ())) for each in AnnouncedVersions}
    assert [each for each, is_told in by_choice.items() if is_told] == [AnnouncedVersions.ALL, AnnouncedVersions.STABLE]


@given(news, st.lists(versions, max_size=8), st.sampled_from(Prereleases))
def test_each_choice_announces_a_part_of_the_one_before(
    found: list[News], known: list[str], prereleases: Prereleases
) -> None:
    """And what is stable is no pre-release by any mark, whatever else is wanted."""
    before = [Release(number, version) for number, version in enumerate(known)]
    wanted = replace(ANY, prereleases=prereleases)
    parts = [set(told(found, replace(wanted, announce=each), before)) for each in AnnouncedVersions]

    assert parts[0] >= parts[1] >= parts[2] >= parts[3] == set()
    assert not any(is_unstable(each.release, TagForm.ANY) for each in parts[1])
