"""A JWKS document (RFC 7517) to the keys in it that Backstage's tokens can be signed with."""

from collections import Counter
from collections.abc import Mapping

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from jwt import InvalidKeyError
from jwt.algorithms import ECAlgorithm

from provider.auth.strict_json import parse_object
from proxy.errors import Garbage

_CURVE = "P-256"


def read_key_set(body: bytes) -> Mapping[str, EllipticCurvePublicKey]:
    """The public keys for ES256 by their id; keys of other kinds, and an id that several keys have, are left out.

    Raises:
        Garbage: it is no JWKS document.
    """
    try:
        listed = parse_object(body).get("keys")
    except ValueError as error:
        raise Garbage(f"a key set was expected, and this is {error}") from None
    if not isinstance(listed, list):
        raise Garbage("a key set was expected, and this has no list of keys")
    documents = [document for document in listed if isinstance(document, dict)]
    times = Counter(str(document.get("kid")) for document in documents)
    found = {str(document.get("kid")): _key(document) for document in documents}
    return {key_id: key for key_id, key in found.items() if key is not None and times[key_id] == 1}


def _key(document: Mapping[str, object]) -> EllipticCurvePublicKey | None:
    names = {"kty": "EC", "crv": _CURVE, "use": "sig", "alg": "ES256"}
    if any(document.get(name, value) != value for name, value in names.items()):
        return None
    # Only what makes up a public key: a private part that somebody published is not looked at.
    public = {name: document.get(name) for name in ("kty", "crv", "x", "y")}
    if not isinstance(document.get("kid"), str) or not all(isinstance(value, str) for value in public.values()):
        return None
    try:
        key = ECAlgorithm.from_jwk(public)
    except (InvalidKeyError, ValueError):
        return None
    usable = isinstance(key, EllipticCurvePublicKey) and isinstance(key.curve, SECP256R1)
    return key if usable and isinstance(key, EllipticCurvePublicKey) else None
