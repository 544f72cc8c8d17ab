"""Tests of the queries for the releases of all repositories, with many releases."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine, event, insert

from provider.ports import Place
from provider.store.engine import migrate, open_engine, writing
from provider.tracker.decisions.kinds import RepositoryType, TagForm
from provider.tracker.decisions.release import FoundRelease, Release
from provider.tracker.decisions.repository import Tracked
from provider.tracker.ports import NewsFilter, RepositoryFilter
from provider.tracker.store.rows import release_values
from provider.tracker.store.tables import releases
from provider.tracker.store.tracker_store import SqlTrackerStore
from tests.contracts.tracker_subjects import NOW, fields
from tests.databases import KINDS, migrated_engine
from tests.fakes.tracker_news import fake_news
from tests.provider.tracker.store.test_queries import Plans

_ON_SQLITE = pytest.mark.parametrize("many", ["sqlite"], indirect=True, scope="module")
REPOSITORIES = 40
EACH = 60
FILTERS = [
    NewsFilter(),
    NewsFilter(known=True),
    NewsFilter(prereleases=False),
    NewsFilter(since=NOW + timedelta(hours=30)),
    NewsFilter(until=NOW + timedelta(hours=5)),
    NewsFilter(repository=3),
    NewsFilter(type=RepositoryType.CONTAINER),
    NewsFilter(label="rare"),
    NewsFilter(label="rare", query="app-1"),
    NewsFilter(query="app-3"),
    NewsFilter(query="v7.5"),
    NewsFilter(query="7", prereleases=False),
    NewsFilter(query="nothing-7"),
    NewsFilter(type=RepositoryType.GIT, query="7.5"),
]


def filled(engine: Engine, repositories: int, each: int) -> SqlTrackerStore:
    """A store with so many repositories and releases; half of these are news, one in five is a pre-release."""
    store = SqlTrackerStore(engine)
    urls = (f"ghcr.io/acme/app-{n}" if n % 3 else f"https://git.example.org/acme/app-{n}" for n in range(repositories))
    numbers = store.add_all([fields(url) for url in urls], NOW)
    with writing(engine) as connection:
        for repository in numbers:
            connection.execute(insert(releases), [_row(repository, number, each) for number in range(each)])
    rare = store.get(numbers[1])
    store.change(rare.id, 1, replace(fields(rare.address.url), labels=("rare",)))
    return store


def _row(repository: int, number: int, each: int) -> dict[str, object]:
    version = f"v{repository % 9}.{number}.0{'-rc.1' if number % 5 == 0 else ''}"
    baseline = number < each // 2
    seen = NOW + timedelta(hours=0 if baseline else number, seconds=repository)
    values = release_values(FoundRelease(version), TagForm.ANY, baseline=baseline)
    return {**values, "repository": repository, "by_hand": False, "removed": False, "first_seen": seen}


@pytest.fixture(scope="module", params=KINDS)
def many(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A database with many releases; tests only read it."""
    with migrated_engine(request.param, tmp_path_factory.mktemp("news")) as engine:
        filled(engine, REPOSITORIES, EACH)
        yield engine


@pytest.fixture(params=[True, False], ids=["little-at-once", "much-at-once"])
def store(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, many: Engine) -> SqlTrackerStore:
    """The store, also with steps that read so few rows that every way to find releases is tested."""
    if request.param:
        monkeypatch.setattr("provider.tracker.store.news._NEXT_FEW", 50)
        monkeypatch.setattr("provider.tracker.store.news._FEW", 1)
        monkeypatch.setattr("provider.tracker.store.news._MANY", 9)
    return SqlTrackerStore(many)


@pytest.fixture(scope="module")
def everything(many: Engine) -> list[tuple[Tracked, Sequence[Release]]]:
    """All repositories with all their releases."""
    store = SqlTrackerStore(many)
    return [(tracked, store.known(tracked.id)) for tracked in store.everything()]


@pytest.mark.parametrize("wanted", FILTERS)
def test_every_way_to_find_a_page_gives_the_same(
    store: SqlTrackerStore, wanted: NewsFilter, everything: list[tuple[Tracked, Sequence[Release]]]
) -> None:
    """The pages have what a look at every single release finds, in order."""
    found: list[int] = []
    after: Place | None = None
    while True:
        page = store.news(wanted, 37, after)
        found += [news.release.id for news in page.items]
        after = page.end
        if after is None:
            break
    expected = [news.release.id for news in fake_news(wanted, everything)]
    assert found == expected
    assert store.count_news(wanted) == len(expected)


@_ON_SQLITE
def test_tracker_a_page_of_all_releases_is_read_by_an_index(many: Engine) -> None:
    """Without a filter, with all filters on repositories, and of one repository; nothing is sorted."""
    store, plans = SqlTrackerStore(many), Plans(many)
    for wanted in (NewsFilter(), NewsFilter(known=True, since=NOW), NewsFilter(repository=3), NewsFilter(label="rare")):
        store.news(wanted, 50, Place((NOW + timedelta(hours=40)).isoformat(), "100"))
        for steps in plans.taken():
            touching = [step for step in steps if "tracked_releases" in step]
            assert [step for step in touching if "INDEX" not in step and "PRIMARY KEY" not in step] == [], steps
            assert not any("TEMP B-TREE" in step for step in steps), steps


@_ON_SQLITE
@pytest.mark.parametrize("wanted", FILTERS)
def test_tracker_a_page_costs_the_same_with_ten_times_the_releases(
    many: Engine, more: Engine, wanted: NewsFilter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite takes about as many steps for it; a text is looked for in a fixed number of releases first."""
    monkeypatch.setattr("provider.tracker.store.news._NEXT_FEW", 300)
    few, lots = (_steps(engine, lambda store: store.news(wanted, 20)) for engine in (many, more))
    assert lots < 2 * few + 5_000, (few, lots)


@_ON_SQLITE
@pytest.mark.parametrize("query", ["v7.5", "7", "75", "7.5999"])
def test_tracker_a_search_for_a_version_costs_the_same_with_ten_times_the_releases(
    many: Engine, more: Engine, query: str
) -> None:
    """The list of repositories looks at an index once for each repository, whatever the number of releases."""
    wanted = RepositoryFilter(query=query)
    few, lots = (_steps(engine, lambda store: (store.page(wanted, 20), store.count(wanted))) for engine in (many, more))
    assert lots < 1.5 * few + 1_000, (few, lots)


@pytest.fixture(scope="module")
def more(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A database with ten times the releases; tests only read it."""
    engine = open_engine(f"sqlite:///{tmp_path_factory.mktemp('news') / 'more.db'}")
    migrate(engine)
    filled(engine, REPOSITORIES, 10 * EACH)
    yield engine
    engine.dispose()


def _steps(engine: Engine, ask: Callable[[SqlTrackerStore], object]) -> int:
    """How many instructions SQLite's virtual machine runs for this, in tens."""
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    def watch(connection: sqlite3.Connection, *_: object) -> None:
        connection.set_progress_handler(count, 10)

    engine.dispose()
    event.listen(engine, "connect", watch)
    ask(SqlTrackerStore(engine))
    event.remove(engine, "connect", watch)
    engine.dispose()
    return steps
