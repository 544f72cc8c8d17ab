"""Processes that are killed, suspended and started again."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from soak.world.memory import ProcessorTime, megabytes
from soak.world.processes import Program, Supervised
from tests.peers.process import PeerFailed, wait_until

_NOTES_ITS_START = "import pathlib, time; pathlib.Path('{file}').open('a').write('started\\n'); time.sleep(600)"


@pytest.fixture
def process(tmp_path: Path) -> Iterator[Supervised]:
    """A process that answers once it has noted its start."""
    file = tmp_path / "starts"
    command = [sys.executable, "-c", _NOTES_ITS_START.format(file=file)]
    found = Supervised(Program("sleeper", command, tmp_path, dict(os.environ), file.exists))
    found.start()
    yield found
    found.stop()


def _state(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0]


def test_a_killed_process_is_started_again(process: Supervised, tmp_path: Path) -> None:
    """It has no process id while it is dead, and another one afterwards."""
    first = process.pid

    process.kill()
    assert process.pid == 0
    process.start()

    assert process.pid not in {0, first}
    wait_until(lambda: (tmp_path / "starts").read_text() == "started\nstarted\n", "the second start", 20)


def test_a_suspended_process_goes_on(process: Supervised) -> None:
    """Its state is T while it is suspended; a process that is still suspended can be ended."""
    process.suspend()
    wait_until(lambda: _state(process.pid) == "T", "it should stand still", 20)
    process.resume()
    wait_until(lambda: _state(process.pid) != "T", "it should go on", 20)

    process.suspend()
    process.stop()

    assert process.pid == 0


def test_the_memory_of_a_process_is_measured(process: Supervised) -> None:
    """A Python process needs some megabytes, and a session without processes none."""
    session = process.pid
    assert 3 < megabytes(session) < 200

    process.kill()

    assert megabytes(session) == 0


def test_the_time_on_the_processors_is_measured(process: Supervised) -> None:
    """What ran has used some; the share that it waited is between none and all."""
    found = ProcessorTime.of(process.pid)

    assert found.used > 0
    assert 0 <= found.waiting_since(ProcessorTime(0.0, 0.0)) <= 1
    assert ProcessorTime(3.0, 9.0).waiting_since(ProcessorTime(2.0, 6.0)) == 0.75
    assert found.waiting_since(found) == 0


def test_a_program_that_ends_at_once_is_no_service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What does not stay is reported with the end of its log."""
    monkeypatch.setattr("soak.world.processes._START_SECONDS", 1.0)
    command = [sys.executable, "-c", "print('no database')"]
    broken = Supervised(Program("broken", command, tmp_path, dict(os.environ), lambda: False))

    with pytest.raises(PeerFailed, match="broken does not stay\nno database"):
        broken.start()
