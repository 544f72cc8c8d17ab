"""Tests of the migrations of the release tracker's tables, on rows of earlier versions."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Engine, insert, inspect, table, text
from sqlalchemy import column as named

from provider.store.engine import migrate, migrations, open_engine, writing
from provider.tracker.decisions.repository import RepositoryState
from provider.tracker.decisions.wanted import AnnouncedVersions
from provider.tracker.store.tracker_store import SqlTrackerStore
from tests.databases import KINDS, new_database

AT = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture(name="engine", params=KINDS)
def made_engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An empty database of each kind."""
    with new_database(request.param, tmp_path) as address:
        engine = open_engine(address)
        yield engine
        engine.dispose()


def at_revision(engine: Engine, revision: str) -> None:
    """Run the migrations up to this one."""
    with writing(engine) as connection:
        config = migrations()
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def add(engine: Engine, number: int, **values: object) -> None:
    """Add a row as the program of that time did: every column has some value, and these have theirs."""
    columns = inspect(engine).get_columns("tracked_repositories")
    row: dict[str, object] = {}
    for each in columns:
        if not each["nullable"] and each["default"] is None:
            kind = each["type"].python_type
            row[each["name"]] = "2026-03-01 00:00:00.000000" if kind is datetime else kind()
    named_row = {"id": number, "key": f"git:h/{number}", "type": "git", "path": f"h/{number}", "tag_form": "any"}
    row |= {"state": "ok", "prereleases": "tell", "name": str(number), **named_row, **values}
    rows = table("tracked_repositories", *(named(name) for name in row))
    with writing(engine) as connection:
        connection.execute(insert(rows).values(row))


def test_tracker_a_repository_that_failed_before_waits_for_nothing(engine: Engine) -> None:
    """After the update it has its error and failures, and counts as failing from its next poll on."""
    at_revision(engine, "0019")
    moment = "2026-03-01 00:00:00.000000"
    add(engine, 1)
    add(engine, 2, state="error", error_at=moment, error="no answer", failures=7)
    add(engine, 3, state="dead", error_at=moment, error="gone", failures=100, dead=True)
    migrate(engine)

    store = SqlTrackerStore(engine)
    found = [store.get(number) for number in (1, 2, 3)]
    assert [each.state for each in found] == [RepositoryState.OK, RepositoryState.ERROR, RepositoryState.DEAD]
    assert [each.failures for each in found] == [0, 7, 100]
    assert [each.error and (each.error.at, each.error.message) for each in found] == [
        None,
        (AT, "no answer"),
        (AT, "gone"),
    ]
    assert {each.wanted.announce for each in found} == {AnnouncedVersions.ALL}
    assert {(each.waiting, each.failing_since, each.failure_told) for each in found} == {(None, None, False)}
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM tracked_repositories")).scalar_one() == 3


_RELEASE = text(
    "INSERT INTO tracked_releases (id, repository, version, version_order, standing, date, prerelease, draft, by_hand,"
    " withdrawn, removed, notes, first_seen) VALUES (:id, :of, :version, '', 1, '2026-01-01', :prerelease, :draft, :no,"
    " :no, :removed, '', :seen)"
)
_UNKNOWN, _FIRST, _LATER = "0001-01-01 00:00:00.000000", "2026-02-01 00:00:00.000000", "2026-02-02 00:00:00.000000"


def test_what_was_first_found_in_a_repository_is_no_news(engine: Engine) -> None:
    """Later releases are news, pre-releases apart; drafts and removed ones are not listed."""
    at_revision(engine, "0021")
    rows = [
        (1, _UNKNOWN, False, False, False),
        (1, _LATER, False, False, False),
        (1, _LATER, True, False, False),
        (2, _FIRST, False, False, False),
        (2, _FIRST, True, False, False),
        (2, _LATER, False, False, False),
        (2, _LATER, False, True, False),
        (2, _LATER, False, False, True),
    ]
    for number in (1, 2, 3):
        add(engine, number)
    with writing(engine) as connection:
        for number, (of, seen, prerelease, draft, removed) in enumerate(rows, 1):
            values = {"of": of, "seen": seen, "prerelease": prerelease, "draft": draft, "removed": removed}
            connection.execute(_RELEASE, {"id": number, "version": str(number), "no": False, **values})
    migrate(engine)
    with engine.connect() as connection:
        found = connection.execute(text("SELECT baseline, news_group FROM tracked_releases ORDER BY id")).all()
    assert [row[1] for row in found] == [3, 1, 2, 3, 4, 1, 0, 0]
    assert [row[0] for row in found] == [1, 0, 0, 1, 1, 0, 0, 0]


def test_tracker_the_ids_of_github_are_learned_after_the_update(engine: Engine) -> None:
    """Before, no repository has one, and none was renamed."""
    at_revision(engine, "0025")
    add(engine, 1, key="github:acme/app", type="github", path="acme/app", url="https://github.com/acme/app")
    migrate(engine)
    tracked = SqlTrackerStore(engine).get(1)
    assert (tracked.address.path, tracked.address.number, tracked.rename) == ("acme/app", None, None)
