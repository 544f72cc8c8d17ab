"""Verify bundles by the identity of their signer, with the sigstore library and without any request.

The library is an optional extra, and it takes most of a second to import: only what verifies an identity imports this
module.
"""

import tempfile
from functools import lru_cache
from importlib import resources
from pathlib import Path

from cryptography.x509 import (
    Certificate,
    OtherName,
    RFC822Name,
    SubjectAlternativeName,
    UniformResourceIdentifier,
)
from sigstore.errors import Error, VerificationError
from sigstore.models import Bundle, TrustedRoot
from sigstore.verify import Verifier, policy

from catalog.reference import Digest
from proxy.errors import NotConfigured
from proxy.signatures.claims import InvalidSignatureData, check_statement
from proxy.signatures.rules import Signer
from proxy.signatures.subjects import subject_matches
from proxy.unexpected import log_unexpected

_PUBLIC_ROOT = ("https%3A%2F%2Ftuf-repo-cdn.sigstore.dev", "trusted_root.json")
# Fulcio's certificates have identities that are no address in a name of this type.
# Source: github.com/sigstore/fulcio, docs/oid-info.md.
_OTHER_NAME = "1.3.6.1.4.1.57264.1.7"
_LONGEST = 300


class KeylessVerifier:
    """Verifies bundles by a signer.

    Raises:
        NotConfigured: its trusted root cannot be used.
    """

    def __init__(self, signer: Signer) -> None:
        self._signer = signer
        self._verifier = _verifier(signer.trusted_root)
        self._policy = policy.AllOf([_IssuerPolicy(signer.issuer), _SubjectPolicy(signer.subject)])

    def check(self, bundle: bytes, digest: Digest) -> None:
        """Check that a bundle is a signature of this image by the signer, and is in the transparency log.

        Raises:
            InvalidSignatureData: it is not.
        """
        try:
            payload_type, payload = self._verifier.verify_dsse(Bundle.from_json(bundle), self._policy)
        except Error as error:
            raise InvalidSignatureData(_reason(error)) from error
        except Exception as error:
            # The library parses what anybody may have stored: whatever it raises, the signature is not verified.
            log_unexpected(f"a signature of {digest}", error)
            raise InvalidSignatureData("its bundle cannot be read") from error
        check_statement(payload_type, payload, digest)


class _IssuerPolicy:
    """The issuer in the certificate, in Fulcio's newer form or in its older one."""

    def __init__(self, issuer: str) -> None:
        self._issuer = issuer
        self._either = policy.AnyOf([policy.OIDCIssuerV2(issuer), policy.OIDCIssuer(issuer)])

    def verify(self, cert: Certificate) -> None:
        """See `policy.VerificationPolicy`."""
        try:
            self._either.verify(cert)
        except VerificationError as error:
            raise VerificationError(f"its signer was not confirmed by {self._issuer}") from error


class _SubjectPolicy:
    """The identity in the certificate, where `*` stands for any text; the library compares whole identities alone."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern

    def verify(self, cert: Certificate) -> None:
        """See `policy.VerificationPolicy`."""
        names = cert.extensions.get_extension_for_class(SubjectAlternativeName).value
        found = [*names.get_values_for_type(RFC822Name), *names.get_values_for_type(UniformResourceIdentifier)]
        others = names.get_values_for_type(OtherName)
        found += [other.value.decode() for other in others if other.type_id.dotted_string == _OTHER_NAME]
        if not any(subject_matches(self._pattern, each) for each in found):
            raise VerificationError(f"its signer is {', '.join(found)}, not {self._pattern}")


@lru_cache(maxsize=32)
def _verifier(trusted_root: str | None) -> Verifier:
    try:
        return Verifier(trusted_root=_trusted_root(trusted_root))
    except Exception as error:
        raise NotConfigured(
            f"the trusted root cannot be used: {_reason(error)}; write one as `cosign trusted-root create`"
        ) from error


def _trusted_root(text: str | None) -> TrustedRoot:
    if text is None:
        # The one that the library brings; its own way of opening it writes to the home folder.
        with resources.as_file(resources.files("sigstore._store").joinpath(*_PUBLIC_ROOT)) as file:
            return TrustedRoot.from_file(str(file))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "trusted_root.json"
        file.write_text(text, encoding="utf-8")
        return TrustedRoot.from_file(str(file))


def _reason(error: Exception) -> str:
    """The library's message on one line; some of its messages have whole documents."""
    text = "".join(each if each.isprintable() else " " for each in " ".join(str(error).split()))
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
