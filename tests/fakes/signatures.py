"""A verifier of signatures that knows who signed which digest."""

from collections import Counter
from dataclasses import dataclass, field

from catalog.reference import Digest, ImageReference
from proxy.signatures.rules import NotSigned, SignatureAnswer, SignatureRule, Signed


@dataclass
class FakeSignatures:
    """Implements `SignatureVerifier`.

    Attributes:
        signed: digest to the text of the rule that its signature fits.
        failures: digest to the error that is raised for it.
        asked: how often each digest was checked.
    """

    signed: dict[Digest, str] = field(default_factory=dict)
    failures: dict[Digest, Exception] = field(default_factory=dict)
    asked: Counter[Digest] = field(default_factory=Counter)

    def verify(self, reference: ImageReference, rule: SignatureRule) -> SignatureAnswer:
        """See the port."""
        assert reference.digest
        self.asked[reference.digest] += 1
        if failure := self.failures.get(reference.digest):
            raise failure
        if self.signed.get(reference.digest) == rule.text:
            return Signed(rule.text)
        return NotSigned(f"has no signature that verifies with {rule.text}: none is stored beside it")
