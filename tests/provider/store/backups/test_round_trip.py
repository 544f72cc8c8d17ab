"""A backup and its restore, between all kinds of databases."""

from pathlib import Path
from unittest import mock

import pytest
from sqlalchemy import Connection, Engine, delete, inspect, select, text, update
from sqlalchemy.exc import SQLAlchemyError

from provider.services.progress import no_progress
from provider.store.backups.alone import DatabaseInUse, alone
from provider.store.backups.archive import BackupManifest, NotABackup, verified_backup, written_backup
from provider.store.backups.restoring import check_revision, records_in, restore
from provider.store.backups.saving import MADE_AGAIN, NothingToSave, save
from provider.store.engine import migrate, writing
from provider.store.outbox import outbox
from provider.store.reading import open_for_reading
from provider.store.tables import browser_sessions, images
from provider.tracker.store.tables import repositories
from tests.provider.store.backups.filling import DATABASES, ROWS, at_revision, empty, everything, fill
from tests.provider.store.samples import NOW

PAIRS = [(source, target) for source in DATABASES for target in DATABASES]


def saved(engine: Engine, file: Path) -> BackupManifest:
    """Write a backup, with a connection that can only read."""
    reading = open_for_reading(engine.url.render_as_string(hide_password=False))
    assert reading is not None
    try:
        with written_backup(file) as writer:
            return save(reading, writer, NOW, no_progress)
    finally:
        reading.dispose()


def restored(engine: Engine, file: Path) -> None:
    """Restore a backup, as the only process that uses the database."""
    engine.dispose()
    with verified_backup(file) as reader:
        check_revision(reader)
        with alone(engine.url.render_as_string(hide_password=False)) as connection:
            restore(connection, reader, no_progress)


@pytest.mark.parametrize(("source", "target"), PAIRS)
def test_every_row_is_restored_whatever_the_databases(source: str, target: str, tmp_path: Path) -> None:
    """Numbers, truth values, times to the microsecond, bytes and any text are the same afterwards."""
    file = tmp_path / "backup.zip"
    with empty(source, tmp_path / "one.db") as one:
        migrate(one)
        fill(one)
        # It would be searched for before it is sent.
        with writing(one) as connection:
            connection.execute(update(outbox).values(pending=False))
        before = everything(one)
        saved(one, file)
    with empty(target, tmp_path / "other.db") as other:
        restored(other, file)

        assert everything(other) == before
        assert len(before) > 15
        assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("target", DATABASES)
@pytest.mark.parametrize("revision", ["0003", "0010", "0020", "0033"])
def test_a_backup_of_an_older_version_is_upgraded(revision: str, target: str, tmp_path: Path) -> None:
    """The tables are those of this version, with the rows of the older one."""
    file = tmp_path / "backup.zip"
    with empty("sqlite", tmp_path / "one.db") as one:
        at_revision(one, revision)
        fill(one)
        before = {name: len(rows) for name, rows in everything(one).items()}
        saved(one, file)
    with empty(target, tmp_path / "other.db") as other:
        restored(other, file)
        after = everything(other)

        assert {name: len(after[name]) for name in before} == before
        migrate(other)


@pytest.mark.parametrize("target", DATABASES)
def test_an_id_that_was_given_is_not_given_again(target: str, tmp_path: Path) -> None:
    """The highest id belongs to a row that was deleted before the backup."""
    file = tmp_path / "backup.zip"
    with empty("sqlite", tmp_path / "one.db") as one:
        migrate(one)
        fill(one)
        with writing(one) as connection:
            connection.execute(delete(repositories).where(repositories.c.id == ROWS))
        saved(one, file)
    with empty(target, tmp_path / "other.db") as other:
        restored(other, file)
        with writing(other) as connection:
            row = connection.execute(select(repositories).limit(1)).mappings().one()
            new = {**row, "key": "new"}
            del new["id"]
            made = connection.execute(repositories.insert().values(new)).inserted_primary_key

    assert made == (ROWS + 1,)


@pytest.mark.parametrize("target", DATABASES)
def test_what_may_have_been_sent_since_is_searched_for_first(target: str, tmp_path: Path) -> None:
    """A message that waited at the backup is marked as tried, so the channel's history is read before it is sent."""
    file = tmp_path / "backup.zip"
    with empty("sqlite", tmp_path / "one.db") as one:
        migrate(one)
        fill(one)
        with writing(one) as connection:
            connection.execute(update(outbox).values(tried=False, receipt=None, pending=outbox.c.revision > 1))
        saved(one, file)
    with empty(target, tmp_path / "other.db") as other:
        restored(other, file)
        with other.connect() as connection:
            marks = connection.execute(select(outbox.c.pending, outbox.c.tried).order_by(outbox.c.revision)).all()

    assert [tuple(mark) for mark in marks] == [(False, False), (True, True), (True, True)]


