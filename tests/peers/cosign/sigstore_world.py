"""A certificate authority and logs as sigstore's, made in the tests: certificates, log entries and their trusted root.

Sources: Fulcio's docs/oid-info.md; RFC 6962 for the log of certificates; Rekor's dsse 0.0.1 entries and signed entry
timestamps; C2SP's signed notes for checkpoints; sigstore's protobuf specifications for the JSON documents.
"""

import hashlib
import json
import struct
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

from tests.peers.cosign.signatures import BUNDLE_TYPE, STATEMENT_TYPE, encoding, envelope, statement, text

GITHUB = "https://token.actions.githubusercontent.com"
WORKFLOW = "https://github.com/acme/base/.github/workflows/release.yml@refs/heads/main"
SIGNED_AT = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
_START = datetime(2025, 1, 1, tzinfo=UTC)
_YEARS = timedelta(days=3650)
_ISSUER = ObjectIdentifier("1.3.6.1.4.1.57264.1.8")
_TIMESTAMPS = ObjectIdentifier("1.3.6.1.4.1.11129.2.4.2")
_CHECKPOINT_NAME = "log.example.com"


def _new() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def _spki(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _id(key: ec.EllipticCurvePrivateKey) -> bytes:
    return hashlib.sha256(_spki(key)).digest()


def _signed(key: ec.EllipticCurvePrivateKey, content: bytes) -> bytes:
    return key.sign(content, ec.ECDSA(hashes.SHA256()))


@dataclass(frozen=True, slots=True)
class Signing:
    """How one signature is made; each attribute can be wrong.

    Attributes:
        subject: the identity, an address.
        issuer: who vouches for it.
        logged_at: when the log took the entry; the certificate is valid for the ten minutes after SIGNED_AT.
        predicate: of the statement; None: that of `cosign sign`.
        logged: whether the bundle has an entry of the log.
        promised: whether the entry has the log's promise, which dates it.
        payload: the statement, instead of one about the digest.
        changed: the payload that is stored instead of the signed one.
    """

    subject: str = WORKFLOW
    issuer: str = GITHUB
    logged_at: datetime = SIGNED_AT + timedelta(minutes=1)
    predicate: str | None = None
    logged: bool = True
    promised: bool = True
    payload: bytes | None = None
    changed: bytes | None = None


@dataclass(frozen=True, slots=True)
class SigstoreWorld:
    """An authority, a log of certificates and a log of signatures, each with its own key."""

    authority: ec.EllipticCurvePrivateKey = field(default_factory=_new)
    certificates: ec.EllipticCurvePrivateKey = field(default_factory=_new)
    log: ec.EllipticCurvePrivateKey = field(default_factory=_new)

    @property
    def trusted_root(self) -> str:
        """The JSON document that makes others trust this world."""
        return json.dumps(
            {
                "mediaType": "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
                "tlogs": [_log(self.log)],
                "ctlogs": [_log(self.certificates)],
                "certificateAuthorities": [
                    {
                        "subject": {"organization": "acme", "commonName": "acme"},
                        "uri": "https://ca.example.com",
                        "certChain": {"certificates": [{"rawBytes": text(self._root().public_bytes(Encoding.DER))}]},
                        "validFor": {"start": _START.isoformat().replace("+00:00", "Z")},
                    }
                ],
                "timestampAuthorities": [],
            }
        )

    def bundle(self, digest: str, signing: Signing | None = None) -> bytes:
        """The bundle of a signature of this digest."""
        how = signing or Signing()
        key = _new()
        certificate = self._leaf(key, how)
        content = how.payload or statement(digest, *([how.predicate] if how.predicate else []))
        signature = _signed(key, encoding(STATEMENT_TYPE, content))
        entries = [self._entry(certificate, content, signature, how)] if how.logged else []
        document = {
            "mediaType": BUNDLE_TYPE,
            "verificationMaterial": {
                "certificate": {"rawBytes": text(certificate.public_bytes(Encoding.DER))},
                "tlogEntries": entries,
                "timestampVerificationData": {"rfc3161Timestamps": []},
            },
            "dsseEnvelope": envelope(how.changed or content, signature),
        }
        return json.dumps(document).encode()

    def other_log(self) -> "SigstoreWorld":
        """The same world with another log of signatures."""
        return replace(self, log=_new())

    def _root(self) -> x509.Certificate:
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "acme root")])
        usage = _usage(signs_certificates=True)
        public = self.authority.public_key()
        return (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(public)
            .serial_number(1)
            .not_valid_before(_START)
            .not_valid_after(_START + _YEARS)
            .add_extension(x509.BasicConstraints(ca=True, path_length=1), critical=True)
            .add_extension(usage, critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
            .sign(self.authority, hashes.SHA256())
        )

    def _leaf(self, key: ec.EllipticCurvePrivateKey, how: Signing) -> x509.Certificate:
        issuer = how.issuer.encode()
        builder = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([]))
            .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "acme root")]))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(SIGNED_AT)
            .not_valid_after(SIGNED_AT + timedelta(minutes=10))
            .add_extension(_usage(signs_certificates=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CODE_SIGNING]), critical=False)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self.authority.public_key()), critical=False
            )
            .add_extension(_names(how.subject), critical=True)
            .add_extension(x509.UnrecognizedExtension(_ISSUER, b"\x0c" + _length(issuer) + issuer), critical=False)
        )
        before = builder.sign(self.authority, hashes.SHA256()).tbs_certificate_bytes
        listed = self._timestamps(before)
        extension = x509.UnrecognizedExtension(_TIMESTAMPS, b"\x04" + _length(listed) + listed)
        return builder.add_extension(extension, critical=False).sign(self.authority, hashes.SHA256())

    def _timestamps(self, certificate: bytes) -> bytes:
        """The list with the one timestamp of the log of certificates (RFC 6962, 3.2 and 3.3)."""
        at = int(SIGNED_AT.timestamp() * 1000)
        entry = _id(self.authority) + len(certificate).to_bytes(3, "big") + certificate
        signature = _signed(self.certificates, struct.pack("!BBQH", 0, 0, at, 1) + entry + struct.pack("!H", 0))
        one = struct.pack("!B32sQHBBH", 0, _id(self.certificates), at, 0, 4, 3, len(signature)) + signature
        return struct.pack("!HH", len(one) + 2, len(one)) + one

    def _entry(
        self, certificate: x509.Certificate, content: bytes, signature: bytes, how: Signing
    ) -> dict[str, object]:
        pem = certificate.public_bytes(Encoding.PEM)
        body = _canonical(
            {
                "apiVersion": "0.0.1",
                "kind": "dsse",
                "spec": {
                    "envelopeHash": {"algorithm": "sha256", "value": hashlib.sha256(b"envelope").hexdigest()},
                    "payloadHash": {"algorithm": "sha256", "value": hashlib.sha256(content).hexdigest()},
                    "signatures": [{"signature": text(signature), "verifier": text(pem)}],
                },
            }
        )
        root = hashlib.sha256(b"\x00" + body).digest()
        seconds = int(how.logged_at.timestamp())
        promise = _canonical(
            {"body": text(body), "integratedTime": seconds, "logID": _id(self.log).hex(), "logIndex": 0}
        )
        note = f"{_CHECKPOINT_NAME}\n1\n{text(root)}\n"
        signed_note = text(_id(self.log)[:4] + _signed(self.log, note.encode()))
        promised = {"inclusionPromise": {"signedEntryTimestamp": text(_signed(self.log, promise))}}
        return {
            "logIndex": "0",
            "logId": {"keyId": text(_id(self.log))},
            "kindVersion": {"kind": "dsse", "version": "0.0.1"},
            "integratedTime": str(seconds),
            **(promised if how.promised else {}),
            "inclusionProof": {
                "logIndex": "0",
                "rootHash": text(root),
                "treeSize": "1",
                "hashes": [],
                "checkpoint": {"envelope": f"{note}\n\u2014 {_CHECKPOINT_NAME} {signed_note}\n"},
            },
            "canonicalizedBody": text(body),
        }


def _names(subject: str) -> x509.SubjectAlternativeName:
    address = "://" in subject
    return x509.SubjectAlternativeName(
        [x509.UniformResourceIdentifier(subject) if address else x509.RFC822Name(subject)]
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _length(content: bytes) -> bytes:
    """The length of a value in DER."""
    size = len(content)
    if size < 128:
        return bytes([size])
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([0x80 | len(octets)]) + octets


def _canonical(document: object) -> bytes:
    return json.dumps(document, separators=(",", ":"), sort_keys=True).encode()


def _log(key: ec.EllipticCurvePrivateKey) -> dict[str, object]:
    return {
        "baseUrl": "https://log.example.com",
        "hashAlgorithm": "SHA2_256",
        "publicKey": {
            "rawBytes": text(_spki(key)),
            "keyDetails": "PKIX_ECDSA_P256_SHA_256",
            "validFor": {"start": _START.isoformat().replace("+00:00", "Z")},
        },
        "logId": {"keyId": text(_id(key))},
    }
