"""Keys of GitHub Apps, created once for all tests because that takes long."""

from functools import cache

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from proxy.secrets.secret import Secret

APP_ID = "4711"


@cache
def key() -> RSAPrivateKey:
    """The App's key."""
    return generate_private_key(public_exponent=65537, key_size=2048)


def private_pem(of: RSAPrivateKey | None = None) -> Secret:
    """A key in the form that GitHub provides."""
    return Secret((of or key()).private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()).decode())


def public_pem() -> bytes:
    """The App's public key, which GitHub stores."""
    return key().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
