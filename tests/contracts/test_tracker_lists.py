"""The contract of the release tracker's lists, over the fake and over each database."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from provider.ports import Place
from provider.tracker.decisions.deployed.comparing import DeployedStatus
from provider.tracker.decisions.kinds import RepositoryType
from provider.tracker.decisions.outcomes import Found, PollFailure
from provider.tracker.decisions.release import FoundRelease
from provider.tracker.decisions.repository import RepositoryState
from provider.tracker.ports import REPOSITORY_SORTS, RepositoryFilter, TrackerStore
from tests.contracts.tracker_subjects import (
    KINDS,
    NOW,
    Subject,
    fake_subject,
    fields,
    polled,
    subject_of,
)


@pytest.fixture(params=KINDS)
def subject(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Subject]:
    """An empty store of each kind, and its outbox."""
    yield from subject_of(request.param, tmp_path)


@pytest.fixture
def store(subject: Subject) -> TrackerStore:
    """The store of the subject."""
    return subject.store


def _names(store: TrackerStore, wanted: RepositoryFilter) -> list[str]:
    return [one.name for one in store.page(wanted, 100).items]


def _versions(store: TrackerStore, number: int, sort: str = "-version") -> list[str]:
    return [release.version for release in store.releases(number, 100, sort=sort).items]


_DEPLOYED = {0: "0.9", 1: "1.2.0", 2: "9.9", 4: "1.0"}


def _various(store: TrackerStore) -> None:
    urls = ("acme/app", "https://git.example.org/x/Tool.git", "ghcr.io/acme/base", "acme/zoo", "node", "acme/dead")
    for place, url in enumerate(urls):
        notes = "Straße 100%_" if place == 1 else "note"
        given = replace(fields(url, notes=notes), deployed_version=_DEPLOYED.get(place, ""))
        number = store.add(given, NOW + timedelta(minutes=place)).id
        release = FoundRelease(f"1.{(place * 7) % 5}.0", None if place == 2 else NOW + timedelta(days=-place))
        if place < 3:
            store.record([polled(store, number, Found(None, (release,)), NOW + timedelta(seconds=place))])
        if place in {2, 3}:
            store.record([polled(store, number, PollFailure("no"), NOW)])
        if place == 5:
            store.record([replace(polled(store, number, PollFailure("no"), NOW), dead=True)])


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        (RepositoryFilter(), ["app", "base", "dead", "node", "Tool", "zoo"]),
        (RepositoryFilter(type=RepositoryType.GIT), ["Tool"]),
        (RepositoryFilter(query="STRASSE"), ["Tool"]),
        (RepositoryFilter(query="%_"), ["Tool"]),
        (RepositoryFilter(query="github.com/ACME", sort="-name"), ["zoo", "dead", "app"]),
        (RepositoryFilter(query="nowhere"), []),
        (RepositoryFilter(state=RepositoryState.OK), ["app", "Tool"]),
        (RepositoryFilter(state=RepositoryState.ERROR), ["base", "zoo"]),
        (RepositoryFilter(state=RepositoryState.DEAD), ["dead"]),
        (RepositoryFilter(state=RepositoryState.NEVER, type=RepositoryType.CONTAINER), ["node"]),
        (RepositoryFilter(deployed=DeployedStatus.BEHIND), ["app"]),
        (RepositoryFilter(deployed=DeployedStatus.CURRENT, query="tool"), ["Tool"]),
        (RepositoryFilter(deployed=DeployedStatus.AHEAD, sort="deployed"), ["base"]),
        (RepositoryFilter(deployed=DeployedStatus.UNKNOWN, type=RepositoryType.CONTAINER), ["node"]),
        (RepositoryFilter(deployed=DeployedStatus.BEHIND, state=RepositoryState.DEAD), []),
        (RepositoryFilter(query="acme", state=RepositoryState.ERROR, type=RepositoryType.GITHUB), ["zoo"]),
    ],
)
def test_tracker_the_list_is_filtered(store: TrackerStore, wanted: RepositoryFilter, names: list[str]) -> None:
    """Filters are the type, a case-insensitive text in name, url and notes, the state, and all of them together."""
    _various(store)
    assert _names(store, wanted) == names
    assert store.count(wanted) == len(names)


@pytest.mark.parametrize("sort", [f"{sign}{name}" for name in REPOSITORY_SORTS for sign in ("", "-")])
@pytest.mark.parametrize("query", [None, "a"])
def test_tracker_the_list_is_sorted_and_led_through_by_cursor(
    store: TrackerStore, sort: str, query: str | None
) -> None:
    """Page by page, every repository occurs once in the order of the complete list, for any page size."""
    _various(store)
    wanted = RepositoryFilter(sort=sort, query=query)
    whole = [one.id for one in store.page(wanted, 100).items]
    reference = fake_subject().store
    _various(reference)
    expected = [one.name for one in reference.page(wanted, 100).items]
    assert _names(store, wanted) == expected
    assert len(expected) == (6 if query is None else 5)

    for size in (1, 2, 5):
        found: list[int] = []
        after: Place | None = None
        while True:
            page = store.page(wanted, size, after)
            found += [one.id for one in page.items]
            after = page.end
            if after is None:
                break
        assert found == whole
    assert [one.id for one in store.page(wanted, 2, page=2).items] == whole[2:4]
    assert store.page(wanted, 2, page=9).items == ()


def test_tracker_the_furthest_behind_sorts_last(store: TrackerStore) -> None:
    """By major versions first; a version that is new counts at once, and one that is not known comes before."""
    for number, deployed in enumerate(("1.0.0", "2.1.0", "2.0.0", "2.2.0", "", "x")):
        added = store.add(replace(fields(f"acme/app-{number}"), deployed_version=deployed), NOW).id
        store.record([polled(store, added, ["1.0.0", "2.0.0", "2.1.0", "2.2.0"])])

    assert _names(store, RepositoryFilter(sort="deployed")) == ["app-4", "app-3", "app-5", "app-1", "app-2", "app-0"]
    behind = RepositoryFilter(deployed=DeployedStatus.BEHIND, sort="-deployed")
    assert (_names(store, behind), store.count(behind)) == (["app-0", "app-2", "app-1"], 3)


def test_the_latest_version_sorts_by_precedence(store: TrackerStore) -> None:
    """Repositories without a release come first, and 1.10 comes after 1.9."""
    for number, version in enumerate(("1.10.0", "1.9.0", "")):
        added = store.add(fields(f"acme/app-{number}"), NOW).id
        store.record([polled(store, added, [version] if version else [])])

    assert _names(store, RepositoryFilter(sort="latestVersion")) == ["app-2", "app-1", "app-0"]


def test_releases_are_paged_by_cursor(store: TrackerStore) -> None:
    """By precedence and by date, in both directions, each release occurs once."""
    number = store.add(fields("acme/app"), NOW).id
    releases = tuple(FoundRelease(f"1.{n}.0", NOW + timedelta(days=n % 3) if n else None) for n in range(7))
    store.record([polled(store, number, Found(None, releases))])

    for sort in ("version", "-version", "date", "-date"):
        whole = _versions(store, number, sort)
        found: list[str] = []
        after: Place | None = None
        while True:
            page = store.releases(number, 2, after, sort=sort)
            found += [release.version for release in page.items]
            after = page.end
            if after is None:
                break
        assert found == whole
        assert len(set(found)) == 7
    assert _versions(store, number, "version")[0] == "1.0.0"


@pytest.mark.parametrize("sort", ["", "size", "--name", "-"])
def test_an_unknown_sort_is_refused(store: TrackerStore, sort: str) -> None:
    """An unknown sort does not fall back to another order."""
    with pytest.raises(ValueError, match="sort"):
        store.page(RepositoryFilter(sort=sort), 10)


def test_a_cursor_of_another_order_is_refused(store: TrackerStore) -> None:
    """A name is not valid in an order by time."""
    for key in ("app", "2026-01-01T00:00:00"):
        with pytest.raises(ValueError, match=key[:3]):
            store.page(RepositoryFilter(sort="lastPolled"), 10, Place(key, "1"))


def test_everything_is_counted(store: TrackerStore) -> None:
    """Repositories are counted by state, and releases in total."""
    _various(store)

    counts = store.counts()
    assert (counts.repositories, counts.releases) == (6, 3)
    assert counts.by_state == {
        RepositoryState.OK: 2,
        RepositoryState.ERROR: 2,
        RepositoryState.WAITING: 0,
        RepositoryState.DEAD: 1,
        RepositoryState.WAITING: 0,
        RepositoryState.NEVER: 1,
    }
