"""Tests of the text search, with texts that are frequent and texts that are rare."""

from collections.abc import Iterator

import pytest

from provider.ports import Place
from provider.tracker.decisions.kinds import RepositoryType
from provider.tracker.decisions.repository import RepositoryState
from provider.tracker.ports import RepositoryFilter
from provider.tracker.store.tracker_store import SqlTrackerStore
from tests.contracts.tracker_subjects import NOW, fields
from tests.databases import KINDS, migrated_engine

MANY = [fields(f"acme/app-{n}" if n % 25 else f"ghcr.io/acme/app-{n}", notes="x") for n in range(2500)]


@pytest.fixture(scope="module", params=KINDS)
def store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqlTrackerStore]:
    """A store with more repositories than one step of the search reads; tests only read it."""
    with migrated_engine(request.param, tmp_path_factory.mktemp("search")) as engine:
        filled = SqlTrackerStore(engine)
        filled.add_all(MANY, NOW)
        yield filled


@pytest.fixture(autouse=True)
def fewer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let one step of the search read few rows, so that both ways of the search are tested."""
    monkeypatch.setattr("provider.tracker.store.search._NEXT_FEW", 500)


@pytest.mark.parametrize("sort", ["name", "-name", "type", "-type", "dateAdded"])
@pytest.mark.parametrize("query", ["app", "app-2499", "9", "nothing", None])
@pytest.mark.parametrize("wanted", [RepositoryFilter(), RepositoryFilter(RepositoryType.GITHUB, None)])
def test_all_pages_together_contain_each_match_once(
    store: SqlTrackerStore, sort: str, query: str | None, wanted: RepositoryFilter
) -> None:
    """All pages together contain each match once, in order."""
    asked = RepositoryFilter(wanted.type, query, RepositoryState.NEVER, sort)
    whole = [one.name for one in store.page(asked, 3000).items]
    expected = {
        one.name
        for one in MANY
        if (query or "") in one.name and (wanted.type is None or one.address.type is wanted.type)
    }
    assert sorted(whole) == sorted(expected)

    found: list[str] = []
    after: Place | None = None
    while True:
        page = store.page(asked, 700, after)
        found += [one.name for one in page.items]
        after = page.end
        if after is None:
            break
    assert found == whole
