"""Verify the signatures of base images whose dependents ask for it, and record the results."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial

from provider.domain.snapshot import Snapshot
from provider.domain.verification.due import VerificationAnswer, VerificationCheck, open_checks, verification_changes
from provider.domain.verification.record import pause_after
from provider.ports import SnapshotStore
from proxy.at_once import NotEnded, NotStarted, run_all
from proxy.deadline import Deadline
from proxy.errors import NotNow, Unavailable
from proxy.signatures.rules import SignatureAnswer, SignatureVerifier
from proxy.unexpected import failure_of

_AT_ONCE = 8
_BEFORE_ALL = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Turn:
    """The last check of one digest: how many there were, and when the next one is due."""

    checks: int = 0
    next_at: datetime = _BEFORE_ALL


@dataclass(slots=True)
class Verifications:
    """Verifies what is due, and remembers when a check that found no signature is repeated.

    Only what is found is stored; after a restart each open check is made at once.
    """

    verifier: SignatureVerifier
    _turns: dict[VerificationCheck, _Turn] = field(default_factory=dict, init=False)

    def due(self, now: datetime, snapshot: Snapshot) -> Sequence[VerificationCheck]:
        """The checks that are due, the one that is due for longest first."""
        waiting = open_checks(snapshot)
        self._turns = {check: self._turns.get(check, _Turn()) for check in waiting}
        due = [check for check in waiting if self._turns[check].next_at <= now]
        return sorted(due, key=lambda check: self._turns[check].next_at)

    def repeat(self) -> None:
        """Make every open check again at the next turn: a person asks for a check, perhaps after signing an image."""
        self._turns.clear()

    def verify(self, now: datetime, store: SnapshotStore, deadline: Deadline) -> Snapshot:
        """Make the checks that are due, and record the results; a registry that fails is asked again.

        Args:
            now: the time of the results.
            store: has the images.
            deadline: of the checks; recording comes after it.
        """
        snapshot = store.read()
        checks = self.due(now, snapshot)
        if not checks:
            return snapshot
        answers: dict[VerificationCheck, VerificationAnswer] = {}
        tasks = [partial(self.verifier.verify, check.reference, check.rule) for check in checks]
        for number, result in run_all(tasks, _AT_ONCE, deadline):
            if not isinstance(result, NotStarted):
                answers[checks[number]] = _answer(checks[number], result)
        for check, answer in answers.items():
            self._note(now, check, answer)
        return store.write(
            lambda fresh: verification_changes(now, fresh, answers), "Record the signatures of base images"
        )

    def _note(self, now: datetime, check: VerificationCheck, answer: VerificationAnswer) -> None:
        checks = self._turns[check].checks + 1
        next_at = now + pause_after(answer, checks)
        if isinstance(answer, NotNow) and answer.retry_at:
            next_at = max(next_at, answer.retry_at)
        self._turns[check] = _Turn(checks, next_at)


def _answer(check: VerificationCheck, result: SignatureAnswer | Exception) -> VerificationAnswer:
    match result:
        case NotEnded():
            return Unavailable("the registry did not answer within the time of a round; retried later")
        case Exception():
            return failure_of(f"the signatures of {check.reference}", result)
        case answer:
            return answer
