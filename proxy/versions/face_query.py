"""The query of the registry proxy: an allow-list of keys and their allowed values. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from proxy.versions.tag_names import TAG


class QueryRefused(ValueError):
    """A query key or value is not allowed; the message lists the allowed ones."""


@dataclass(frozen=True, slots=True)
class QueryKey:
    """One key: the pattern of its values, and its description for messages."""

    pattern: re.Pattern[str]
    words: str

    def allows(self, value: str) -> bool:
        """Whether the value may be passed on."""
        return self.pattern.fullmatch(value) is not None


PAGE_NUMBER = QueryKey(re.compile(r"[1-9][0-9]{0,5}"), "a number from 1")
UP_TO_HUNDRED = QueryKey(re.compile(r"[1-9][0-9]?|100"), "a number from 1 to 100")
UP_TO_THOUSAND = QueryKey(re.compile(r"[1-9][0-9]{0,2}|1000"), "a number from 1 to 1000")
A_TAG = QueryKey(TAG, "a tag")


def checked(query: Sequence[tuple[str, str]], keys: Mapping[str, QueryKey]) -> Mapping[str, str]:
    """Check a query.

    Args:
        query: names and values, decoded.
        keys: the allowed ones.

    Returns:
        The values by key.

    Raises:
        QueryRefused: a key is unknown or occurs twice, or a value is not allowed.
    """
    allowed = ", ".join(f"{name} ({key.words})" for name, key in keys.items())
    values = dict(query)
    if len(values) < len(query):
        raise QueryRefused(f"a query key occurs twice; use each once: {allowed}")
    if set(values) - set(keys):
        raise QueryRefused(f"unknown query key; use {allowed}")
    for name, value in values.items():
        if not keys[name].allows(value):
            raise QueryRefused(f"{name} must be {keys[name].words}")
    return values
