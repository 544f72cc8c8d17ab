"""Why a transfer brought no answer."""

from enum import Enum, auto

import pycurl


class TransferFault(Enum):
    """What went wrong, as far as the caller treats it differently."""

    NO_CONNECTION = auto()
    SLOW_CONNECTION = auto()
    TLS = auto()
    PROXY = auto()
    SILENT = auto()
    LATE = auto()
    BROKEN = auto()
    UNREADABLE = auto()
    LONG_HEADERS = auto()
    LONG_BODY = auto()
    ADDRESS = auto()
    BUSY = auto()
    CLOSED = auto()


class TransferFailed(Exception):
    """There is no answer.

    Attributes:
        fault: why.
        sent: whether any part of the request may have left.
        detail: of some faults: what the proxy did, the address that was refused.
    """

    def __init__(self, fault: TransferFault, *, sent: bool, detail: str = "") -> None:
        super().__init__(fault.name)
        self.fault = fault
        self.sent = sent
        self.detail = detail


_TOO_LARGE = 100  # CURLE_TOO_LARGE (curl 8.6), which pycurl has no name for: more than 300 kB of headers.

# Source: libcurl-errors(3).
_FAULTS: dict[int, TransferFault] = {
    pycurl.E_COULDNT_RESOLVE_PROXY: TransferFault.PROXY,
    pycurl.E_COULDNT_RESOLVE_HOST: TransferFault.NO_CONNECTION,
    pycurl.E_COULDNT_CONNECT: TransferFault.NO_CONNECTION,
    pycurl.E_SSL_CONNECT_ERROR: TransferFault.TLS,
    pycurl.E_SSL_CERTPROBLEM: TransferFault.TLS,
    pycurl.E_SSL_CIPHER: TransferFault.TLS,
    pycurl.E_PEER_FAILED_VERIFICATION: TransferFault.TLS,
    pycurl.E_SSL_CACERT_BADFILE: TransferFault.TLS,
    pycurl.E_SSL_ISSUER_ERROR: TransferFault.TLS,
    pycurl.E_SSL_INVALIDCERTSTATUS: TransferFault.TLS,
    pycurl.E_BAD_CONTENT_ENCODING: TransferFault.UNREADABLE,
    _TOO_LARGE: TransferFault.LONG_HEADERS,
}
_OF_CONNECTING = frozenset({TransferFault.NO_CONNECTION, TransferFault.SLOW_CONNECTION, TransferFault.BROKEN})
_PROXY_ERROR = 97  # CURLE_PROXY (curl 7.73).
_LAST_SUCCESS = 299


def fault_of(code: int, *, connected: bool, by_proxy: bool, proxy_status: int) -> TransferFault:
    """What an error of libcurl means.

    Args:
        code: one of libcurl-errors(3).
        connected: whether the connection was there, so that the request was about to be sent.
        by_proxy: whether it was made through a proxy: then it is the proxy that cannot be reached.
        proxy_status: of the proxy's answer to CONNECT; 0 without one.
    """
    if code == _PROXY_ERROR or (not connected and proxy_status > _LAST_SUCCESS):
        return TransferFault.PROXY
    if code == pycurl.E_OPERATION_TIMEDOUT:
        fault = TransferFault.SILENT if connected else TransferFault.SLOW_CONNECTION
    else:
        fault = _FAULTS.get(code, TransferFault.BROKEN)
    return TransferFault.PROXY if by_proxy and not connected and fault in _OF_CONNECTING else fault
