"""Removes secrets from the texts of failures where the web part shows them.

A text that was stored before a secret was configured, or by an older release, can still contain it.
"""

from collections.abc import Callable
from contextvars import ContextVar

_REDACT: ContextVar[Callable[[str], str]] = ContextVar("redact", default=str)


def use_redactor(redact: Callable[[str], str]) -> None:
    """Let `redacted` use this function for the rest of the current request."""
    _REDACT.set(redact)


def redacted(text: str) -> str:
    """The text without secrets; outside a request of the web part, the text itself."""
    return _REDACT.get()(text)
