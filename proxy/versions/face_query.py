"""The query of a registry face: an allow-list of keys, each with the values it may have. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from proxy.versions.tag_names import TAG


class QueryRefused(ValueError):
    """A query key or value is not allowed; the message lists what is."""


@dataclass(frozen=True, slots=True)
class QueryKey:
    """One key: what its value must match, and that in words."""

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
    """The query by key.

    Args:
        query: names and values, decoded.
        keys: those that may be asked.

    Raises:
        QueryRefused: another key, a key twice, or a value that its key does not have.
    """
    allowed = ", ".join(f"{name} ({key.words})" for name, key in keys.items())
    asked = dict(query)
    if len(asked) < len(query):
        raise QueryRefused(f"a query key occurs twice; use each once: {allowed}")
    if set(asked) - set(keys):
        raise QueryRefused(f"unknown query key; this list takes {allowed}")
    for name, value in asked.items():
        if not keys[name].allows(value):
            raise QueryRefused(f"{name} must be {keys[name].words}")
    return asked
