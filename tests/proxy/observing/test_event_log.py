"""Tests of the events in the log."""

import logging

import pytest

from proxy.observing.event_log import ATTRIBUTE, EventLog, Told


def test_an_event_is_a_record_with_a_sentence_and_keys(caplog: pytest.LogCaptureFixture) -> None:
    """The sentence has the values of its keys; braces in a value stay as they are."""
    EventLog("provider.test").warning("image_lost", "{image} is lost: {error}", image="portal", error="{odd} %s")
    (record,) = caplog.records
    assert (record.levelno, record.getMessage()) == (logging.WARNING, "portal is lost: {odd} %s")
    assert getattr(record, ATTRIBUTE) == Told("image_lost", {"image": "portal", "error": "{odd} %s"})


def test_an_exception_has_its_traceback(caplog: pytest.LogCaptureFixture) -> None:
    """It is the exception that is handled, or the one that is passed."""
    events = EventLog("provider.test")
    error = ValueError("passed")
    try:
        raise KeyError("handled")
    except KeyError:
        events.exception("read_failed", "it failed")
    events.exception("read_failed", "it failed", exc_info=error, level=logging.WARNING)
    first, second = (record.exc_info for record in caplog.records)
    assert first is not None
    assert isinstance(first[1], KeyError)
    assert second is not None
    assert second[1] is error
    assert [record.levelname for record in caplog.records] == ["ERROR", "WARNING"]


def test_what_is_not_logged_is_not_put_into_words(caplog: pytest.LogCaptureFixture) -> None:
    """An event below the level costs no formatting."""

    class Costly:
        def __format__(self, _: str) -> str:
            raise AssertionError("formatted")

    caplog.set_level(logging.INFO)
    events = EventLog("provider.test")
    events.debug("image_seen", "{image}", image=Costly())
    assert not events.debugs
    assert caplog.records == []
