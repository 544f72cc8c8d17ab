"""The order of tags without dates."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.versions.listing import ListedTag, listing_of
from proxy.versions.tag_names import is_semantic
from proxy.versions.tag_order import precedence

TAGS = st.from_regex(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,30}", fullmatch=True)
PARTS = st.integers(0, 10_000)

CI = (
    "1.2.0-rc.1 1.1.0 1.0.0 22-bookworm 20240101 latest docker-old edge 83746523 pr-12 7f3c2d1 sha-abcdef0",
    "v2.0.0 v1.10.0 v1.9.1 latest main pr-131 pr-99 0a1b2c3d4e5f60718293a4b5c6d7e8f901234567 9f86d081 main-7f3c2d1",
    "2024-03-05 2024-03-05-1a2b3c4 20240101T120000 20240101 stable 1029384 1029383",
    "3.1.4 latest build-20 build-19 2c1743a391305fbf367df8e4f069f9f9 e1c9a1f0-8c5b-4a3e-9d2f-0123456789ab",
    "v20240501-abc123d v20240430 release run-7 git-1a2b3c4d",
)
# Parts of the lists of five public images: node, ubuntu, traefik, grafana and debian.
PUBLIC = (
    "22.1.0 22.1 22 20.9.0 22.1.0-bookworm 22.1.0-alpine3.19 20.9.0-slim latest alpine current iron lts lts-alpine",
    "24.04 22.04 20.04 latest devel jammy jammy-20240111 jammy-20231211.1 noble noble-20240423 rolling",
    "v3.1.0 v3.1.0-rc1 v3.0 v2.11 v3.1.0-windowsservercore-ltsc2022 latest experimental-v3.2 master saintnectaire",
    "11.0.0 11.0.0-preview 10.4.2 11.0.0-ubuntu 10.4.2-ubuntu latest latest-ubuntu main main-ubuntu 180420",
    "12.5 12 12.5-slim 12-slim latest bookworm bookworm-20240211 bookworm-20240110 bookworm-slim sid stable-slim",
)


@pytest.mark.parametrize("line", [*CI, *PUBLIC])
def test_people_find_releases_first(line: str) -> None:
    """Releases, variants, dates, channels, and at last what builds name after commits, pull requests and counters."""
    names = line.split()
    for shuffled in (names, names[::-1], sorted(names), names[1::2] + names[::2]):
        assert [tag.name for tag in listing_of(map(ListedTag, shuffled), "version").tags] == names


@pytest.mark.parametrize(
    "highest_first",
    [
        ["v1.10.0", "1.9.0", "1.2.0"],
        ["1.2.3", "1.2.3-rc.10", "1.2.3-rc.9", "1.2.3-9", "1.2.2"],
        ["22.1.0", "22", "2", "20-slim", "latest"],
        ["1.2.3", "1.2", "1"],
        ["9.6p2", "9.6p1", "1.0.0", "1.0.0-SNAPSHOT", "1.0b2", "1.0b1"],
        ["2.0.0", "1.0.0", "2.0.0-rc.1-alpine", "1.0.0-7f3c2d1"],
    ],
)
def test_versions_are_ordered_as_people_expect(highest_first: list[str]) -> None:
    """Numbers sort by value, pre-releases below their release, a release line below its versions."""
    assert sorted(highest_first, key=precedence, reverse=True) == highest_first
    assert len({precedence(tag) for tag in highest_first}) == len(highest_first)


@pytest.mark.parametrize("tag", ["20241301", "20240132", "202401011", "18991231"])
def test_eight_digits_that_are_no_date_are_a_counter(tag: str) -> None:
    """A month 13 or a day 32 does not exist."""
    assert precedence("latest") > precedence(tag)
    assert precedence("20240101") > precedence("latest")


@given(TAGS, TAGS)
def test_any_two_tags_can_be_compared(one: str, other: str) -> None:
    """Any list of tags can be sorted."""
    assert sum([precedence(one) < precedence(other), precedence(other) < precedence(one)]) == (
        precedence(one) != precedence(other)
    )


@given(st.tuples(PARTS, PARTS, PARTS), st.tuples(PARTS, PARTS, PARTS))
def test_releases_compare_by_their_numbers(one: tuple[int, int, int], other: tuple[int, int, int]) -> None:
    """The order of releases follows semver.org."""
    texts = [".".join(map(str, parts)) for parts in (one, other)]
    assert all(map(is_semantic, texts))
    assert (precedence(texts[0]) < precedence(texts[1])) is (one < other)
