"""Read the keys for tokens of Backstage from a JWKS document (RFC 7517)."""

from collections import Counter
from collections.abc import Iterator, Mapping

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from jwt import PyJWKSet, PyJWKSetError

from provider.auth.strict_json import parse_object
from proxy.errors import Garbage

_KIND = {"kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256"}
# The members of a public key only: a published private part is ignored.
_PUBLIC = ("kid", "kty", "crv", "x", "y")


def read_key_set(body: bytes) -> Mapping[str, EllipticCurvePublicKey]:
    """The public keys for ES256 by their id; keys of other kinds, and ids that several keys have, are ignored.

    Raises:
        Garbage: the body is not a JWKS document.
    """
    try:
        listed = parse_object(body).get("keys")
    except ValueError as error:
        raise Garbage(f"expected a key set: {error}") from None
    if not isinstance(listed, list):
        raise Garbage("expected a key set: no list of keys")
    documents = [document for document in listed if isinstance(document, dict)]
    times = Counter(str(document.get("kid")) for document in documents)
    return {key_id: key for key_id, key in _keys(documents) if times[key_id] == 1}


def _keys(documents: list[dict[str, object]]) -> Iterator[tuple[str, EllipticCurvePublicKey]]:
    of_our_kind = (each for each in documents if all(each.get(name, value) == value for name, value in _KIND.items()))
    public = [{name: document.get(name) for name in _PUBLIC} for document in of_our_kind]
    try:
        # PyJWT skips unusable keys, but only if their members are text.
        found = PyJWKSet(
            [document for document in public if all(isinstance(value, str) for value in document.values())]
        )
    except PyJWKSetError:
        return
    for each in found:
        if each.key_id is not None and isinstance(each.key, EllipticCurvePublicKey):
            yield each.key_id, each.key
