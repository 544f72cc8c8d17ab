"""Gives the application the address of the client in place of that of the proxy in front."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import Request

from provider.auth.proxies.trusted_proxies import TrustedProxies

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_PEER = "image_factory.peer"


class ClientAddresses:
    """A WSGI layer: REMOTE_ADDR is the client's, as listed proxies forward it."""

    def __init__(self, inner: "WSGIApplication", proxies: TrustedProxies) -> None:
        self._inner = inner
        self._proxies = proxies

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Call the application."""
        peer = environ.get("REMOTE_ADDR", "")
        environ[_PEER] = peer
        environ["REMOTE_ADDR"] = self._proxies.client(peer, environ.get("HTTP_X_FORWARDED_FOR"))
        return self._inner(environ, start_response)


def peer_of(incoming: Request) -> str | None:
    """The address that connected, whatever was forwarded."""
    peer: str | None = incoming.environ.get(_PEER, incoming.remote_addr)
    return peer
