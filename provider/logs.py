"""Sets up logging: text for people, or JSON for machines."""

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Literal

from proxy.secrets.redactor import Redactor

_TEXT = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"
_NOISY = ("urllib3", "git", "alembic", "dbos", "github", "sqlalchemy")


class _Json(logging.Formatter):
    """One JSON object for each line: time, level, logger, message, and the traceback of an exception."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


class _Redacting(logging.Formatter):
    """Removes secrets from the output of another formatter, including tracebacks."""

    def __init__(self, inner: logging.Formatter, redact: Redactor) -> None:
        super().__init__()
        self._inner = inner
        self._redact = redact

    def format(self, record: logging.LogRecord) -> str:
        return self._redact(self._inner.format(record))


def set_up_logging(form: Literal["text", "json"], redactor: Redactor) -> None:
    """Log to standard error, without the secrets of the redactor; libraries log only warnings and errors."""
    writer = logging.StreamHandler(sys.stderr)
    writer.setFormatter(_Redacting(_Json() if form == "json" else logging.Formatter(_TEXT), redactor))
    logging.basicConfig(level=logging.INFO, handlers=[writer], force=True)
    for name in _NOISY:
        logging.getLogger(name).setLevel(logging.WARNING)
