"""Azure's registries: a token of Microsoft Entra is exchanged for a refresh token of the registry, for about 3 hours.

Sources: github.com/Azure/acr `docs/AAD-OAuth.md` ("Calling POST /oauth2/exchange to get an ACR refresh token"),
Microsoft's documentation ("Configure registry acceptance of Microsoft Entra authentication scopes": a token for the
registry service is the narrower one, and always accepted), for the other clouds the audiences of
github.com/Azure/azure-sdk-for-go `sdk/containers/azcontainerregistry/cloud_config.go`.
"""

import json
import logging
import re
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

import jwt

from proxy.cloud.sending import LibrarySender, first_argument, library_call
from proxy.errors import Garbage, NotConfigured, OutsideFailure, Refused, Unavailable
from proxy.http.exchange import USER_AGENT, Answer
from proxy.http.transport import Transport
from proxy.secrets.credential_sources import CredentialSource, IssuedCredentials, NoneForOwner
from proxy.secrets.credentials import BasicCredentials
from proxy.secrets.secret import Secret

_SCOPES: Mapping[str, str] = {
    "io": "https://containerregistry.azure.net/.default",
    "cn": "https://management.core.chinacloudapi.cn/.default",
    "us": "https://management.core.usgovcloudapi.net/.default",
}
_HOST = re.compile(r"(?P<name>[a-z0-9-]+\.azurecr\.(?P<domain>io|cn|us))(:[0-9]+)?")
_ENTRA_ERROR = re.compile(r"AADSTS[0-9]+: [^'\"\n]+")
_REMEDY = "check the service's identity and its role (AcrPull), or add the host to the auth file"


def is_azure_registry(host: str) -> bool:
    """Whether the host is one of Azure's registries (`example.azurecr.io`)."""
    return _HOST.fullmatch(host) is not None


class AzureCredentials(CredentialSource):
    """Refresh tokens of Azure's registries by the identity of this service. Safe to use from many threads.

    Args:
        sender: sends what azure-identity asks for, also to the metadata server.
        registries: returns the transport for the exchange, whose rules hold for the registry itself.
        environ: has the tenant of the identity, if it is known.
        active: whether the service has an identity of Azure.
    """

    def __init__(
        self, sender: LibrarySender, registries: Callable[[], Transport], environ: Mapping[str, str], *, active: bool
    ) -> None:
        self._sender = sender
        self._registries = registries
        self._tenant = environ.get("AZURE_TENANT_ID", "")
        self._active = active
        self._lock = threading.Lock()
        self._identity: Any = None

    def serves(self, host: str) -> bool:
        """See the protocol."""
        return is_azure_registry(host)

    def needed(self, host: str) -> bool:  # noqa: ARG002 - the same for all of them
        """See the protocol; a registry may allow anonymous pulls."""
        return False

    def issue(self, host: str, repository: str | None) -> IssuedCredentials | None:  # noqa: ARG002 - the whole host
        """See the protocol."""
        found = _HOST.fullmatch(host)
        if found is None:
            return None
        if not self._active:
            raise NoneForOwner(
                f"{host} is a registry of Azure: add it to the auth file, or set IMAGE_FACTORY_CLOUD_CREDENTIALS=azure "
                f"where the service runs with a managed identity"
            )
        with library_call(f"Azure issued no credentials for {host}", _REMEDY, _reason):
            try:
                identity = self._of_service()
            except ImportError as error:
                raise NotConfigured(f"install image-factory[azure], or add {host} to the auth file") from error
            token = Secret(identity.get_token(_SCOPES[found["domain"]]).token)
        return _issued(self._exchanged(host, found["name"], token), host)

    def _of_service(self) -> Any:
        from azure.identity import DefaultAzureCredential

        # With it comes requests, which the start of no command should pay for.
        from proxy.cloud.azure_requests import azure_transport

        # Its failures are part of our own message.
        logging.getLogger("azure.identity").setLevel(logging.ERROR)
        with self._lock:
            if self._identity is None:
                # A service has no developer who is signed in; each of these would start a program.
                self._identity = DefaultAzureCredential(
                    exclude_cli_credential=True,
                    exclude_developer_cli_credential=True,
                    exclude_powershell_credential=True,
                    exclude_visual_studio_code_credential=True,
                    exclude_shared_token_cache_credential=True,
                    exclude_broker_credential=True,
                    transport=azure_transport(self._sender),
                    retry_total=0,
                    retry_status=0,
                )
            return self._identity

    def _exchanged(self, host: str, service: str, token: Secret) -> Answer:
        form = {"grant_type": "access_token", "service": service, "access_token": token.reveal()}
        if self._tenant:
            form["tenant"] = self._tenant
        headers = {
            "accept": "application/json",
            "content-type": "application/x-www-form-urlencoded",
            "user-agent": USER_AGENT,
        }
        transport = self._registries()
        url = f"{transport.policy.scheme(host)}://{host}/oauth2/exchange"
        return transport.request("POST", url, headers, body=urlencode(form).encode())


def _reason(error: Exception) -> str:
    """The code and the sentence of Microsoft Entra, if it answered; else the first line of azure-identity's report."""
    text = first_argument(error)
    found = _ENTRA_ERROR.search(text)
    return found[0] if found else text.partition("\n")[0]


def _issued(answer: Answer, host: str) -> IssuedCredentials:
    if answer.status != HTTPStatus.OK:
        raise _failure(answer.status, host)
    # `from None`: the decoder's error contains the document, and with it the token.
    try:
        document = json.loads(answer.body)
    except (ValueError, RecursionError):
        raise Garbage(f"{host} sent no JSON for the token of its identity; retried later") from None
    token = document.get("refresh_token") if isinstance(document, dict) else None
    if not isinstance(token, str) or not token:
        raise Garbage(f"{host} sent no refresh token for the token of its identity; retried later")
    return IssuedCredentials(BasicCredentials("", Secret(""), Secret(token)), _expiry(token))


def _failure(status: int, host: str) -> OutsideFailure:
    where = f"{host} answered {status} to the token of the service's identity"
    if status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Unavailable(f"{where}; retried later")
    return Refused(f"{where}; {_REMEDY}")


def _expiry(token: str) -> datetime | None:
    """The end of a token as it says itself; only the registry, which issued it, verifies it."""
    try:
        claims = jwt.decode(token, options={"verify_signature": False})
        return datetime.fromtimestamp(float(claims["exp"]), UTC)
    except (jwt.InvalidTokenError, KeyError, TypeError, ValueError, OverflowError, OSError):
        return None
