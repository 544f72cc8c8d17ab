"""Tests of reading the keys of a provider."""

import json

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from joserfc.jwk import ECKey, OctKey, OKPKey
from jwt.algorithms import RSAAlgorithm

from provider.auth.sign_in.signing_keys import read_signing_keys
from proxy.errors import Garbage
from tests.peers.open_id_provider import provider_key


def rsa(kid: str | None, **more: object) -> dict[str, object]:
    """A public key."""
    public = RSAAlgorithm.to_jwk(provider_key().public_key(), as_dict=True)
    return {"kty": "RSA", "n": public["n"], "e": public["e"], **({"kid": kid} if kid else {}), **more}


def names(*documents: object) -> set[str]:
    """The ids that are found."""
    return set(read_signing_keys(json.dumps({"keys": documents}).encode()))


def test_public_keys_for_signatures_are_found() -> None:
    """RSA, elliptic curves and Edwards curves, with or without a use; unknown members are ignored."""
    curves: list[ECKey | OKPKey] = [ECKey.generate_key("P-256"), ECKey.generate_key("P-384")]
    curves.append(OKPKey.generate_key("Ed25519"))
    documents = [{**key.as_dict(private=False), "kid": str(number)} for number, key in enumerate(curves)]
    assert names(rsa("a"), rsa("b", use="sig", x5t="x"), *documents) == {"a", "b", "0", "1", "2"}


def test_a_key_alone_is_that_of_tokens_without_a_name() -> None:
    """Of several keys such a token has none."""
    assert names(rsa(None)) == {""}
    assert names(rsa("a")) == {"", "a"}
    assert names(rsa("a"), rsa("b")) == {"a", "b"}


@pytest.mark.parametrize(
    "document",
    [
        OctKey.generate_key(256).as_dict(),
        {**OctKey.generate_key(256).as_dict(), "kty": "RSA"},
        rsa("x", use="enc"),
        rsa("x", n="!"),
        rsa("x", n=7),
        {"kty": "RSA"},
        {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"},
        {"kty": "new"},
        "text",
        None,
    ],
)
def test_other_keys_are_ignored(document: object) -> None:
    """A shared key among public ones above all, and one that is unreadable keeps the others."""
    assert names(document, rsa("a"), rsa("b")) == {"a", "b"}


def test_a_short_key_is_ignored() -> None:
    """Its signatures can be forged."""
    private = generate_private_key(65537, 1024)  # noqa: S505 - that is the point
    weak = RSAAlgorithm.to_jwk(private.public_key(), as_dict=True)
    assert names({"kty": "RSA", "kid": "weak", "n": weak["n"], "e": weak["e"]}, rsa("a"), rsa("b")) == {"a", "b"}


def test_a_name_that_two_keys_have_is_nobodys() -> None:
    """Otherwise the order would decide."""
    assert names(rsa("a"), rsa("a"), rsa("b")) == {"b"}


@pytest.mark.parametrize("body", [b"", b"[]", b'{"keys": 7}', b'{"keys": [], "keys": []}', b"[" * 100_000])
def test_what_is_no_key_set_is_garbage(body: bytes) -> None:
    """It is never an error of ours."""
    with pytest.raises(Garbage, match="expected a key set"):
        read_signing_keys(body)
