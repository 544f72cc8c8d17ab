"""Tests of one SQLite file in several processes, one of which is killed."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select

from provider.store.engine import open_engine
from provider.store.tables import catalog_state
from tests.peers.proc import deleted_open_files

ROOT = Path(__file__).parents[3]

# Opens the database three times, like a process with several parts, then writes and waits.
_SERVICE = """
import sys
from provider.store.engine import migrate, open_engine, writing
from provider.store.tables import catalog_state
engines = [open_engine(sys.argv[1]) for _ in range(3)]
migrate(engines[0])
kept = engines[0].connect()
open_engine(sys.argv[1]).dispose()
for tag in sys.stdin:
    with writing(engines[0]) as connection:
        connection.execute(catalog_state.update().values(tag=tag.strip()))
    print(tag.strip(), flush=True)
"""

# What every command does: opens, migrates, reads, closes.
_COMMAND = """
import sys
from sqlalchemy import text
from provider.store.engine import migrate, open_engine
engine = open_engine(sys.argv[1])
migrate(engine)
with engine.connect() as connection:
    connection.execute(text("select * from catalog_state")).all()
engine.dispose()
"""


def _say(service: subprocess.Popen[str], tag: str) -> None:
    assert service.stdin is not None
    assert service.stdout is not None
    service.stdin.write(f"{tag}\n")
    service.stdin.flush()
    assert service.stdout.readline() == f"{tag}\n"


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_another_process_does_not_delete_the_log_of_a_running_one(tmp_path: Path) -> None:
    """Data that is written after another process closed the database survives SIGKILL."""
    url = f"sqlite:///{tmp_path / 'index.db'}"
    service = subprocess.Popen(
        [sys.executable, "-c", _SERVICE, url], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with service:
        _say(service, "before")
        subprocess.run([sys.executable, "-c", _COMMAND, url], cwd=ROOT, check=True)
        deleted = deleted_open_files(service.pid, tmp_path)
        _say(service, "after")
        service.send_signal(signal.SIGKILL)
    engine = open_engine(url)
    with engine.connect() as connection:
        tag = connection.execute(select(catalog_state.c.tag)).scalar_one()
    engine.dispose()

    assert deleted == []
    assert tag == "after"


def test_no_temporary_file_is_left_beside_a_new_database(tmp_path: Path) -> None:
    """The temporary file of a new database is removed."""
    open_engine(f"sqlite:///{tmp_path / 'index.db'}").dispose()

    assert [path.name for path in tmp_path.iterdir()] == ["index.db"]


def test_a_file_without_write_permission_is_refused_with_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error has the file and the reason of the operating system."""
    monkeypatch.setattr(os, "access", lambda *_: False)

    with pytest.raises(PermissionError, match=r"index\.db"):
        open_engine(f"sqlite:///{tmp_path / 'index.db'}")