def test_a_backup_has_no_session_and_nothing_that_is_made_again(tmp_path: Path) -> None:
    """Whoever reads it is signed in nowhere."""
    with empty("sqlite", tmp_path / "one.db") as one:
        migrate(one)
        manifest = saved(one, tmp_path / "backup.zip")
        there = set(inspect(one).get_table_names())

    assert there - set(manifest.rows) == {*MADE_AGAIN, "alembic_version"}
    assert {browser_sessions.name, images.name} <= MADE_AGAIN


@pytest.mark.parametrize("source", DATABASES)
def test_a_backup_has_the_rows_of_one_moment(source: str, tmp_path: Path) -> None:
    """Rows that are written and deleted after it began are not in it, or still in it."""
    file = tmp_path / "backup.zip"
    with empty(source, tmp_path / "one.db") as one:
        migrate(one)
        fill(one)
        before = everything(one)
        changed = False

        def change(_what: str, _steps: int) -> mock.Mock:
            nonlocal changed
            for table in before:
                if table != repositories.name:
                    with writing(one) as connection:
                        connection.execute(text(f"DELETE FROM {table}"))  # noqa: S608 - a name of ours
            changed = True
            return mock.Mock()

        reading = open_for_reading(one.url.render_as_string(hide_password=False))
        assert reading is not None
        with written_backup(file) as writer:
            manifest = save(reading, writer, NOW, change)
        reading.dispose()

        assert changed
        assert manifest.rows == {name: len(rows) for name, rows in before.items()}
        assert sum(map(len, everything(one).values())) < sum(manifest.rows.values())


@pytest.mark.parametrize("target", DATABASES)
def test_a_database_in_use_is_left_alone(target: str, tmp_path: Path) -> None:
    """An open connection is enough, also one that does nothing."""
    with empty(target, tmp_path / "one.db") as one:
        migrate(one)
        fill(one)
        before = everything(one)
        address = one.url.render_as_string(hide_password=False)
        with one.connect(), pytest.raises(DatabaseInUse, match="stop every 'image-factory serve'"), alone(address):
            pass
        assert everything(one) == before
        one.dispose()
        with alone(address) as connection:
            assert records_in(connection) > ROWS


@pytest.mark.parametrize("target", DATABASES)
def test_an_error_in_the_middle_changes_nothing(target: str, tmp_path: Path) -> None:
    """Also one in the last step: dropped tables and inserted rows are rolled back."""
    file = tmp_path / "backup.zip"
    with empty("sqlite", tmp_path / "other.db") as other:
        migrate(other)
        saved(other, file)
    with empty(target, tmp_path / "one.db") as one:
        migrate(one)
        fill(one)
        before = everything(one)
        one.dispose()

        def failing(connection: Connection, _reader: object) -> None:
            connection.execute(text("SELECT no_such_column"))

        with (
            mock.patch("provider.store.backups.restoring._give_no_id_again", failing),
            pytest.raises(SQLAlchemyError),
        ):
            restored(one, file)
        assert everything(one) == before


def test_a_backup_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    """The message says which revision it has, and what to do."""
    file = tmp_path / "backup.zip"
    with written_backup(file) as writer:
        writer.manifest("9999", NOW, {})
    with empty("sqlite", tmp_path / "one.db") as one, pytest.raises(NotABackup, match=r"revision 9999.*newer one"):
        restored(one, file)


def test_a_database_without_tables_has_nothing_to_save(tmp_path: Path) -> None:
    """No file is made."""
    with empty("sqlite", tmp_path / "one.db") as one, pytest.raises(NothingToSave, match="image-factory serve"):
        saved(one, tmp_path / "backup.zip")
    assert [path.name for path in tmp_path.iterdir() if "backup" in path.name] == []


@pytest.mark.parametrize(
    "line", ['{"x":1}', "[1]", '[{"time":"never"},1]', '[[],"x"]', "[", '["not a column"]'], ids=range(6)
)
def test_a_row_that_does_not_fit_is_refused(line: str, tmp_path: Path) -> None:
    """A file whose checksums are right and whose rows are not changes nothing."""
    file = tmp_path / "backup.zip"
    with empty("sqlite", tmp_path / "one.db") as one:
        migrate(one)
        before = everything(one)
        revision = saved(one, file).revision
        with (
            written_backup(file) as writer,
            mock.patch(
                "provider.store.backups.archive._line",
                lambda value: (line if value == ["?"] else str(value[0])).encode(),
            ),
        ):
            writer.table("told_news", ['["id","document"]\n'], [["?"]])
            writer.manifest(revision, NOW, {})
        with pytest.raises((ValueError, NotABackup, SQLAlchemyError)):
            restored(one, file)
        assert everything(one) == before
