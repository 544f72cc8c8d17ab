"""Texts without what is secret in them: a redirect to a blob store carries its signature in the query."""

import base64
import json
import logging
import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote, quote_plus, urlsplit

from proxy.secrets.secret import Secret

HIDDEN = "***"
SHORTEST = 8
"""Characters of a secret that is looked for; a shorter one is a word that stands in many texts."""

# Tokens that nobody set: those that were made for us while running, and those of callers.
_SHAPES = re.compile(
    r"\bgh[pousr]_[A-Za-z0-9]{20,}|\bgithub_pat_[A-Za-z0-9_]{20,}|\bxox[a-z]-[A-Za-z0-9-]{10,}"
    r"|\beyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+"
    r"|(?<=\bbearer )[A-Za-z0-9._~+/-]{16,}=*|(?<=\bbasic )[A-Za-z0-9+/]{16,}=*",
    re.IGNORECASE,
)


class Redactor:
    """Puts `***` in the place of secrets in a text, however they are written there.

    The last line of defence, for logs and tracebacks: nothing may rely on it.
    """

    def __init__(self, secrets: Iterable[Secret]) -> None:
        forms = {form for secret in secrets for form in _forms(secret.reveal())}
        # The longest first, lest a part of one is left over.
        ordered = sorted(forms, key=lambda form: (-len(form), form))
        self._known = re.compile("|".join(map(re.escape, ordered))) if ordered else None

    def __call__(self, text: str) -> str:
        """The text without them."""
        if self._known is not None:
            text = self._known.sub(HIDDEN, text)
        return _SHAPES.sub(HIDDEN, text)


def printable(url: str) -> str:
    """The address without user, query and fragment, for messages."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def without_queries(record: logging.LogRecord) -> bool:
    """A log filter: cuts the query off every path among a record's arguments, and lets the record pass."""
    if isinstance(record.args, tuple):
        record.args = tuple(_cut(argument) for argument in record.args)
    return True


def keep_queries_out_of_logs() -> None:
    """Have urllib3 log paths without their queries; doing it again changes nothing."""
    logging.getLogger("urllib3.connectionpool").addFilter(without_queries)


def _cut(argument: object) -> object:
    if isinstance(argument, str) and "?" in argument and argument.startswith(("/", "http")):
        return f"{argument.partition('?')[0]}?..."
    return argument


def _forms(secret: str) -> Iterator[str]:
    """A secret, and each line of a key, as it is and as addresses, JSON, Python and Basic authentication write it."""
    for part in {secret, *secret.splitlines()}:
        if len(part) < SHORTEST or part.startswith("-----"):
            continue
        yield from (part, quote(part, safe=""), quote(part), quote_plus(part))
        yield from (json.dumps(part)[1:-1], repr(part)[1:-1], base64.b64encode(part.encode()).decode())
