"""Sets up the log: a line of text for people, or a JSON object for machines. docs/logs.md describes both.

Everything that is logged, by us or by a library, goes through the same steps of structlog.
"""

import json
import logging
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Literal

from provider.observing.absent import absent
from proxy.observing.context import known_here
from proxy.observing.event_log import ATTRIBUTE, Told
from proxy.secrets.redactor import Redactor

# structlog imports it to colour text for programmers, which takes 0.1 s of a processor at each start, and 8 MB.
with absent("rich"):
    from structlog.processors import ExceptionRenderer, JSONRenderer
    from structlog.stdlib import ProcessorFormatter
    from structlog.typing import EventDict, Processor, WrappedLogger

_NOISY = ("urllib3", "git", "alembic", "dbos", "github", "sqlalchemy", "opentelemetry")
_FIXED = frozenset({"time", "level", "logger", "event"})
"""The values that stand in the source, and the time."""

_RENDER = ExceptionRenderer()
_LIBRARY = Told("library", {})
"""What a library logs."""


def set_up_logging(form: Literal["text", "json"], redactor: Redactor, least: int = logging.INFO) -> None:
    """Log to standard error, without the secrets of the redactor; libraries log only warnings and errors.

    Args:
        form: of each event.
        redactor: hides secrets.
        least: the level below which nothing is logged.
    """
    writer = logging.StreamHandler(sys.stderr)
    writer.setFormatter(ProcessorFormatter(foreign_pre_chain=[_described], processors=_steps(form, redactor)))
    logging.basicConfig(level=least, handlers=[writer], force=True)
    for name in _NOISY:
        logging.getLogger(name).setLevel(logging.WARNING)


def _steps(form: Literal["text", "json"], redactor: Redactor) -> Sequence[Processor]:
    return (
        _traced,
        ProcessorFormatter.remove_processors_meta,
        partial(_redacted, redactor),
        JSONRenderer(json.dumps, ensure_ascii=False) if form == "json" else _line,
    )


def _described(_logger: WrappedLogger, level: str, given: EventDict) -> EventDict:
    """The event with everything that is known of it, in the order in which it is shown."""
    record: logging.LogRecord = given["_record"]
    told: Told = getattr(record, ATTRIBUTE, _LIBRARY)
    return {
        "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
        "level": level,
        "logger": record.name,
        "event": told.event,
        "message": given["event"],
        **known_here(),
        **{name: _plain(value) for name, value in told.keys.items()},
        **{name: given[name] for name in ("exc_info", "_record", "_from_structlog") if name in given},
    }


def _plain(value: object) -> object:
    """The value as JSON has it."""
    match value:
        case str() | int() | float() | None:
            return value
        case Mapping():
            return {str(name): _plain(each) for name, each in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_plain(each) for each in value]
        case _:
            return str(value)


def _traced(logger: WrappedLogger, level: str, event: EventDict) -> EventDict:
    """The event with the traceback of its exception as text."""
    rendered = _RENDER(logger, level, event)
    if "exception" in rendered:
        rendered["traceback"] = rendered.pop("exception")
    return rendered


def _redacted(redactor: Redactor, _logger: WrappedLogger, _level: str, event: EventDict) -> EventDict:
    """The event without secrets, wherever in it they are: in values, in the sentence, in the traceback."""

    def hidden(value: object) -> object:
        match value:
            case str():
                return redactor(value)
            case dict():
                return {name: hidden(each) for name, each in value.items()}
            case list():
                return [hidden(each) for each in value]
            case _:
                return value

    return {name: value if name in _FIXED else hidden(value) for name, value in event.items()}


def _line(_logger: WrappedLogger, _level: str, event: EventDict) -> str:
    """Time, level, logger and sentence; what the work is about, and the traceback."""
    at = datetime.fromisoformat(event["time"]).astimezone().replace(tzinfo=None).isoformat(" ", "milliseconds")
    about = (
        []
        if event["event"] == _LIBRARY.event
        else [event["event"], *(f"{name}={event[name]}" for name in known_here())]
    )
    parts = (
        f"{at} {event['level'].upper():<7} {event['logger']}: {event['message']}",
        f" [{' '.join(about)}]" if about else "",
        f"\n{event['traceback']}" if "traceback" in event else "",
    )
    return "".join(parts)
