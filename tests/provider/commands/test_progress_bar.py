"""Tests of the progress bar."""

import io
import logging

import pytest

from provider.commands.progress_bar import progress_bar


class Stream(io.StringIO):
    """Standard error, as a terminal or as a file."""

    def __init__(self, *, terminal: bool) -> None:
        super().__init__()
        self._terminal = terminal

    def isatty(self) -> bool:
        """Whether it is a terminal."""
        return self._terminal


def shown_on(stream: Stream, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The output of two pieces of work with a log line between them, split at carriage returns."""
    monkeypatch.setattr("sys.stderr", stream)
    with progress_bar() as progress:
        step = progress("Dockerfiles", 2)
        step()
        logging.getLogger("test").warning("a warning")
        progress("Digests", 3)
    return stream.getvalue().split("\r")


def test_each_piece_of_work_has_a_bar_that_disappears_at_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """At the end the line is empty."""
    shown = shown_on(Stream(terminal=True), monkeypatch)

    assert any(line.startswith("Dockerfiles:   0%|") and "| 0/2 [" in line for line in shown)
    assert any(line.startswith("Digests:   0%|") and "| 0/3 [" in line for line in shown)
    assert shown[-1].strip() == ""


def test_without_a_terminal_nothing_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    """A log file or a pipe gets no bar."""
    assert shown_on(Stream(terminal=False), monkeypatch) == [""]
