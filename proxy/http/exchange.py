"""What goes to a host and what comes back, as values."""

from collections.abc import Mapping
from dataclasses import dataclass, field

SAFE_METHODS = frozenset({"GET", "HEAD"})
"""Methods that change nothing there: they may be repeated and redirected."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer; `url` is where it came from after redirects, header names match in any case."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    url: str


@dataclass(frozen=True, slots=True)
class Question:
    """One request; `limit` is how many bytes the answer's body may have."""

    method: str
    url: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes | None = field(repr=False)
    limit: int
