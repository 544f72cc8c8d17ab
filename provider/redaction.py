"""Removes what looks like a credential from the texts of failures where the web part shows them.

A text of an upstream, or one that an older release stored, can contain a credential that is in no setting. The secrets
of the settings need no call: `provider/api/answers/redaction.py` removes them from every response.
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
