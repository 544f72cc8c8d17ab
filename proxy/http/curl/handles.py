"""Handles of libcurl that serve one request after the other. To make one costs a tenth of a small request."""

from collections import defaultdict

from proxy.http.curl.handle import Handle
from proxy.http.curl.transfer import Transfer
from proxy.http.exchange import SAFE_METHODS
from proxy.http.trust import TrustedCertificates

# Each takes some kilobytes.
_MOST_KEPT = 128
_Use = tuple[str, str, bool, bool]


class Handles:
    """The handles of one loop that wait for a request. Belongs to the thread of the loop.

    A handle is used again only for the same method at the same host, which reads, without proxy and client certificate,
    and only after a complete answer.

    Args:
        trusted: the certificates that hosts may have.
    """

    def __init__(self, trusted: TrustedCertificates) -> None:
        self._trusted = trusted
        self._waiting: defaultdict[_Use, list[Handle]] = defaultdict(list)
        self._number = 0

    def take(self, transfer: Transfer) -> Handle:
        """A handle that serves this transfer.

        Raises:
            pycurl.error: libcurl does not accept one of its options.
        """
        waiting = self._waiting.get(_use(transfer))
        if not waiting:
            return Handle(transfer, self._trusted)
        self._number -= 1
        handle = waiting.pop()
        handle.serve(transfer)
        return handle

    def give_back(self, handle: Handle, *, complete: bool) -> None:
        """Keep a handle for the next request of its use, or close it.

        Args:
            handle: libcurl does not use it any more.
            complete: whether its answer was complete.
        """
        route = handle.transfer.route
        again = complete and handle.transfer.request.method in SAFE_METHODS and not (route.proxy or route.client)
        if not again or self._number >= _MOST_KEPT:
            handle.curl.close()
            return
        use = _use(handle.transfer)
        handle.rest()
        self._waiting[use].append(handle)
        self._number += 1

    def close(self) -> None:
        """Close all that wait."""
        for waiting in self._waiting.values():
            for handle in waiting:
                handle.curl.close()
        self._waiting.clear()
        self._number = 0


def _use(transfer: Transfer) -> _Use:
    route = transfer.route
    return transfer.request.method, route.connect_to, route.url.startswith("https:"), route.shares
