"""Tests of parsing a JWKS document."""

import json

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

from provider.auth.key_set import read_key_set
from proxy.errors import Garbage
from tests.peers.backstage_auth import SigningKey

GOOD = SigningKey(id="good")
P384 = SigningKey(ec.generate_private_key(ec.SECP384R1()), "p384", "ES384")


def key_set(*documents: object) -> bytes:
    """A key set as a JWKS document."""
    return json.dumps({"keys": documents}).encode()


def test_a_key_is_parsed_with_its_public_part() -> None:
    """A missing algorithm and a published private part do not matter."""
    private = {**ECAlgorithm.to_jwk(GOOD.private, as_dict=True), "kid": "private"}
    bare = {name: value for name, value in GOOD.document.items() if name != "alg"} | {"kid": "bare"}
    read = read_key_set(key_set(GOOD.document, private, bare))
    public = GOOD.private.public_key().public_numbers()
    assert {name: key.public_numbers() for name, key in read.items()} == dict.fromkeys(
        ("good", "private", "bare"), public
    )


@pytest.mark.parametrize(
    "document",
    [
        P384.document,
        {**P384.document, "alg": "ES256", "crv": "P-256"},
        {**GOOD.document, "alg": "HS256"},
        {**GOOD.document, "alg": ["ES256"]},
        {**GOOD.document, "kty": "RSA"},
        {name: value for name, value in GOOD.document.items() if name != "kid"},
        {**GOOD.document, "use": "enc"},
        {**GOOD.document, "kid": 1},
        {**GOOD.document, "x": None},
        {**GOOD.document, "x": "AAAA"},
        {**GOOD.document, "y": GOOD.document["x"]},
        {"kty": "oct", "k": "aHVzaA", "kid": "oct"},
        "no key",
    ],
)
def test_keys_for_other_algorithms_are_ignored(document: object) -> None:
    """Other keys of the set are parsed."""
    other = SigningKey(id="other")
    assert set(read_key_set(key_set(document, other.document))) == {"other"}


def test_an_id_of_two_keys_is_ignored() -> None:
    """It is not clear which of the two keys is meant."""
    assert read_key_set(key_set(GOOD.document, SigningKey(id="good").document)) == {}


@pytest.mark.parametrize("body", [b"<html>", b"[]", b"{}", b'{"keys":{}}'])
def test_a_document_that_is_no_key_set_is_garbage(body: bytes) -> None:
    """For example the sign-in page of a proxy."""
    with pytest.raises(Garbage, match="expected a key set"):
        read_key_set(body)
