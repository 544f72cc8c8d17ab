"""Tests of the progress bar."""

import io
import logging

import pytest

from provider.commands.progress_bar import progress_bar


class Stream(io.StringIO):
    """Standard error, which is a terminal or not."""

    def __init__(self, *, terminal: bool) -> None:
        super().__init__()
        self._terminal = terminal

    def isatty(self) -> bool:
        """Whether it is a terminal."""
        return self._terminal


def shown_on(stream: Stream, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What two pieces of work with a line of the log between them write, by carriage return."""
    monkeypatch.setattr("sys.stderr", stream)
    with progress_bar() as progress:
        step = progress("Dockerfiles", 2)
        step()
        logging.getLogger("test").warning("a warning")
        progress("Digests", 3)
    return stream.getvalue().split("\r")


def test_each_piece_of_work_has_a_bar_that_is_gone_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    """The line is empty in the end."""
    shown = shown_on(Stream(terminal=True), monkeypatch)

    assert any(line.startswith("Dockerfiles:   0%|") and "| 0/2 [" in line for line in shown)
    assert any(line.startswith("Digests:   0%|") and "| 0/3 [" in line for line in shown)
    assert shown[-1].strip() == ""


def test_nothing_is_written_to_what_is_no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """A log file or a pipe has no bar in it."""
    assert shown_on(Stream(terminal=False), monkeypatch) == [""]
