"""The document of the configured provider: fetched, and cached for an hour."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus

from provider.auth.sign_in.provider_document import ProviderDocument, read_provider_document
from proxy.errors import NotFound, OutsideFailure, Unavailable
from proxy.http.transport import Transport
from proxy.observing.event_log import EventLog

_log = EventLog(__name__)
KEPT_FOR = timedelta(hours=1)
PAUSE = timedelta(seconds=5)
"""The shortest time between two requests for the document."""


@dataclass(frozen=True, slots=True)
class _KeptDocument:
    asked_at: datetime
    document: ProviderDocument | None
    failure: OutsideFailure | None = None


class ProviderDiscovery:
    """Thread-safe: one thread fetches, the others wait for it.

    Args:
        issuer: of the settings, without a slash at the end.
        transport: sends requests to it.
        now: the time, in UTC.
    """

    def __init__(self, issuer: str, transport: Transport, now: Callable[[], datetime]) -> None:
        self._issuer = issuer
        self._transport = transport
        self._now = now
        self._lock = threading.Lock()
        self._last: _KeptDocument | None = None

    def document(self) -> ProviderDocument:
        """The document; the last one for as long as a new one cannot be fetched.

        Raises:
            OutsideFailure: there is none, and it cannot be fetched.
        """
        with self._lock:
            last = self._last
            if last is None or not timedelta(0) <= self._now() - last.asked_at < (PAUSE if last.failure else KEPT_FOR):
                last = self._last = self._fetched(last.document if last else None)
        if last.document is None:
            raise last.failure or Unavailable("the document of the provider was not fetched")
        return last.document

    def _fetched(self, known: ProviderDocument | None) -> _KeptDocument:
        try:
            document = self._read()
        except OutsideFailure as error:
            _log.warning(
                "provider_document_not_read",
                "cannot read the document of the OpenID Connect provider: {error}",
                error=error,
            )
            return _KeptDocument(self._now(), known, error)
        return _KeptDocument(self._now(), document)

    def _read(self) -> ProviderDocument:
        address = f"{self._issuer}/.well-known/openid-configuration"
        answer = self._transport.request("GET", address, {"accept": "application/json"})
        if answer.status == HTTPStatus.OK:
            return read_provider_document(answer.body, self._issuer)
        if answer.status == HTTPStatus.NOT_FOUND:
            raise NotFound(f"{address} does not exist; IMAGE_FACTORY_OIDC_ISSUER must be the issuer of the provider")
        raise Unavailable(f"{address} answered {answer.status}")
