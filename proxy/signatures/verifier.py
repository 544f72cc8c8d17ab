"""Verify the signatures of an image: those of the newer layout first, then those of the older one."""

from collections.abc import Callable, Iterable, Iterator
from importlib.util import find_spec
from typing import TYPE_CHECKING, ParamSpec

from catalog.reference import Digest, ImageReference
from proxy.errors import NotConfigured
from proxy.registries.session import Session
from proxy.signatures.claims import (
    InvalidSignatureData,
    check_simple_signing,
    check_statement,
    decoded,
    envelope_of,
    json_of,
)
from proxy.signatures.public_keys import InvalidKey, is_signed_by
from proxy.signatures.rules import NotSigned, SignatureAnswer, SignatureRule, Signed, Signer, SigningKey
from proxy.signatures.stored import SimpleSignature, StoredSignatures, Unreadable

if TYPE_CHECKING:
    from proxy.signatures.keyless import KeylessVerifier

P = ParamSpec("P")

_SHOWN_REASONS = 3
_OLD_KEYLESS = (
    "it was made without a key in cosign's older layout, which has no proof that it is in the log; sign with cosign 3, "
    "or with --new-bundle-format"
)


class CosignVerifier:
    """Verifies what cosign stored. Asks nothing but the registry of the image; safe to use from many threads."""

    def __init__(self, session_of: Callable[[ImageReference], Session]) -> None:
        self._stored = StoredSignatures(session_of)

    def verify(self, reference: ImageReference, rule: SignatureRule) -> SignatureAnswer:
        """See the port."""
        if reference.digest is None:
            raise ValueError("a signature is one of a digest")
        keyless = _keyless(rule.signer) if rule.signer else None
        reasons: list[str] = []
        for verdict in self._verdicts(reference, reference.digest, rule, keyless):
            if isinstance(verdict, Signed):
                return verdict
            reasons.append(verdict.reason)
        return NotSigned(_summary(rule, reasons))

    def _verdicts(
        self, reference: ImageReference, digest: Digest, rule: SignatureRule, keyless: "KeylessVerifier | None"
    ) -> Iterator[SignatureAnswer]:
        """The verdict about each signature, which is read when the one before it was not enough."""
        for bundle in self._stored.bundles(reference):
            yield _contained(_judged_bundle, bundle, digest, rule, keyless)
        for simple in self._stored.simple(reference):
            yield _contained(_judged_simple, simple, digest, rule)


def _contained(judge: Callable[P, SignatureAnswer], *args: P.args, **kwargs: P.kwargs) -> SignatureAnswer:
    try:
        return judge(*args, **kwargs)
    except InvalidSignatureData as error:
        return NotSigned(str(error))


def _judged_bundle(
    content: bytes | Unreadable, digest: Digest, rule: SignatureRule, keyless: "KeylessVerifier | None"
) -> SignatureAnswer:
    if isinstance(content, Unreadable):
        return NotSigned(content.reason)
    bundle = json_of(content, "its bundle")
    material = bundle.get("verificationMaterial")
    if isinstance(material, dict) and "publicKey" in material:
        envelope = envelope_of(bundle)
        signing = _signing_key(rule.keys, envelope.signature, envelope.signed_bytes)
        check_statement(envelope.payload_type, envelope.payload, digest)
        return Signed(signing.name)
    if keyless is None or rule.signer is None:
        raise InvalidSignatureData("it was made without a key")
    keyless.check(content, digest)
    return Signed(rule.signer.text)


def _judged_simple(simple: SimpleSignature | Unreadable, digest: Digest, rule: SignatureRule) -> SignatureAnswer:
    if isinstance(simple, Unreadable):
        return NotSigned(simple.reason)
    if simple.keyless:
        raise InvalidSignatureData(_OLD_KEYLESS if rule.signer else "it was made without a key")
    signing = _signing_key(rule.keys, decoded(simple.signature), simple.payload)
    check_simple_signing(simple.payload, digest)
    return Signed(signing.name)


def _signing_key(keys: Iterable[SigningKey], signature: bytes, content: bytes) -> SigningKey:
    """The key that made the signature.

    Raises:
        InvalidSignatureData: none of them did.
        NotConfigured: a key cannot be used.
    """
    for key in keys:
        try:
            if is_signed_by(key.pem, signature, content):
                return key
        except InvalidKey as error:
            raise NotConfigured(f"{key.name} {error}") from error
    raise InvalidSignatureData("another key made it")


def _keyless(signer: Signer) -> "KeylessVerifier":
    if find_spec("sigstore") is None:
        raise NotConfigured(
            "signatures without a key are verified by the library sigstore, which is not installed; install "
            "image-factory[verify]"
        )
    from proxy.signatures.keyless import KeylessVerifier  # noqa: PLC0415 - slow, optional, and rarely needed

    return KeylessVerifier(signer)


def _summary(rule: SignatureRule, reasons: list[str]) -> str:
    wanted = f"no signature that verifies with {rule.text}"
    if not reasons:
        return f"has {wanted}: none is stored beside it"
    several = list(dict.fromkeys(reasons))
    shown = "; ".join(several[:_SHOWN_REASONS])
    more = f"; and {len(several) - _SHOWN_REASONS} more reasons" if len(several) > _SHOWN_REASONS else ""
    return f"has {wanted}; of {len(reasons)} that are stored: {shown}{more}"
