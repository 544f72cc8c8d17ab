"""The `verify` of an enrollment: whose signatures the base images of an image need. Values only."""

from collections.abc import Mapping
from dataclasses import dataclass

from catalog.reference import ImageReference
from provider.domain.policy.patterns import matches_any
from proxy.signatures.rules import SignatureRule, Signer, SigningKey

LARGEST_FILE = 256 * 1024
"""Bytes of a file that a rule names: a trusted root has some 10,000, a key a few hundred."""

_PEM = "-----BEGIN "


@dataclass(frozen=True, slots=True)
class CosignIdentity:
    """Who signs without a key.

    Attributes:
        issuer: the address of the OIDC provider that vouches for the signer.
        subject: the identity in the certificate; `*` stands for any text.
        trusted_root: the path of a file in the config repository; None: sigstore's public instance is trusted.
    """

    issuer: str
    subject: str
    trusted_root: str | None = None


@dataclass(frozen=True, slots=True)
class CosignRule:
    """Signatures that cosign makes: one by any of the keys, or by the identity, is enough.

    Attributes:
        keys: public keys in PEM form, or paths of files in the config repository that have one.
        identity: None: only keys count.
    """

    keys: tuple[str, ...] = ()
    identity: CosignIdentity | None = None


@dataclass(frozen=True, slots=True)
class Verify:
    """What the base images of an image have to show.

    Attributes:
        cosign: whose signatures are needed.
        bases: patterns of registry and repository, with or without a tag; empty: every base image.
    """

    cosign: CosignRule
    bases: tuple[str, ...] = ()

    @property
    def files(self) -> tuple[str, ...]:
        """The files in the config repository that the rule names."""
        identity = self.cosign.identity
        root = [identity.trusted_root] if identity and identity.trusted_root else []
        return (*(key for key in self.cosign.keys if not is_inline(key)), *root)

    def covers(self, reference: ImageReference) -> bool:
        """Whether a base image has to be signed. A pattern fits its name in full or in short, with its tag or not."""
        if not self.bases:
            return True
        tagged = reference.tagged
        names = (ImageReference(tagged.registry, tagged.repository), tagged)
        return any(matches_any(self.bases, text) for name in names for text in (str(name), name.familiar))

    def to_document(self) -> dict[str, object]:
        """The `verify` of an entry."""
        identity = self.cosign.identity
        written = (
            {
                "issuer": identity.issuer,
                "subject": identity.subject,
                **({"trustedRoot": identity.trusted_root} if identity.trusted_root else {}),
            }
            if identity
            else {}
        )
        cosign = {"keys": list(self.cosign.keys), "identity": written}
        return {
            "cosign": {key: value for key, value in cosign.items() if value},
            **({"bases": list(self.bases)} if self.bases else {}),
        }


@dataclass(frozen=True, slots=True)
class UnusableRule:
    """A rule that cannot be used, so that no digest fits it; `reason` is a sentence."""

    reason: str


def is_inline(key: str) -> bool:
    """Whether this is a key itself; else it is the path of its file."""
    return _PEM in key


def resolved(rule: Verify, files: Mapping[str, str]) -> SignatureRule | UnusableRule:
    """The rule with the contents of the files that it names.

    Args:
        rule: of an enrollment.
        files: of the config repository, by path; a file that is missing there cannot be read.
    """
    if missing := [path for path in rule.files if path not in files]:
        return UnusableRule(f"{missing[0]} is not a file in the config repository")
    if large := [path for path in rule.files if len(files[path]) > LARGEST_FILE]:
        return UnusableRule(f"{large[0]} has more than {LARGEST_FILE} characters")
    keys = tuple(
        SigningKey(f"verify.cosign.keys[{number}]", key) if is_inline(key) else SigningKey(key, files[key])
        for number, key in enumerate(rule.cosign.keys)
    )
    identity = rule.cosign.identity
    root = files[identity.trusted_root] if identity and identity.trusted_root else None
    return SignatureRule(keys, Signer(identity.issuer, identity.subject, root) if identity else None)
