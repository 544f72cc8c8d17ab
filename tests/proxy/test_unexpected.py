"""Tests of exceptions that nobody foresaw."""

import logging

import pytest

from proxy.errors import Garbage, NotFound
from proxy.unexpected import failure_of, log_unexpected


def raised(error: Exception) -> Exception:
    """The error as it is caught, with its traceback."""
    try:
        raise error
    except type(error) as caught:
        return caught


def test_a_failure_that_is_foreseen_stays_as_it_is(caplog: pytest.LogCaptureFixture) -> None:
    """It is not logged as an error."""
    error = NotFound("no such tag")

    assert failure_of("a/b:1", error) is error
    assert caplog.records == []


@pytest.mark.parametrize("error", [KeyError("secret"), RecursionError("secret"), MemoryError(), OSError(28, "secret")])
def test_the_traceback_is_logged_once(error: Exception, caplog: pytest.LogCaptureFixture) -> None:
    """The same error returns in each check of the same reference; its text is in the log alone."""
    name = f"checked {type(error).__name__}"
    failures = [failure_of(each, raised(error)) for each in (name, name, f"{name} too", name)]

    assert all(isinstance(failure, Garbage) for failure in failures)
    assert "secret" not in str(failures)
    assert [record.getMessage().partition(":")[0] for record in caplog.records] == [name, f"{name} too"]
    assert all(record.exc_info and record.levelno == logging.ERROR for record in caplog.records)


def test_only_the_newest_errors_are_remembered(caplog: pytest.LogCaptureFixture) -> None:
    """However many items fail; one that is forgotten is logged again."""
    for number in (*range(1001), 0, 1000):
        log_unexpected(f"item {number}", raised(ValueError()))

    assert [record.getMessage().partition(":")[0] for record in caplog.records[1001:]] == ["item 0"]
