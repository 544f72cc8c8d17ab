"""One process at a time writes; one that has stopped with the turn stops nobody."""

import logging
import threading
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import pytest

from provider.config_repo.repository.writer_turn import WAIT_SECONDS, WriterTurn
from provider.jobs.process_locks import FileLocks, process_locks_for
from tests.databases import KINDS, new_database


class Waits:
    """Gives the turn, or has another process that keeps it; notes how long each write would have waited."""

    def __init__(self) -> None:
        self.kept = False
        self.waits: list[float] = []

    def take(self, seconds: float) -> AbstractContextManager[object] | None:
        """The turn, unless it is kept."""
        self.waits.append(seconds)
        return None if self.kept else nullcontext()


def write(turn: WriterTurn) -> bool:
    """Whether a write gets through."""
    with turn():
        return True


def test_a_process_that_has_stopped_costs_one_wait(caplog: pytest.LogCaptureFixture) -> None:
    """Later writes only look whether the turn is free; once they had it again, they wait again. It is told once."""
    others = Waits()
    turn = WriterTurn(others.take)
    for kept in (False, True, True, True, False, False):
        others.kept = kept
        assert write(turn)

    assert others.waits == [WAIT_SECONDS, WAIT_SECONDS, 0.0, 0.0, 0.0, WAIT_SECONDS]
    (told,) = caplog.records
    assert told.levelno == logging.WARNING
    assert "another process has written for longer than 10 s, or has stopped" in told.getMessage()


@pytest.mark.parametrize("error", [OSError("no space left on device"), RuntimeError("server closed the connection")])
def test_without_a_database_writes_go_on(error: Exception, caplog: pytest.LogCaptureFixture) -> None:
    """Git compares each push, so turns are not needed for the truth. The cause is told once."""

    def fail(_seconds: float) -> None:
        raise error

    turn = WriterTurn(fail)
    assert write(turn)
    assert write(turn)
    (told,) = caplog.records
    assert str(error) in told.getMessage()


def test_a_failed_write_gives_the_turn_back(tmp_path: Path) -> None:
    """The next one gets it."""
    locks = FileLocks(tmp_path)
    turn = WriterTurn(lambda seconds: locks.acquire("writing", seconds))
    with pytest.raises(ZeroDivisionError), turn():
        raise ZeroDivisionError
    with turn():
        assert locks.acquire("writing") is None
    assert locks.acquire("writing")


@pytest.mark.parametrize("kind", KINDS)
def test_a_write_waits_for_that_of_another_process(kind: str, tmp_path: Path) -> None:
    """It goes on as soon as the other one has ended."""
    with new_database(kind, tmp_path) as url:
        first, second = (process_locks_for(url) for _ in range(2))
        written: list[str] = []
        waiting = threading.Event()

        def take(seconds: float) -> AbstractContextManager[object] | None:
            waiting.set()
            return second.acquire("writing", seconds)

        def other() -> None:
            with WriterTurn(take, seconds=60)():
                written.append("second")

        thread = threading.Thread(target=other)
        with WriterTurn(lambda seconds: first.acquire("writing", seconds))():
            thread.start()
            assert waiting.wait(30)
            written.append("first")
        thread.join(30)
        assert written == ["first", "second"]
