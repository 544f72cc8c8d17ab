"""Signatures of images by keys, in both layouts of cosign, and how they are pushed.

Source: github.com/sigstore/cosign, specs/SIGNATURE_SPEC.md and specs/BUNDLE_SPEC.md.
"""

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.peers.exchange import Login
from tests.peers.image_documents import OCI_INDEX, OCI_MANIFEST, Blob, Document
from tests.peers.registry_client import RegistryClient

BUNDLE_TYPE = "application/vnd.dev.sigstore.bundle.v0.3+json"
SIMPLE_TYPE = "application/vnd.dev.cosign.simplesigning.v1+json"
STATEMENT_TYPE = "application/vnd.in-toto+json"
SIGN_PREDICATE = "https://sigstore.dev/cosign/sign/v1"
PrivateKey = ec.EllipticCurvePrivateKey | RSAPrivateKey | Ed25519PrivateKey
_EMPTY = Blob.raw(b"{}")


@dataclass(frozen=True, slots=True)
class Key:
    """A key pair."""

    private: PrivateKey

    @classmethod
    def new(cls, curve: ec.EllipticCurve | None = None) -> "Key":
        """A key pair on this curve, P-256 by default, as `cosign generate-key-pair` makes it."""
        return cls(ec.generate_private_key(curve or ec.SECP256R1()))

    @property
    def pem(self) -> str:
        """The public key, as cosign.pub has it."""
        public = self.private.public_key()
        return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()

    def sign(self, content: bytes) -> bytes:
        """The signature over the content."""
        match self.private:
            case ec.EllipticCurvePrivateKey():
                return self.private.sign(content, ec.ECDSA(hashes.SHA256()))
            case RSAPrivateKey():
                return self.private.sign(content, padding.PKCS1v15(), hashes.SHA256())
            case _:
                return self.private.sign(content)


def payload(digest: str, reference: str = "registry.example.com/node") -> bytes:
    """The signed payload of the older layout."""
    return json.dumps(
        {
            "critical": {
                "identity": {"docker-reference": reference},
                "image": {"docker-manifest-digest": digest},
                "type": "cosign container image signature",
            },
            "optional": None,
        }
    ).encode()


def statement(digest: str, predicate: str = SIGN_PREDICATE) -> bytes:
    """The signed statement of the newer layout."""
    algorithm, _, value = digest.partition(":")
    return json.dumps(
        {
            "_type": "https://in-toto.io/Statement/v1",
            "subject": [{"digest": {algorithm: value}, "name": "", "annotations": {}}],
            "predicateType": predicate,
            "predicate": {},
        }
    ).encode()


def encoding(kind: str, content: bytes) -> bytes:
    """What the signature of a DSSE envelope is over."""
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind.encode(), len(content), content)


def envelope(content: bytes, signature: bytes, kind: str = STATEMENT_TYPE) -> dict[str, object]:
    """A DSSE envelope."""
    signatures = [{"sig": text(signature), "keyid": ""}]
    return {"payload": text(content), "payloadType": kind, "signatures": signatures}


def bundle(key: Key, content: bytes) -> bytes:
    """The bundle of a statement that is signed by a key."""
    signed = envelope(content, key.sign(encoding(STATEMENT_TYPE, content)))
    material = {"publicKey": {"hint": "aGludA=="}, "tlogEntries": []}
    document = {"mediaType": BUNDLE_TYPE, "verificationMaterial": material, "dsseEnvelope": signed}
    return json.dumps(document).encode()


def text(content: bytes) -> str:
    """In base64."""
    return base64.b64encode(content).decode()


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer of a manifest of the older layout."""

    payload: bytes
    signature: str
    more: Mapping[str, str]

    @classmethod
    def of(cls, key: Key, content: bytes, **more: str) -> "Layer":
        """The payload, signed by the key; `more`: further annotations."""
        return cls(content, text(key.sign(content)), more)


def simple_manifest(layers: Sequence[Layer]) -> Document:
    """The manifest of the older layout."""
    blobs = [Blob.raw(layer.payload) for layer in layers]
    described = [
        blob.descriptor(SIMPLE_TYPE, annotations={"dev.cosignproject.cosign/signature": layer.signature, **layer.more})
        for blob, layer in zip(blobs, layers, strict=True)
    ]
    document = {
        "schemaVersion": 2,
        "mediaType": OCI_MANIFEST,
        "config": _EMPTY.descriptor("application/vnd.oci.image.config.v1+json"),
        "layers": described,
    }
    return Document(Blob.of(document), OCI_MANIFEST, (*blobs, _EMPTY))


def bundle_manifest(content: bytes, digest: str, **annotations: str) -> Document:
    """The manifest of a bundle that refers to an image."""
    blob = Blob.raw(content)
    document = {
        "schemaVersion": 2,
        "mediaType": OCI_MANIFEST,
        "artifactType": BUNDLE_TYPE,
        "config": _EMPTY.descriptor("application/vnd.oci.empty.v1+json"),
        "layers": [blob.descriptor(BUNDLE_TYPE)],
        "subject": {"mediaType": OCI_INDEX, "digest": digest, "size": 1},
        "annotations": annotations,
    }
    return Document(Blob.of(document), OCI_MANIFEST, (blob, _EMPTY))


def referrers(manifests: Sequence[Document], **annotations: str) -> Document:
    """The list of what refers to an image, as under its tag."""
    described = [each.descriptor(artifactType=BUNDLE_TYPE, annotations=annotations) for each in manifests]
    return Document(Blob.of({"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": described}), OCI_INDEX)


def push_simple(registry_url: str, repository: str, digest: str, layers: Sequence[Layer]) -> None:
    """Store signatures in the older layout."""
    with RegistryClient(registry_url, repository, None, None) as client:
        client.put(simple_manifest(layers), f"{digest.replace(':', '-')}.sig")


def push_bundles(
    registry_url: str, repository: str, digest: str, bundles: Sequence[bytes], credentials: Login | None = None
) -> None:
    """Store signatures in the newer layout, at a registry without the list of referrers."""
    manifests = [bundle_manifest(content, digest) for content in bundles]
    with RegistryClient(registry_url, repository, credentials, None) as client:
        for manifest in manifests:
            client.put(manifest)
        client.put(referrers(manifests), digest.replace(":", "-"))


def sign(registry_url: str, repository: str, digest: str, key: Key) -> None:
    """Sign an image in the registry by a key, in the newer layout."""
    push_bundles(registry_url, repository, digest, [bundle(key, statement(digest))])
