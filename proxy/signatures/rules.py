"""What a signature has to show, and what was found. Values only."""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from catalog.reference import ImageReference

_ID_LENGTH = 16


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A public key that may sign.

    Attributes:
        name: for people: the path of its file, or its place in the entry.
        pem: its text.
    """

    name: str
    pem: str


@dataclass(frozen=True, slots=True)
class Signer:
    """An identity that may sign without a key of its own.

    Attributes:
        issuer: who vouches for it: the address of an OIDC provider.
        subject: the identity in the certificate, an address or an email; `*` stands for any text.
        trusted_root: the JSON text of the certificate authorities and logs that are trusted; None: those of
            sigstore's public instance, as the installed library has them.
    """

    issuer: str
    subject: str
    trusted_root: str | None = None

    @property
    def text(self) -> str:
        """For people."""
        return f"{self.subject} by {self.issuer}"


@dataclass(frozen=True)
class SignatureRule:
    """A signature has to be valid by one of the keys, or be made by the signer."""

    keys: tuple[SigningKey, ...] = ()
    signer: Signer | None = None

    @cached_property
    def id(self) -> str:
        """Identifies the rule with the contents of its files: another key is another rule."""
        return hashlib.sha256(repr((self.keys, self.signer)).encode()).hexdigest()[:_ID_LENGTH]

    @property
    def text(self) -> str:
        """What a signature has to be valid by, for people."""
        signer = [self.signer.text] if self.signer else []
        return " or ".join([*(key.name for key in self.keys), *signer])


@dataclass(frozen=True, slots=True)
class Signed:
    """A signature of the image is valid by the rule; `by`: the name of the key, or the identity and its issuer."""

    by: str


@dataclass(frozen=True, slots=True)
class NotSigned:
    """No signature of the image is valid by the rule; `reason`: the end of a sentence for a person."""

    reason: str


SignatureAnswer = Signed | NotSigned


class SignatureVerifier(Protocol):
    """Verifies the signatures of images. Safe to use from many threads."""

    def verify(self, reference: ImageReference, rule: SignatureRule) -> SignatureAnswer:
        """Whether the image at the reference's digest is signed as the rule says.

        Raises:
            OutsideFailure: the registry does not answer, or the rule cannot be used; what is stored is not known.
        """
