"""What a signature says about an image: cosign's two forms of signed statements. Pure.

Sources: github.com/sigstore/cosign, specs/SIGNATURE_SPEC.md and specs/BUNDLE_SPEC.md; in-toto's Statement v1; DSSE v1.
"""

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any, cast

from catalog.reference import Digest

SIGN_PREDICATE = "https://sigstore.dev/cosign/sign/v1"
"""The type of the statement that `cosign sign` makes. Statements of other types are attestations."""

STATEMENT_TYPE = "application/vnd.in-toto+json"
_SIMPLE_TYPE = "cosign container image signature"
_STATEMENTS = ("https://in-toto.io/Statement/v1", "https://in-toto.io/Statement/v0.1")


class InvalidSignatureData(ValueError):
    """What is stored as a signature is none, or signs something else; the message is the end of a sentence."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """A signed statement of a bundle, not verified.

    Attributes:
        payload_type: the type of the payload.
        payload: its bytes.
        signature: over both, see `signed_bytes`.
    """

    payload_type: str
    payload: bytes
    signature: bytes

    @property
    def signed_bytes(self) -> bytes:
        """What the signature is over: DSSE's pre-authentication encoding."""
        kind = self.payload_type.encode()
        return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(self.payload), self.payload)


def check_simple_signing(payload: bytes, digest: Digest) -> None:
    """Check that the payload of a `.sig` layer is about this image. Its `docker-reference` may be any.

    As cosign does by default: a copied image keeps its signatures, and has another reference.

    Raises:
        InvalidSignatureData: it is about another image, or no such payload.
    """
    claim = object_of(json_of(payload, "its payload").get("critical"), "its payload")
    if claim.get("type") != _SIMPLE_TYPE:
        raise InvalidSignatureData("its payload is no signature of an image")
    signed = object_of(claim.get("image"), "its payload").get("docker-manifest-digest")
    if signed != digest:
        raise InvalidSignatureData(f"it signs {_shown(signed)}")


def check_statement(payload_type: str, payload: bytes, digest: Digest) -> None:
    """Check that the statement of a bundle signs this image.

    Raises:
        InvalidSignatureData: it signs another image, it is an attestation, or no statement at all.
    """
    if payload_type != STATEMENT_TYPE:
        raise InvalidSignatureData(f"it has a payload of type {_shown(payload_type)}, which is no statement")
    statement = json_of(payload, "its statement")
    if statement.get("_type") not in _STATEMENTS:
        raise InvalidSignatureData("its statement is not one of in-toto")
    if statement.get("predicateType") != SIGN_PREDICATE:
        raise InvalidSignatureData(f"it is an attestation ({_shown(statement.get('predicateType'))}), no signature")
    algorithm, _, value = digest.partition(":")
    subjects = statement.get("subject")
    if not isinstance(subjects, list) or not subjects:
        raise InvalidSignatureData("its statement is about nothing")
    digests = [object_of(object_of(each, "its subject").get("digest"), "its subject") for each in subjects]
    if not any(found.get(algorithm) == value for found in digests):
        raise InvalidSignatureData(f"it signs {_shown(digests[0].get(algorithm))}")


def envelope_of(bundle: dict[str, Any]) -> Envelope:
    """The signed statement of a bundle.

    Raises:
        InvalidSignatureData: the bundle has none.
    """
    if "dsseEnvelope" not in bundle:
        raise InvalidSignatureData("its bundle has no signed statement, which cosign makes for images")
    found = object_of(bundle["dsseEnvelope"], "its bundle")
    signatures = found.get("signatures")
    if not isinstance(signatures, list) or len(signatures) != 1:
        raise InvalidSignatureData("its bundle does not have exactly one signature")
    signature = object_of(signatures[0], "its bundle").get("sig")
    return Envelope(str(found.get("payloadType")), decoded(found.get("payload")), decoded(signature))


def json_of(content: bytes, what: str) -> dict[str, Any]:
    """The JSON object in these bytes.

    Raises:
        InvalidSignatureData: they are no JSON object.
    """
    try:
        found = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise InvalidSignatureData(f"{what} is not valid JSON") from error
    return object_of(found, what)


def object_of(value: object, what: str) -> dict[str, Any]:
    """The value, which has to be a JSON object.

    Raises:
        InvalidSignatureData: it is none.
    """
    if not isinstance(value, dict):
        raise InvalidSignatureData(f"{what} is not complete")
    return cast("dict[str, Any]", value)


def decoded(text: object) -> bytes:
    """The bytes of a base64 text.

    Raises:
        InvalidSignatureData: it is none.
    """
    try:
        return base64.b64decode(text if isinstance(text, str) else "!", validate=True)
    except (binascii.Error, ValueError) as error:
        raise InvalidSignatureData("it is not encoded as base64") from error


def _shown(value: object) -> str:
    text = str(value)
    return text if text.isprintable() and len(text) <= 90 else "something else"  # noqa: PLR2004 - longer than a digest
