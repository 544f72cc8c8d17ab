"""The certificates that hosts may have, and those that this service shows to hosts that ask for one."""

import contextlib
import os
import ssl
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import certifi

from proxy.errors import InvalidSetting

# Where distributions keep all trusted certificates in one file: Debian, Ubuntu, Alpine and Arch; Fedora and Red Hat,
# today and before; openSUSE; macOS and the BSDs (Go's crypto/x509 has the same list).
_FILES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
)


@dataclass(frozen=True, slots=True)
class TrustedCertificates:
    """Certificates of authorities: a file in PEM format, or a folder as OpenSSL reads it, or both."""

    file: Path | None
    folder: Path | None = None


@dataclass(frozen=True, slots=True)
class ClientCertificate:
    """A certificate that this service shows to a host, and its private key; both may be in one file, in PEM format."""

    certificate: Path
    key: Path

    def check(self) -> None:
        """Read both.

        Raises:
            InvalidSetting: they cannot be read, or do not belong together.
        """
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        for path in (self.certificate, self.key):
            _check_readable(path)
        try:
            # Without this function OpenSSL asks the terminal for the password of a key.
            context.load_cert_chain(self.certificate, self.key, password=lambda: "")
        except (ssl.SSLError, ValueError, OSError) as error:
            raise InvalidSetting(
                f"{self.certificate} and {self.key} are no certificate with its private key; both have to be in PEM "
                "format, and the key without a password"
            ) from error


@dataclass(frozen=True, slots=True)
class ClientCertificates:
    """Client certificates by `host` (all its ports) or `host:port`, in lower case."""

    by_host: Mapping[str, ClientCertificate]

    def of(self, name: str, port: int) -> ClientCertificate | None:
        """The one for a host; None without one. An IPv6 address has no brackets."""
        host = f"[{name}]" if ":" in name else name
        return self.by_host.get(f"{host}:{port}") or self.by_host.get(host)

    def check(self) -> None:
        """Read all of them.

        Raises:
            InvalidSetting: one cannot be used; the message names the setting, the host and the files.
        """
        for host, certificate in self.by_host.items():
            try:
                certificate.check()
            except InvalidSetting as error:
                raise InvalidSetting(f"IMAGE_FACTORY_CLIENT_CERTIFICATES: {host}: {error}") from error


NO_CLIENT_CERTIFICATES = ClientCertificates({})


def system_certificates(environ: Mapping[str, str]) -> TrustedCertificates:
    """What this machine trusts.

    SSL_CERT_FILE, else SSL_CERT_DIR, else the file of the distribution, else the folder of OpenSSL, else those that
    Mozilla trusts, which the package certifi brings: an image without ca-certificates has no others. One file is
    preferred, because libcurl reads it once, and a folder for each connection.
    """
    if (named := environ.get("SSL_CERT_FILE")) and Path(named).is_file():
        return TrustedCertificates(Path(named))
    if (named := environ.get("SSL_CERT_DIR")) and Path(named).is_dir():
        return TrustedCertificates(None, Path(named))
    if found := next((path for path in map(Path, _FILES) if path.is_file()), None):
        return TrustedCertificates(found)
    folder = Path(ssl.get_default_verify_paths().openssl_capath)
    if folder.is_dir() and any(folder.iterdir()):
        return TrustedCertificates(None, folder)
    return TrustedCertificates(Path(certifi.where()))


@contextlib.contextmanager
def with_bundle(system: TrustedCertificates, bundle: Path | None) -> Iterator[TrustedCertificates]:
    """The system's certificates and those of a bundle, in a file that exists until the end of the block.

    Raises:
        InvalidSetting: the bundle cannot be read, or has no certificate; the message names the setting.
    """
    if bundle is None:
        yield system
        return
    try:
        added = _certificates_in(bundle)
    except InvalidSetting as error:
        raise InvalidSetting(f"IMAGE_FACTORY_CA_BUNDLE: {error}") from error
    known = system.file.read_bytes() if system.file else b""
    with tempfile.NamedTemporaryFile(prefix="image-factory-trusted-", suffix=".pem") as both:
        both.write(known.rstrip(b"\n") + b"\n" + added)
        both.flush()
        yield TrustedCertificates(Path(both.name), system.folder)


def _certificates_in(path: Path) -> bytes:
    _check_readable(path)
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(path)
    except (ssl.SSLError, OSError) as error:
        raise InvalidSetting(f"{path} has no certificate in PEM format, or one that cannot be read") from error
    return path.read_bytes()


def _check_readable(path: Path) -> None:
    if not path.is_file():
        raise InvalidSetting(f"there is no file {path}")
    if not os.access(path, os.R_OK):
        raise InvalidSetting(f"{path} cannot be read by this service")
