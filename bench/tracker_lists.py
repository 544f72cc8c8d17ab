"""Pages of the release tracker's list: our keyset pages, against the same rows from the raw driver.

Every sort is measured without a filter and with every kind of filter, on the first page and near the end of the list.
The slowest full page counts: a page of a few rows would only measure the cost of any query. With a text filter the
position of the page matters little: there the positions of the matches matter, for the raw driver too.
"""

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter

from bench.marks import Mark
from bench.rounds import RunFailed
from bench.tracker_population import populate
from provider.ports import Place
from provider.store.engine import open_engine
from provider.tracker.decisions.kinds import RepositoryType
from provider.tracker.decisions.repository import RepositoryState
from provider.tracker.ports import REPOSITORY_SORTS, RepositoryFilter
from provider.tracker.store.queries import REPOSITORY_ORDERS
from provider.tracker.store.tracker_store import SqlTrackerStore

_SIZE = 50
# What a text with a digit finds: it stands in the name, the url or the notes, or a version has it from its number on.
_BY_TEXT = """
(EXISTS (SELECT 1 FROM tracked_texts WHERE repository = tracked_repositories.id AND words LIKE :text)
 OR EXISTS (
    SELECT 1 FROM tracked_releases AS one
    WHERE one.repository = tracked_repositories.id AND one.removed = 0
      AND one.number_text >= :number AND one.number_text < :number || char(1114111)
      AND length(one.version) - length(one.number_text) >= length(:before)
      AND substr(lower(one.version), length(one.version) - length(one.number_text) - length(:before) + 1,
                 length(:before)) = :before))
"""
_FILTERS: tuple[tuple[str, dict[str, str], RepositoryFilter], ...] = (
    ("", {}, RepositoryFilter()),
    ("type = :type", {"type": "git"}, RepositoryFilter(type=RepositoryType.GIT)),
    ("state = :state", {"state": "ok"}, RepositoryFilter(state=RepositoryState.OK)),
    (
        "state = :state AND type = :type",
        {"state": "error", "type": "git"},
        RepositoryFilter(type=RepositoryType.GIT, state=RepositoryState.ERROR),
    ),
    (_BY_TEXT, {"text": "%team-7%", "before": "team-", "number": "7"}, RepositoryFilter(query="team-7")),
    (_BY_TEXT, {"text": "%team-77/%", "before": "team-", "number": "77/"}, RepositoryFilter(query="team-77/")),
)


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds for one list: the first page of the raw driver, and our first and late pages."""

    by_text: bool
    raw: float
    first: float
    deepest: float


def tracker_marks(folder: Path, count: int, rounds: int, report: Callable[[str], None]) -> list[Mark]:
    """Measure pages of a list of this number of repositories; calls `report` with each part before its turn.

    Raises:
        RunFailed: our page and the raw driver's differ.
    """
    report("tracked repositories")
    file = folder / "tracker.db"
    populate(file, count)
    engine = open_engine(f"sqlite:///{file}")
    raw = sqlite3.connect(file)
    try:
        report("pages")
        times = list(_times(SqlTrackerStore(engine), raw, rounds))
    finally:
        raw.close()
        engine.dispose()
    ratio = max(time.first / time.raw for time in times)
    deeper = max(time.deepest / time.first for time in times if not time.by_text)
    return [
        Mark("tracker's pages, the slowest list", ratio, "x the raw driver's time", 6, at_most=True),
        Mark("tracker's pages, the deepest (no text)", deeper, "x the first page's time", 2, at_most=True),
    ]


def _times(store: SqlTrackerStore, raw: sqlite3.Connection, rounds: int) -> Iterator[Times]:
    for sort in (f"{sign}{name}" for name in REPOSITORY_SORTS for sign in ("", "-")):
        for condition, values, wanted in _FILTERS:
            asked = RepositoryFilter(wanted.type, wanted.query, wanted.state, sort)
            statement = _statement(sort, condition)
            ours = [one.id for one in store.page(asked, _SIZE).items]
            if ours != [row[0] for row in raw.execute(statement, values)]:
                raise RunFailed(
                    f"our page by {sort} where {condition or 'all'} differs from the rows of the raw driver"
                )
            place = _far_place(store, asked)
            yield _measured(store, raw, asked, place, (statement, values), max(rounds, 3))


def _measured(
    store: SqlTrackerStore,
    raw: sqlite3.Connection,
    asked: RepositoryFilter,
    place: Place | None,
    plain: tuple[str, dict[str, str]],
    rounds: int,
) -> Times:
    """Measure in turn, so that other load on the machine affects all of them."""
    contestants = (
        lambda: raw.execute(*plain).fetchall(),
        lambda: store.page(asked, _SIZE),
        lambda: store.page(asked, _SIZE, place),
    )
    seconds = [[_seconds(run) for run in contestants] for _ in range(rounds)]
    return Times(asked.query is not None, *(median(column) for column in zip(*seconds, strict=True)))


def _seconds(work: Callable[[], object]) -> float:
    started = perf_counter()
    work()
    return perf_counter() - started


def _statement(sort: str, condition: str) -> str:
    column, way = REPOSITORY_ORDERS[sort.removeprefix("-")].name, "DESC" if sort.startswith("-") else "ASC"
    where = f"WHERE {condition}" if condition else ""
    ids = f"SELECT id FROM tracked_repositories {where} ORDER BY {column} {way}, id {way} LIMIT {_SIZE}"  # noqa: S608 - our own names
    return (
        f"SELECT r.*, l.* FROM tracked_repositories r LEFT JOIN tracked_releases l ON l.id = r.latest_id "  # noqa: S608
        f"WHERE r.id IN ({ids}) ORDER BY r.{column} {way}, r.id {way}"
    )


def _far_place(store: SqlTrackerStore, asked: RepositoryFilter) -> Place | None:
    """The start of the last hundred of the list: the end of a page of the reversed list."""
    turned = asked.sort.removeprefix("-") if asked.sort.startswith("-") else f"-{asked.sort}"
    last = RepositoryFilter(asked.type, asked.query, asked.state, turned)
    return store.page(last, 2 * _SIZE).end
