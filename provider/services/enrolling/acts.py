"""Changes of entries in the name of the caller of the current request, for the API and the pages alike.

Here are the permission, the audit record of each attempt, and the HTTP errors.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import TypeAlias, TypeVar

from werkzeug.exceptions import HTTPException

from provider.auth.permissions import Action
from provider.auth.rights import standing
from provider.domain.enrolling.change import EntryChange, Requester
from provider.errors import ProviderError
from provider.services.auditing import audit, outcome_of
from provider.services.enrolling.service import CommittedChange, PlannedChange, ReviewedChange
from provider.services.enrolling.use_cases import EnrollingUseCases
from proxy.errors import OutsideFailure
from proxy.places import take_place

Answer = TypeVar("Answer")
MadeChange: TypeAlias = CommittedChange | ReviewedChange


def requester() -> Requester:
    """The caller of the current request, as one who changes entries.

    Raises:
        Forbidden: a service token whose role may change nothing.
        Unauthorized: there is no caller.
    """
    known = standing(Action.CHANGE)
    return Requester(known.caller.name, known.with_everything, known.caller.ownership or frozenset())


@dataclass(slots=True)
class _Act:
    """An act of a caller, for the audit; the same answer to a repeated request is no act."""

    action: str
    name: str

    def note(self, outcome: str, reason: str = "") -> None:
        audit(self.action, self.name, outcome, reason=reason)


@dataclass(frozen=True, slots=True)
class EnrollingActs:
    """Makes changes for the caller of the current request.

    Every method raises HTTPException; where fields are wrong, it has a message for each in the format of webargs.
    `plan` and `make` wait for other hosts, and raise NoPlace before they begin where this thread may not.

    Attributes:
        use_cases: make the changes.
        now: the clock.
        failure: the HTTP error for an error of a change.
    """

    use_cases: EnrollingUseCases
    now: Callable[[], datetime]
    failure: Callable[[ProviderError | OutsideFailure], HTTPException]

    def plan(self, wanted: Callable[[], EntryChange]) -> PlannedChange:
        """What the change would do; nothing is written."""
        take_place()
        with self.failures():
            who = requester()
            return self.use_cases.enrolling.plan(wanted(), who)

    def make(
        self,
        action: str,
        name: str | None,
        wanted: Callable[[], EntryChange],
        repeated: Callable[[str, Callable[[], Answer]], Answer],
        answer: Callable[[EntryChange, MadeChange], Answer],
    ) -> Answer:
        """Make the change, and store its outcome in the audit.

        Args:
            action: the word for the audit.
            name: the name of the entry; None: it is a new one.
            wanted: the change; it may raise.
            repeated: carries out an act of this caller, or gives the answer of the same request before.
            answer: what the caller gets.
        """
        take_place()
        act = _Act(action, name or "")
        with _audited(act), self.failures():
            who, change = requester(), wanted()
            act.name = change.subject

            def made() -> Answer:
                done = self.use_cases.enrolling.make(change, who)
                act.note("done", _reason(done))
                return answer(change, done)

            return repeated(who.name, made)

    @contextmanager
    def failures(self) -> Iterator[None]:
        """Turn the errors of a change into HTTP errors."""
        try:
            yield
        except (ProviderError, OutsideFailure) as error:
            raise self.failure(error) from error


def _reason(made: MadeChange) -> str:
    if isinstance(made, ReviewedChange):
        return f"pull request {made.pull_request.url}"
    return f"commit {made.edit.commit}" if made.edit.commit else "nothing to change"


@contextmanager
def _audited(act: _Act) -> Iterator[None]:
    """Store the outcome of an act that raises; an act that is done has stored it."""
    try:
        yield
    except HTTPException as error:
        act.note(outcome_of(error.code or HTTPStatus.INTERNAL_SERVER_ERROR))
        raise
    except Exception:
        act.note("failed")
        raise
