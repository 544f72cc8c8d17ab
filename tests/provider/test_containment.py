"""Tests of work for one of many items."""

import logging

import pytest

from provider.containment import contained
from provider.errors import InternalError


def fails(error: BaseException) -> None:
    """Work that raises."""
    raise error


def test_a_result_is_passed_on() -> None:
    """With the arguments of the work."""
    assert contained("portal", divmod, 7, 2) == (3, 1)


@pytest.mark.parametrize("error", [KeyError("secret"), MemoryError(), RecursionError("deep"), StopIteration()])
def test_an_exception_becomes_a_value_without_its_text(error: Exception, caplog: pytest.LogCaptureFixture) -> None:
    """The message has the type, because the text may have anything in it; the log has the traceback and the name."""
    found = contained(f"portal {type(error).__name__}", fails, error)

    assert isinstance(found, InternalError)
    assert str(found) == f"internal error: {type(error).__name__}; see the log"
    assert "Traceback" in caplog.text
    assert f"portal {type(error).__name__}: an unexpected error" in caplog.text


def test_the_traceback_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    """The same error of the same item returns in each round; the one of another item is logged too."""
    for name in ("once", "once", "twice", "once"):
        contained(name, fails, OSError(28, "full"))

    assert [record.getMessage().partition(":")[0] for record in caplog.records] == ["once", "twice"]
    assert all(record.levelno == logging.ERROR for record in caplog.records)


def test_an_error_that_was_contained_before_keeps_its_message() -> None:
    """It is not wrapped a second time."""
    error = InternalError("internal error: KeyError; see the log")
    assert contained("portal", fails, error) is error


@pytest.mark.parametrize("error", [KeyboardInterrupt(), SystemExit(1)])
def test_the_end_of_the_process_is_not_contained(error: BaseException) -> None:
    """A person who stops the service is obeyed."""
    with pytest.raises(type(error)):
        contained("portal", fails, error)
