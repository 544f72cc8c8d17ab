"""What the verification of a base image means for one dependency. A value only."""

from collections.abc import Mapping
from dataclasses import dataclass

from catalog.image import VerificationOutcome
from catalog.reference import Digest
from provider.domain.verification.record import VerificationRecord
from provider.domain.verification.rule import UnusableRule
from proxy.signatures.rules import SignatureRule

_SHOWN_DIGEST = 19


@dataclass(frozen=True, slots=True)
class Trust:
    """The rule that a dependency's digests have to fit, and what is known of them.

    Attributes:
        rule: with the contents of its files, or why it cannot be used.
        records: the results by this rule, by digest.
    """

    rule: SignatureRule | UnusableRule
    records: Mapping[Digest, VerificationRecord]

    @classmethod
    def of(cls, rule: SignatureRule | UnusableRule, records: tuple[VerificationRecord, ...]) -> "Trust":
        """The trust by a rule, of all records of the base image."""
        if isinstance(rule, UnusableRule):
            return cls(rule, {})
        return cls(rule, {each.digest: each for each in records if each.rule == rule.id})

    def record(self, digest: Digest) -> VerificationRecord | None:
        """What is known of a digest; None where it was not checked."""
        return self.records.get(digest)

    def accepts(self, digest: Digest) -> bool:
        """Whether a digest may be used."""
        found = self.record(digest)
        return found is not None and found.verified

    def failed(self, digest: Digest) -> bool:
        """Whether a check found no signature by the rule, or the rule cannot be used, so that a person has to act."""
        found = self.record(digest)
        failed = found is not None and found.outcome is VerificationOutcome.FAILED
        return failed or isinstance(self.rule, UnusableRule)

    def why_not(self, digest: Digest) -> str:
        """Why a digest may not be used: the end of a sentence that begins with the name of the image."""
        if isinstance(self.rule, UnusableRule):
            return f"{digest[:_SHOWN_DIGEST]} cannot be verified: {self.rule.reason}"
        found = self.record(digest)
        if found is None:
            return f"{digest[:_SHOWN_DIGEST]} has not been verified yet with {self.rule.text}"
        return f"{digest[:_SHOWN_DIGEST]} {found.reason}"
