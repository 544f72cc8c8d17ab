"""The ports of enrolling: the files of enrollments, and requests that are sent again with their key."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Protocol

from provider.domain.enrolling.change import EntryEdit, WrittenEntries
from provider.domain.snapshot import Snapshot

DecideEdit = Callable[[WrittenEntries], EntryEdit]
"""Decides which edit to make, for what the files have. Pure; it may raise, and it may be called several times."""


@dataclass(frozen=True, slots=True)
class PlannedEdit:
    """The edit of a file of enrollments that was not made.

    Attributes:
        diff: its unified diff, "" if nothing would change.
        snapshot: all enrollments and state before the edit.
    """

    edit: EntryEdit
    diff: str
    snapshot: Snapshot


@dataclass(frozen=True, slots=True)
class CommittedEdit:
    """An edit of a file of enrollments, with its unified diff.

    Attributes:
        commit: the id of the pushed commit; None: the file had this content already.
    """

    edit: EntryEdit
    diff: str
    commit: str | None


class EnrollmentFiles(Protocol):
    """The files of enrollments in the config repository, for changes by callers.

    Every method raises:
        provider.errors.EditRefused: the edit is not possible; nothing was written.
        provider.errors.ProviderError, proxy.errors.OutsideFailure: the repository cannot be used now.
        Exception: any error of the decision.
    """

    def written(self) -> WrittenEntries:
        """What the files have, or had a few seconds ago."""

    def snapshot(self) -> Snapshot:
        """All enrollments and state, as they are, or were a few seconds ago."""

    def plan(self, decide: DecideEdit, *, newest: bool = False, reviewed: bool = False) -> PlannedEdit:
        """The edit on top of the files as they were a few seconds ago, or are now (`newest`); nothing is written.

        What only lacks a rule of policy.yaml is possible if people review the edit (`reviewed`).
        """

    def propose(self, decide: DecideEdit, requested_by: str, branch: str) -> None:
        """Push a commit of the edit, on top of the newest files, to a branch of its own, in place of what that has.

        What only lacks a rule of policy.yaml is possible.

        Args:
            decide: called for the newest files.
            requested_by: as for `commit`.
            branch: the name of the branch.
        """

    def commit(self, decide: DecideEdit, requested_by: str) -> CommittedEdit:
        """Make the edit in a commit of its own on top of the newest files, and push it.

        Args:
            decide: called for exactly the files on top of which the commit is made.
            requested_by: the name of the caller, for the commit message.
        """


@dataclass(frozen=True, slots=True)
class KeyedRequest:
    """A request that a caller may send again, after an answer that was lost, without a second effect.

    Attributes:
        caller: the name of the caller; a key is the caller's own.
        key: chosen by the caller, in the header Idempotency-Key.
        digest: a hash of all that the request asks for.
    """

    caller: str
    key: str
    digest: str


@dataclass(frozen=True, slots=True)
class KeyedAnswer:
    """The answer to a keyed request: the HTTP status and the text of the body."""

    status: int
    body: str


class KeyState(Enum):
    """A key that has no answer: it is new and begun now; its request is running; it belongs to another request."""

    BEGUN = "begun"
    RUNNING = "running"
    OTHER = "other"


class KeyedRequests(Protocol):
    """The answers to requests with keys."""

    def begin(self, request: KeyedRequest, at: datetime) -> KeyedAnswer | KeyState:
        """The answer that the request got before; without one it begins now, unless it is running elsewhere.

        Answers are kept for a day.
        """

    def answered(self, request: KeyedRequest, answer: KeyedAnswer) -> None:
        """Store the answer to a request that has begun."""

    def forget(self, request: KeyedRequest) -> None:
        """Forget a request that has begun and had no effect, so that it may be tried again."""
