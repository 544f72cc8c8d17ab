"""Events in the log: each has a stable name, a sentence for people, and keys for programs. docs/logs.md lists them.

    _log = EventLog(__name__)
    _log.warning("message_delayed", "message {message} is sent later: {error}", message=message.id, error=error)

The events go through Python's logging, so that those of libraries and ours are set up, filtered and written together.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

ATTRIBUTE = "told"
"""The attribute of a log record that has its `Told`."""


@dataclass(frozen=True, slots=True)
class Told:
    """What an event says to programs.

    Attributes:
        event: its name.
        keys: its values, by name.
    """

    event: str
    keys: Mapping[str, object]


class EventLog:
    """Logs events; their sentences name keys in braces, which are replaced by their values.

    Args:
        name: of the logger: the module.
    """

    def __init__(self, name: str) -> None:
        self._logger = logging.getLogger(name)

    @property
    def debugs(self) -> bool:
        """Whether what only a developer needs is logged."""
        return self._logger.isEnabledFor(logging.DEBUG)

    def debug(self, event: str, sentence: str, /, **keys: object) -> None:
        """Log what only a developer needs."""
        self._tell(logging.DEBUG, event, sentence, keys)

    def info(self, event: str, sentence: str, /, **keys: object) -> None:
        """Log what was done or decided."""
        self._tell(logging.INFO, event, sentence, keys)

    def warning(self, event: str, sentence: str, /, **keys: object) -> None:
        """Log what does not work now, or is not as it should be."""
        self._tell(logging.WARNING, event, sentence, keys)

    def error(self, event: str, sentence: str, /, **keys: object) -> None:
        """Log what does not work until somebody does something."""
        self._tell(logging.ERROR, event, sentence, keys)

    def critical(self, event: str, sentence: str, /, **keys: object) -> None:
        """Log why this process ends."""
        self._tell(logging.CRITICAL, event, sentence, keys)

    def exception(
        self,
        event: str,
        sentence: str,
        /,
        *,
        exc_info: Exception | None = None,
        level: int = logging.ERROR,
        **keys: object,
    ) -> None:
        """Log an exception with its traceback: this one, or the one that is handled now."""
        self._tell(level, event, sentence, keys, exc_info or True)

    def _tell(
        self,
        level: int,
        event: str,
        sentence: str,
        keys: Mapping[str, object],
        exc_info: Exception | Literal[True] | None = None,
    ) -> None:
        if self._logger.isEnabledFor(level):
            told = Told(event, MappingProxyType(keys))
            self._logger.log(level, sentence.format_map(keys), exc_info=exc_info, extra={ATTRIBUTE: told})
