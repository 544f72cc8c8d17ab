"""Tests of the log formats."""

import json
import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Literal

import pytest

from provider.logs import set_up_logging
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
