"""Self-signed certificates for peers, created when needed and kept in their folder."""

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from tests.peers.process import LOOPBACK

_KEY_BITS = 2048


@dataclass(frozen=True, slots=True)
class Certificate:
    """A self-signed certificate for 127.0.0.1 and its key."""

    certificate: x509.Certificate
    key: rsa.RSAPrivateKey

    @property
    def pem(self) -> bytes:
        """The certificate alone: what a client trusts."""
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    def write(self, folder: Path, name: str) -> tuple[Path, Path]:
        """Write NAME.crt, and NAME.pem with the key too; the key's file is for its owner alone."""
        trusted, private = folder / f"{name}.crt", folder / f"{name}.pem"
        trusted.write_bytes(self.pem)
        private.touch(mode=0o600)
        private.write_bytes(self._key_pem + self.pem)
        return trusted, private

    @property
    def _key_pem(self) -> bytes:
        return self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )


def self_signed(common_name: str, names: Iterable[str] = ()) -> Certificate:
    """A certificate that is its own authority, valid for a day, for loopback and hosts of these names."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=_KEY_BITS)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(
            x509.SubjectAlternativeName(
                [x509.IPAddress(ipaddress.ip_address(LOOPBACK)), *(x509.DNSName(name) for name in names)]
            ),
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )
    return Certificate(certificate, key)
