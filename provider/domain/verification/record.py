"""What is kept of the verification of one digest by one rule. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from catalog.image import VerificationOutcome
from catalog.reference import Digest
from proxy.errors import OutsideFailure
from proxy.signatures.rules import NotSigned, SignatureAnswer, Signed

_FIRST_PAUSE = timedelta(minutes=5)
_FIRST_PAUSE_WITHOUT_ANSWER = timedelta(minutes=1)
_LONGEST_PAUSE = timedelta(hours=24)
_LONGEST_PAUSE_WITHOUT_ANSWER = timedelta(hours=1)
_MOST_DOUBLINGS = 16
_LONGEST_TEXT = 600


@dataclass(frozen=True, slots=True)
class VerificationRecord:
    """The result for one digest by one rule.

    Attributes:
        rule: the id of the rule, with the contents of its files.
        digest: the digest whose signatures were checked.
        outcome: `unknown` where there was no answer.
        at: when this was first found; a check that finds the same again is not recorded.
        by: the key or identity that signed it; None where it is not verified.
        reason: why it is not verified, the end of a sentence that begins with the image; None where it is.
    """

    rule: str
    digest: Digest
    outcome: VerificationOutcome
    at: datetime
    by: str | None = None
    reason: str | None = None

    @property
    def verified(self) -> bool:
        """Whether a signature is valid by the rule. It stays valid: the digest and the rule do not change."""
        return self.outcome is VerificationOutcome.VERIFIED


def recorded(
    now: datetime,
    rule: str,
    digest: Digest,
    answer: SignatureAnswer | OutsideFailure,
    before: VerificationRecord | None,
) -> VerificationRecord:
    """The record after a check; the one before it where nothing that people act on has changed.

    The first message about a registry that does not answer stays, and so does what was found before.
    """
    match answer:
        case Signed():
            return VerificationRecord(rule, digest, VerificationOutcome.VERIFIED, now, by=answer.by)
        case NotSigned():
            found = VerificationRecord(
                rule, digest, VerificationOutcome.FAILED, now, reason=answer.reason[:_LONGEST_TEXT]
            )
        case _:
            if before is not None and answer.transient:
                return before
            why = f"has signatures that cannot be checked: {answer}"
            found = VerificationRecord(rule, digest, VerificationOutcome.UNKNOWN, now, reason=why[:_LONGEST_TEXT])
    same = before is not None and (before.outcome, before.reason) == (found.outcome, found.reason)
    return before if before is not None and same else found


def pause_after(answer: SignatureAnswer | OutsideFailure, checks: int) -> timedelta:
    """How long the next check waits. Signatures often come minutes after the image, so the first pauses are short.

    Args:
        answer: of the last check.
        checks: how many there were, with the last one.
    """
    factor = 1 << min(checks - 1, _MOST_DOUBLINGS)
    if isinstance(answer, OutsideFailure):
        return min(_FIRST_PAUSE_WITHOUT_ANSWER * factor, _LONGEST_PAUSE_WITHOUT_ANSWER)
    return min(_FIRST_PAUSE * factor, _LONGEST_PAUSE)
