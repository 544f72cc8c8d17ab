"""Read the keys of a provider from a JWKS document (RFC 7517): public keys for signatures only."""

from collections import Counter
from collections.abc import Iterator, Mapping

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey, import_key

from provider.auth.strict_json import parse_object
from proxy.errors import Garbage

SigningKey = RSAKey | ECKey | OKPKey
# The members of a public key only. `oct` is missing on purpose: such a key is a shared text, and no public one.
_PUBLIC = {"RSA": ("n", "e"), "EC": ("crv", "x", "y"), "OKP": ("crv", "x")}
_SHORTEST_MODULUS = 2048
_BITS_OF_A_CHARACTER = 6


def read_signing_keys(body: bytes) -> Mapping[str, SigningKey]:
    """The public keys by their id; one alone is also that of tokens which name none, under the empty text.

    Keys of other kinds and uses, and ids that several keys have, are ignored.

    Raises:
        Garbage: the body is not a JWKS document.
    """
    try:
        listed = parse_object(body).get("keys")
    except ValueError as error:
        raise Garbage(f"expected a key set: {error}") from None
    if not isinstance(listed, list):
        raise Garbage("expected a key set: no list of keys")
    keys = list(_keys([document for document in listed if isinstance(document, dict)]))
    times = Counter(name for name, _ in keys)
    alone = {"": keys[0][1]} if len(keys) == 1 else {}
    return {name: key for name, key in keys if times[name] == 1} | alone


def _keys(documents: list[dict[str, object]]) -> Iterator[tuple[str, SigningKey]]:
    for document in documents:
        members = _PUBLIC.get(str(document.get("kty")))
        if members is None or document.get("use", "sig") != "sig":
            continue
        public = {name: document.get(name) for name in ("kty", *members)}
        key = _key({name: value for name, value in public.items() if isinstance(value, str)})
        if key is not None:
            yield str(document.get("kid", "")), key


def _key(public: dict[str, str | list[str]]) -> SigningKey | None:
    # Before the library, which warns of short keys and takes them.
    if public.get("kty") == "RSA" and len(public.get("n", "")) < _SHORTEST_MODULUS // _BITS_OF_A_CHARACTER:
        return None
    try:
        key = import_key(public)
    except (JoseError, ValueError, TypeError, KeyError):
        return None
    if isinstance(key, RSAKey):
        return key if key.public_key.key_size >= _SHORTEST_MODULUS else None
    return key if isinstance(key, ECKey | OKPKey) else None
