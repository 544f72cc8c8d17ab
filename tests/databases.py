"""New databases for tests: a SQLite file and, where `make test-postgresql` has started a server, one of PostgreSQL.

Each belongs to one test, so tests that run at the same time share no rows.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import URL, Engine, NullPool, create_engine, make_url, text

from provider.store.engine import migrate, open_engine

_SERVER = os.environ.get("IMAGE_FACTORY_TEST_POSTGRESQL_URL")
KINDS = ("sqlite", *(("postgresql",) if _SERVER else ()))
"""The kinds of databases that a test runs over; its id contains the kind."""
ON_SQLITE = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
"""For tests that look at SQLite's query plans, or at the statements that are sent to it."""


@contextmanager
def new_database(kind: str, folder: Path) -> Iterator[str]:
    """The address of an empty database; that of PostgreSQL is removed at the end, connected to or not."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'index.db'}"
        return
    with _copied("template0") as url:
        yield url.render_as_string(hide_password=False)


@contextmanager
def migrated_database(kind: str, folder: Path) -> Iterator[str]:
    """The address of a database with empty tables."""
    if kind == "postgresql":
        # A copy takes a fraction of the time of the migrations.
        with _copied(_migrated_template()) as url:
            yield url.render_as_string(hide_password=False)
        return
    with new_database(kind, folder) as address:
        engine = open_engine(address)
        migrate(engine)
        engine.dispose()
        yield address


@contextmanager
def migrated_engine(kind: str, folder: Path) -> Iterator[Engine]:
    """An engine of a database with empty tables."""
    with migrated_database(kind, folder) as address:
        engine = open_engine(address)
        yield engine
        engine.dispose()


@contextmanager
def _copied(template: str) -> Iterator[URL]:
    name = f"test_{uuid4().hex}"
    # Copying files takes a fifth of the time of copying through the log, which is the default.
    _administer(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')
    try:
        yield _server().set(database=name)
    finally:
        _administer(f'DROP DATABASE "{name}" WITH (FORCE)')


@cache
def _migrated_template() -> str:
    """The name of a migrated database of this process: a database that others are connected to cannot be copied."""
    name = f"migrated_{uuid4().hex}"
    _administer(f'CREATE DATABASE "{name}"')
    engine = open_engine(_server().set(database=name).render_as_string(hide_password=False))
    migrate(engine)
    engine.dispose()
    return name


def _server() -> URL:
    return make_url(_SERVER or "")


def _administer(statement: str) -> None:
    engine = create_engine(_server(), isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        connection.execute(text(statement))
