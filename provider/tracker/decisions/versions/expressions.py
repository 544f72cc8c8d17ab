"""Regular expressions that people write, of RE2: matching takes time in proportion to the text. Pure.

Syntax: github.com/google/re2/wiki/Syntax. An expression matches if it is found anywhere in the text; `^` and `$` bind
it to the ends.
"""

from functools import lru_cache
from typing import Protocol

import re2

LONGEST_EXPRESSION = 500
"""Characters of an expression at most."""

# Memory of one compiled expression: RE2's own limit of 8 MiB is for large sets of patterns.
_MOST_BYTES = 1 << 20


class Matcher(Protocol):
    """A compiled expression."""

    def search(self, text: str) -> object | None:
        """A match, or None."""


def expression_problem(text: str) -> str | None:
    """What is wrong with an expression, and what to write; None if it can be used."""
    if len(text) > LONGEST_EXPRESSION or not text.isprintable():
        return f"an expression must be one line of at most {LONGEST_EXPRESSION} printable characters"
    try:
        matcher(text)
    except re2.error as error:
        return f"{text[:80]!r} is not a regular expression of RE2: {_words(error)}; write for example ^v[0-9]"
    return None


@lru_cache(maxsize=1_000)
def matcher(text: str) -> Matcher:
    """The compiled expression.

    Raises:
        re2.error: it cannot be compiled; `expression_problem` says why.
    """
    options = re2.Options()
    options.max_mem = _MOST_BYTES
    options.log_errors = False
    compiled: Matcher = re2.compile(text, options)
    return compiled


def _words(error: Exception) -> str:
    first = error.args[0] if error.args else ""
    return first.decode(errors="replace") if isinstance(first, bytes) else str(first)
