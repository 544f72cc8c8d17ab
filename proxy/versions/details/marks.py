"""Whether an image is signed, and whether there is an SBOM and a provenance of it. Pure.

A mark is True where something shows it, False where everything was read that could, and None otherwise. Sources:
cosign's SPECIFICATIONS.md, sigstore's and Notary's media types, and in-toto's predicate types (SLSA, SPDX, CycloneDX).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from proxy.ports import Referrer

_SIGNATURES = frozenset(
    {"application/vnd.dev.cosign.artifact.sig.v1+json", "application/vnd.cncf.notary.signature"},
)
_BUNDLE = "application/vnd.dev.sigstore.bundle"
# The statement of a signature that has the form of one.
_SIGN_STATEMENT = "https://sigstore.dev/cosign/sign/"
_STATEMENT = "application/vnd.in-toto"
_SBOMS = ("spdx", "cyclonedx", "syft", "sbom")
_PROVENANCE = "slsa.dev/provenance"


@dataclass(frozen=True, slots=True)
class Marks:
    """See `Version`."""

    signed: bool | None = None
    sbom: bool | None = None
    provenance: bool | None = None


@dataclass(frozen=True, slots=True)
class Statements:
    """The predicate types of an image's attestations; `complete`: all of them were read."""

    types: Collection[str] = ()
    complete: bool = True


def marks_of(suffixes: Collection[str], statements: Statements, referrers: Sequence[Referrer] | None) -> Marks:
    """The marks of an image.

    Args:
        suffixes: of cosign's tags for the image, such as `.sig`.
        statements: of its attestations.
        referrers: the artifacts that refer to it; None if their list was not read.
    """
    others = referrers or ()
    types = [*statements.types, *(each.predicate for each in others)]
    signed = ".sig" in suffixes or any(map(_is_signature, others))
    sbom = ".sbom" in suffixes or any(map(_is_sbom, [*types, *(each.artifact_type for each in others)]))
    provenance = any(_PROVENANCE in each for each in types)
    all_signatures = referrers is not None and not any(map(_is_unclear_bundle, others))
    all_statements = all_signatures and statements.complete and not any(map(_is_unclear_statement, others))
    no_signature, no_statement = (False if known else None for known in (all_signatures, all_statements))
    return Marks(signed or no_signature, sbom or no_statement, provenance or no_statement)


def _is_signature(referrer: Referrer) -> bool:
    is_bundled = referrer.artifact_type.startswith(_BUNDLE) and referrer.predicate.startswith(_SIGN_STATEMENT)
    return is_bundled or referrer.artifact_type in _SIGNATURES


def _is_sbom(text: str) -> bool:
    return any(word in text.lower() for word in _SBOMS)


def _is_unclear_bundle(referrer: Referrer) -> bool:
    """A bundle holds a signature or a statement; only its annotation says which."""
    return referrer.artifact_type.startswith(_BUNDLE) and not referrer.predicate


def _is_unclear_statement(referrer: Referrer) -> bool:
    return referrer.artifact_type.startswith(_STATEMENT) and not referrer.predicate
