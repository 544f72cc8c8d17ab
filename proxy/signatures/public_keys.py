"""Verify signatures by public keys: the kinds of keys that cosign signs with."""

from functools import lru_cache

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

PublicKey = EllipticCurvePublicKey | RSAPublicKey | Ed25519PublicKey
_CURVES = ("secp256r1", "secp384r1", "secp521r1")
_SMALLEST_RSA = 2048
_LARGEST_RSA = 8192


class InvalidKey(ValueError):
    """The text is no public key that can be used; the message says why."""


@lru_cache(maxsize=256)
def public_key(pem: str) -> PublicKey:
    """The public key in a PEM text.

    Raises:
        InvalidKey: it is none, or one of a kind that cosign does not use.
    """
    if "PRIVATE KEY" in pem:
        raise InvalidKey("is a private key; write the public key, and replace this one, because others have read it")
    try:
        key = load_pem_public_key(pem.encode())
    except (ValueError, UnsupportedAlgorithm) as error:
        raise InvalidKey("is not a public key in PEM form; write what `cosign public-key` prints") from error
    match key:
        case EllipticCurvePublicKey() if key.curve.name in _CURVES:
            return key
        case RSAPublicKey() if _SMALLEST_RSA <= key.key_size <= _LARGEST_RSA:
            return key
        case Ed25519PublicKey():
            return key
        case _:
            raise InvalidKey(
                "is a key of another kind; ECDSA P-256, P-384 and P-521, RSA from 2048 bits, and Ed25519 fit"
            )


def is_signed_by(pem: str, signature: bytes, content: bytes) -> bool:
    """Whether the signature over the content is of this key.

    Raises:
        InvalidKey: see `public_key`.
    """
    key = public_key(pem)
    return any(_verifies(key, algorithm, signature, content) for algorithm in _hashes(key))


def _hashes(key: PublicKey) -> tuple[hashes.HashAlgorithm, ...]:
    """The hashes that signatures of the key are made over.

    cosign takes SHA-256 for every key by default; Rekor v2's algorithm registry takes that of the curve.
    """
    if isinstance(key, EllipticCurvePublicKey):
        by_curve = {"secp384r1": (hashes.SHA384(),), "secp521r1": (hashes.SHA512(),)}
        return (hashes.SHA256(), *by_curve.get(key.curve.name, ()))
    return (hashes.SHA256(),)


def _verifies(key: PublicKey, algorithm: hashes.HashAlgorithm, signature: bytes, content: bytes) -> bool:
    try:
        match key:
            case EllipticCurvePublicKey():
                key.verify(signature, content, ECDSA(algorithm))
            case RSAPublicKey():
                key.verify(signature, content, padding.PKCS1v15(), algorithm)
            case Ed25519PublicKey():
                key.verify(signature, content)
    except InvalidSignature:
        return False
    return True
