"""The state of the fake Docker Hub."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class HubImage:
    """One image of a tag; an attestation is of an `unknown` system."""

    os: str = "linux"
    architecture: str = "amd64"
    variant: str | None = None
    digest: str | None = None
    size: int = 1000


@dataclass(frozen=True, slots=True)
class Tag:
    """One tag as it was pushed last; without a digest as old ones are."""

    id: int
    name: str
    digest: str | None
    pushed_at: datetime
    images: tuple[HubImage, ...]
    status: str


@dataclass(slots=True)
class Repository:
    """One repository and its tags by name."""

    id: int
    namespace: str
    name: str
    private: bool
    created_at: datetime
    tags: dict[str, Tag] = field(default_factory=dict)

    def newest_first(self) -> list[Tag]:
        """The tags in Docker Hub's order."""
        return sorted(self.tags.values(), key=lambda tag: (tag.pushed_at, tag.id), reverse=True)


@dataclass(frozen=True, slots=True)
class Account:
    """Who may sign in, and whose private repositories it may read."""

    name: str
    secret: str = field(repr=False)
    namespaces: frozenset[str]


@dataclass(frozen=True, slots=True)
class Session:
    """The account of a bearer token."""

    account: Account
    expires_at: datetime


def utc_now() -> datetime:
    """The real time."""
    return datetime.now(UTC)


@dataclass(slots=True)
class State:
    """The whole of it; `lock` is held while a request is carried out and by the controls."""

    clock: Callable[[], datetime] = utc_now
    accounts: dict[str, Account] = field(default_factory=dict)
    sessions: dict[str, Session] = field(default_factory=dict, repr=False)
    repositories: dict[tuple[str, str], Repository] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock, repr=False)
    _last_id: int = 70_000

    def new_id(self) -> int:
        """An id that nothing else has, larger than all before."""
        self._last_id += 1
        return self._last_id
