"""Tests of the log formats."""

import json
import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Literal

import pytest

from provider.observing.logs import set_up_logging
from proxy.observing.context import about
from proxy.observing.event_log import EventLog
from proxy.secrets.redactor import Redactor
from proxy.secrets.secret import Secret


@pytest.fixture(autouse=True)
def root() -> Iterator[None]:
    """Restores logging afterwards."""
    logger = logging.getLogger()
    before, level = logger.handlers[:], logger.level
    yield
    logger.handlers[:] = before
    logger.setLevel(level)


def test_json_is_one_object_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    """This holds for messages with several lines and with a traceback too."""
    set_up_logging("json", Redactor(()))
    log = logging.getLogger("provider.test")
    log.warning("two\nlines of %s", "ü")
    try:
        raise ValueError("odd")
    except ValueError:
        log.exception("failed")
    first, second = map(json.loads, capsys.readouterr().err.splitlines())
    assert (first["level"], first["logger"], first["message"]) == ("warning", "provider.test", "two\nlines of ü")
    assert datetime.fromisoformat(first["time"]).utcoffset() == timedelta(0)
    assert "traceback" not in first
    assert second["traceback"].endswith("ValueError: odd")


def test_an_event_has_its_keys_and_what_the_work_is_about(capsys: pytest.CaptureFixture[str]) -> None:
    """Values that JSON has no form for are text; what a library logs meanwhile is about the same."""
    set_up_logging("json", Redactor([Secret("hush-hush-1")]))
    told = {"image": "portal", "tags": ["1", "hush-hush-1"], "waited": timedelta(seconds=3), "sizes": {"a": 1}}
    with about(request_id="r-1"):
        EventLog("provider.test").info("image_seen", "{image} was seen", **told)
        logging.getLogger("urllib3").warning("slow")
    first, second = map(json.loads, capsys.readouterr().err.splitlines())
    assert {"event": "image_seen", "message": "portal was seen", "request_id": "r-1"}.items() <= first.items()
    assert first["tags"] == ["1", "***"]
    assert (first["waited"], first["sizes"]) == ("0:00:03", {"a": 1})
    assert (second["event"], second["message"], second["request_id"]) == ("library", "slow", "r-1")


def test_the_text_names_the_event_and_what_the_work_is_about(capsys: pytest.CaptureFixture[str]) -> None:
    """They stand behind the sentence, without secrets."""
    set_up_logging("text", Redactor([Secret("hush-hush-1")]))
    with about(request_id="hush-hush-1"):
        EventLog("provider.test").warning("image_lost", "{image} is lost", image="portal")
    assert capsys.readouterr().err.endswith("WARNING provider.test: portal is lost [image_lost request_id=***]\n")


def test_libraries_log_only_warnings_and_errors(capsys: pytest.CaptureFixture[str]) -> None:
    """Their progress messages are left out; the text format is one line for people."""
    set_up_logging("text", Redactor(()))
    logging.getLogger("alembic.runtime").info("running")
    logging.getLogger("urllib3").warning("slow")
    logging.getLogger("provider").info("serving")
    first, second = capsys.readouterr().err.splitlines()
    assert first.endswith("WARNING urllib3: slow")
    assert second.endswith("INFO    provider: serving")


@pytest.mark.parametrize("form", ["text", "json"])
def test_secrets_are_hidden_in_messages_and_tracebacks(
    form: Literal["text", "json"], capsys: pytest.CaptureFixture[str]
) -> None:
    """This holds for messages of libraries too."""
    set_up_logging(form, Redactor([Secret("hush-hush-1")]))
    try:
        raise ValueError("cannot read 'hush-hush-1'")
    except ValueError:
        logging.getLogger("requests").exception("asked with %s", "hush-hush-1")

    said = capsys.readouterr().err
    assert "ValueError" in said
    assert "***" in said
    assert "hush-hush" not in said


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_secret_in_an_address_is_hidden_in_either_case(
    form: Literal["text", "json"], capsys: pytest.CaptureFixture[str]
) -> None:
    """Go writes the percent form in upper case, some proxies in lower case."""
    set_up_logging(form, Redactor([Secret("hush/hush+hush==")]))
    for written in ("hush%2fhush%2bhush%3d%3d", "hush%2Fhush%2Bhush%3D%3D"):
        logging.getLogger("requests").warning("asked https://host.example/?access=%s", written)
    assert "hush" not in capsys.readouterr().err
