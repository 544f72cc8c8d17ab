"""Credentials for a registry, and what is wrong with those that cannot be used."""

from dataclasses import dataclass

from proxy.secrets.secret import Secret


@dataclass(frozen=True, slots=True)
class BasicCredentials:
    """User name and password, an identity token that is exchanged for access tokens, or an access token itself.

    Attributes:
        username: of the password.
        password: empty if there is none.
        identity_token: exchanged for access tokens.
        registry_token: sent to the registry as it is, without a token server.
    """

    username: str
    password: Secret
    identity_token: Secret | None = None
    registry_token: Secret | None = None


@dataclass(frozen=True, slots=True)
class CredentialProblem:
    """Credentials that are named and cannot be used. No text has a secret.

    Attributes:
        where: the file with the key, the program, or the host.
        message: what is wrong.
        remedy: what to do.
    """

    where: str
    message: str
    remedy: str
