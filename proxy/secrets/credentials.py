"""Credentials for a registry, and what is wrong with those that cannot be used."""

from dataclasses import dataclass

from proxy.secrets.secret import Secret


@dataclass(frozen=True, slots=True)
class BasicCredentials:
    """User name and password, or an identity token that is exchanged for access tokens."""

    username: str
    password: Secret
    identity_token: Secret | None = None


@dataclass(frozen=True, slots=True)
class CredentialProblem:
    """Credentials that are named and cannot be used; `where`: the file with the key, or the program. No secret."""

    where: str
    message: str
