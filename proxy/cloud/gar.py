"""Google's registries: Artifact Registry and `gcr.io` by access tokens of Application Default Credentials.

Sources: Google's documentation ("Set up authentication for Docker": the user `oauth2accesstoken`, "How Application
Default Credentials works"), and google-auth's `google.auth.transport.Request`.
"""

import logging
import re
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from proxy.cloud.sending import LibrarySender, library_call
from proxy.errors import Garbage, NotConfigured, OutsideFailure
from proxy.http.exchange import Answer
from proxy.secrets.credential_sources import CredentialSource, IssuedCredentials, NoneForOwner
from proxy.secrets.credentials import BasicCredentials
from proxy.secrets.secret import Secret

USER = "oauth2accesstoken"
_SCOPES = ("https://www.googleapis.com/auth/cloud-platform",)
_HOST = re.compile(r"((?:[a-z0-9-]+\.)*pkg\.dev|(?:[a-z0-9-]+\.)?gcr\.io)(:[0-9]+)?")
_REMEDY = "check the service account and its role (Artifact Registry Reader), or add the host to the auth file"


def is_google_registry(host: str) -> bool:
    """Whether the host is one of Google's registries (`europe-docker.pkg.dev`, `eu.gcr.io`)."""
    return _HOST.fullmatch(host) is not None


class GoogleCredentials(CredentialSource):
    """Access tokens for Google's registries by the identity of this service. Safe to use from many threads.

    Args:
        sender: sends what google-auth asks for, also to the metadata server.
        active: whether the service has an identity of Google.
    """

    def __init__(self, sender: LibrarySender, *, active: bool) -> None:
        self._sender = sender
        self._active = active
        self._lock = threading.Lock()
        self._identity: Any = None

    def serves(self, host: str) -> bool:
        """See the protocol."""
        return is_google_registry(host)

    def needed(self, host: str) -> bool:  # noqa: ARG002 - the same for all of them
        """See the protocol; many repositories of others are public."""
        return False

    def issue(self, host: str, repository: str | None) -> IssuedCredentials | None:  # noqa: ARG002 - the whole host
        """See the protocol."""
        if not self._active:
            raise NoneForOwner(
                f"{host} is a registry of Google: add it to the auth file, or set IMAGE_FACTORY_CLOUD_CREDENTIALS=gcp "
                f"where the service runs with a service account of Google Cloud"
            )
        with library_call(f"Google issued no credentials for {host}", _REMEDY), self._lock:
            try:
                identity = self._identity or self._found()
            except ImportError as error:
                raise NotConfigured(f"install image-factory[gcp], or add {host} to the auth file") from error
            identity.refresh(_GoogleRequests(self._sender))
            self._identity = identity
            token, expiry = identity.token, identity.expiry
        if not isinstance(token, str) or not token:
            raise Garbage(f"Google sent no access token for {host}; retried later")
        return IssuedCredentials(BasicCredentials(USER, Secret(token)), _utc(expiry))

    def _found(self) -> Any:
        import google.auth
        from google.auth.credentials import with_scopes_if_required

        # It warns where it finds no project, which registries do not need.
        logging.getLogger("google.auth._default").setLevel(logging.ERROR)
        # With scopes it would also ask for the project.
        request: Any = _GoogleRequests(self._sender)
        found, _ = google.auth.default(request=request)
        return with_scopes_if_required(found, _SCOPES)


class _GoogleAnswer:
    """An answer as google-auth reads it."""

    def __init__(self, answer: Answer) -> None:
        self.status = answer.status
        self.headers = answer.headers
        self.data = answer.body


class _GoogleRequests:
    """Sends what google-auth asks for."""

    def __init__(self, sender: LibrarySender) -> None:
        self._sender = sender

    def __call__(
        self,
        url: str,
        method: str = "GET",
        body: bytes | str | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,  # noqa: ARG002 - the transport has its own
        **_: object,
    ) -> _GoogleAnswer:
        """See google-auth."""
        from google.auth.exceptions import TransportError

        data = body.encode() if isinstance(body, str) else body
        try:
            return _GoogleAnswer(self._sender.send(method, url, headers or {}, data))
        except OutsideFailure as error:
            raise TransportError(error) from error


def _utc(expiry: object) -> datetime | None:
    """google-auth's times are in UTC, without a zone."""
    return expiry.replace(tzinfo=UTC) if isinstance(expiry, datetime) else None
