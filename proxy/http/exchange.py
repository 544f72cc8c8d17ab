"""A request to a host and its answer, as values."""

from collections.abc import Mapping
from dataclasses import dataclass, field

USER_AGENT = "image-factory"
"""Every request names this program."""

SAFE_METHODS = frozenset({"GET", "HEAD"})
"""Methods that change nothing at the host: they may be repeated and redirected."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer; `url` is its address after redirects; header names match in any case."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    url: str


@dataclass(frozen=True, slots=True)
class Request:
    """One request; `limit` is the most bytes of the answer's body."""

    method: str
    url: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes | None = field(repr=False)
    limit: int
