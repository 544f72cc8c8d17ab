"""Certificates that hosts may have, and those that are shown to hosts."""

import ssl
from pathlib import Path

import certifi
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from proxy.errors import InvalidSetting
from proxy.http import trust
from proxy.http.trust import (
    ClientCertificate,
    ClientCertificates,
    TrustedCertificates,
    system_certificates,
    with_bundle,
)
from tests.peers.certificates import self_signed

ONE, OTHER = self_signed("one"), self_signed("other")


def names_in(path: Path) -> set[str]:
    """The common names of the certificates in a file."""
    found = x509.load_pem_x509_certificates(path.read_bytes())
    return {each.subject.rfc4514_string().removeprefix("CN=") for each in found}


def test_the_environment_says_what_is_trusted(tmp_path: Path) -> None:
    """The file counts before the folder; what is not there does not count."""
    file, _ = ONE.write(tmp_path, "one")

    assert system_certificates({"SSL_CERT_FILE": str(file), "SSL_CERT_DIR": "/"}) == TrustedCertificates(file)
    assert system_certificates({"SSL_CERT_DIR": str(tmp_path)}) == TrustedCertificates(None, tmp_path)
    gone = {"SSL_CERT_FILE": str(tmp_path / "gone"), "SSL_CERT_DIR": str(tmp_path / "gone")}
    assert system_certificates(gone) == system_certificates({})


def test_the_file_of_the_distribution_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first of the known places that is there; without any, OpenSSL's folder; without that, Mozilla's."""
    file, _ = ONE.write(tmp_path, "one")
    monkeypatch.setattr(trust, "_FILES", (str(tmp_path / "gone"), str(file)))
    assert system_certificates({}) == TrustedCertificates(file)

    monkeypatch.setattr(trust, "_FILES", ())
    paths = ssl.get_default_verify_paths()
    monkeypatch.setattr(ssl, "get_default_verify_paths", lambda: paths._replace(openssl_capath=str(tmp_path)))
    assert system_certificates({}) == TrustedCertificates(None, tmp_path)

    empty = tmp_path / "empty"
    empty.mkdir()
    monkeypatch.setattr(ssl, "get_default_verify_paths", lambda: paths._replace(openssl_capath=str(empty)))
    assert system_certificates({}) == TrustedCertificates(Path(certifi.where()))


def test_a_bundle_is_added(tmp_path: Path) -> None:
    """The certificates of both are trusted; the file of both is gone afterwards."""
    system, _ = ONE.write(tmp_path, "system")
    bundle, _ = OTHER.write(tmp_path, "bundle")
    system.write_bytes(ONE.pem.rstrip(b"\n"))

    with with_bundle(TrustedCertificates(system), bundle) as both:
        assert both.file
        assert names_in(both.file) == {"one", "other"}
        assert both.file.stat().st_mode & 0o077 == 0
    assert not both.file.exists()
    with with_bundle(TrustedCertificates(None, tmp_path), bundle) as both:
        assert both.file
        assert (names_in(both.file), both.folder) == ({"other"}, tmp_path)
    with with_bundle(TrustedCertificates(system), None) as alone:
        assert alone == TrustedCertificates(system)


@pytest.mark.parametrize("content", [None, b"", b"no certificate", b"-----BEGIN CERTIFICATE-----\nbroken"])
def test_a_bundle_that_cannot_be_used_is_refused(content: bytes | None, tmp_path: Path) -> None:
    """The message has the setting and the file."""
    file = tmp_path / "bundle.pem"
    if content is not None:
        file.write_bytes(content)
    with (
        pytest.raises(InvalidSetting, match=f"^IMAGE_FACTORY_CA_BUNDLE: .*{file}"),
        with_bundle(TrustedCertificates(None), file),
    ):
        pass


def test_client_certificates_are_for_a_host_and_perhaps_a_port(tmp_path: Path) -> None:
    """One with the port counts before one without."""
    one, other = ClientCertificate(tmp_path / "1", tmp_path / "1"), ClientCertificate(tmp_path / "2", tmp_path / "3")
    found = ClientCertificates({"a.test": one, "a.test:5000": other, "[::1]": other})

    assert found.of("a.test", 443) is one
    assert found.of("a.test", 5000) is other
    assert found.of("::1", 443) is other
    assert found.of("b.a.test", 443) is None


def test_client_certificates_are_read_at_the_start(tmp_path: Path) -> None:
    """A certificate with its key, in one file or in two, is accepted."""
    certificate, both = ONE.write(tmp_path, "one")
    key = tmp_path / "one.key"
    key.write_bytes(_key(serialization.NoEncryption()))

    ClientCertificates({"a": ClientCertificate(both, both), "b": ClientCertificate(certificate, key)}).check()


@pytest.mark.parametrize("wrong", ["another key", "a password", "no key", "no file", "no certificate"])
def test_a_client_certificate_that_cannot_be_used_is_refused(wrong: str, tmp_path: Path) -> None:
    """The message has the setting, the host and the files."""
    certificate, _ = ONE.write(tmp_path, "one")
    _, others = OTHER.write(tmp_path, "other")
    locked = tmp_path / "locked.key"
    locked.write_bytes(_key(serialization.BestAvailableEncryption(b"word")))
    pairs = {
        "another key": (certificate, others),
        "a password": (certificate, locked),
        "no key": (certificate, certificate),
        "no file": (certificate, tmp_path / "gone.key"),
        "no certificate": (locked, others),
    }
    with pytest.raises(InvalidSetting, match=r"^IMAGE_FACTORY_CLIENT_CERTIFICATES: registry\.test:5000: ") as caught:
        ClientCertificates({"registry.test:5000": ClientCertificate(*pairs[wrong])}).check()
    assert str(tmp_path) in str(caught.value)


def _key(encryption: serialization.KeySerializationEncryption) -> bytes:
    return ONE.key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption)
