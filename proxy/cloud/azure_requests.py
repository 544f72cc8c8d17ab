"""azure-core's transport over ours: azure-core asks requests to send, and requests asks this adapter.

Sources: azure-core's `RequestsTransport` (`session`, `session_owner`) and requests' `BaseAdapter`.
"""

import io
from collections.abc import Mapping
from typing import Any

import requests
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict

from proxy.cloud.sending import LibrarySender
from proxy.errors import OutsideFailure


def azure_transport(sender: LibrarySender) -> Any:
    """The transport for azure-identity.

    Raises:
        ImportError: azure-identity is not installed.
    """
    from azure.core.pipeline.transport import RequestsTransport

    session = requests.Session()
    # Without the environment: no proxy, no .netrc, no certificates of requests.
    session.trust_env = False
    session.adapters.clear()
    for scheme in ("https://", "http://"):
        session.mount(scheme, _SenderAdapter(sender))
    return RequestsTransport(session=session, session_owner=False)


class _SenderAdapter(BaseAdapter):
    """Sends what azure-core asks requests to send."""

    def __init__(self, sender: LibrarySender) -> None:
        super().__init__()
        self._sender = sender

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,  # noqa: FBT001, FBT002, ARG002 - the answer is complete
        timeout: float | tuple[float, float] | tuple[float, None] | None = None,  # noqa: ARG002 - the transport has its own
        verify: bool | str = True,  # noqa: ARG002, FBT001, FBT002 - the transport has its own
        cert: bytes | str | tuple[bytes | str, bytes | str] | None = None,  # noqa: ARG002 - the same
        proxies: Mapping[str, str] | None = None,  # noqa: ARG002 - the same
    ) -> requests.Response:
        """See requests."""
        body = request.body.encode() if isinstance(request.body, str) else request.body
        data = body if isinstance(body, bytes) else None
        try:
            answer = self._sender.send(request.method or "GET", request.url or "", dict(request.headers), data)
        except OutsideFailure as error:
            raise requests.ConnectionError(str(error)) from error
        response = requests.Response()
        response.status_code = answer.status
        response.headers = CaseInsensitiveDict(answer.headers)
        response.raw = io.BytesIO(answer.body)
        response._content = answer.body  # noqa: SLF001 - requests has no other way to make a response
        response.encoding = "utf-8"
        response.url = answer.url
        response.request = request
        return response

    def close(self) -> None:
        """See requests; there is nothing to close."""
