"""Upgrades from earlier revisions, with rows in every table of that revision."""

from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

from provider.store.engine import migrate, migrations
from tests.provider.store.backups.filling import DATABASES, ROWS, at_revision, empty, everything, fill

_REVISIONS = [script.revision for script in reversed(list(ScriptDirectory.from_config(migrations()).walk_revisions()))]
_CHOSEN = ("0001", "0003", "0010", "0020", "0022", _REVISIONS[-2])


@pytest.mark.parametrize("revision", _CHOSEN)
@pytest.mark.parametrize("kind", DATABASES)
def test_an_upgrade_loses_no_row(kind: str, revision: str, tmp_path: Path) -> None:
    """Every row of an earlier revision is there afterwards, in a table as the newest revision has it."""
    with empty(kind, tmp_path / "old.db") as old, empty("sqlite", tmp_path / "new.db") as new:
        at_revision(old, revision)
        fill(old)
        before = {name: len(rows) for name, rows in everything(old).items()}
        migrate(old)
        migrate(new)
        after = everything(old)
        found, wanted = inspect(old), inspect(new)

        assert set(before.values()) <= {ROWS, ROWS + 1}
        assert {name: len(after[name]) for name in before} == before
        assert set(found.get_table_names()) == set(wanted.get_table_names())
        for name in wanted.get_table_names():
            columns = {column["name"]: column["nullable"] for column in found.get_columns(name)}
            assert columns == {column["name"]: column["nullable"] for column in wanted.get_columns(name)}, name
            assert {index["name"] for index in found.get_indexes(name)} >= {
                index["name"] for index in wanted.get_indexes(name)
            }, name
