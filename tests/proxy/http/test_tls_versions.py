"""Which versions of TLS are spoken with other hosts."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from proxy.errors import Unavailable
from tests.peers.certificates import self_signed
from tests.peers.process import LOOPBACK
from tests.proxy.clocks import Clock
from tests.proxy.scripted import open_transport

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"


@contextmanager
def speaking(version: ssl.TLSVersion, private: Path) -> Iterator[str]:
    """The address of a host that speaks this version alone, at the lowest level of security that OpenSSL has."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(private)
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = context.maximum_version = version
    with socket.create_server((LOOPBACK, 0)) as listener:
        thread = threading.Thread(target=_answer_one, args=(listener, context))
        thread.start()
        yield f"https://{LOOPBACK}:{listener.getsockname()[1]}"
        thread.join()


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
def test_a_host_with_an_older_tls_is_not_asked(version: ssl.TLSVersion, tmp_path: Path, clock: Clock) -> None:
    """It gets no request."""
    trusted, private = self_signed("here").write(tmp_path, "here")
    with (
        speaking(version, private) as address,
        open_transport(clock, trusted=trusted) as transport,
        pytest.raises(Unavailable),
    ):
        transport.request("GET", f"{address}/a", {})


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_host_with_a_current_tls_is_asked(version: ssl.TLSVersion, tmp_path: Path, clock: Clock) -> None:
    """So the others are refused because of their version."""
    trusted, private = self_signed("here").write(tmp_path, "here")
    with speaking(version, private) as address, open_transport(clock, trusted=trusted) as transport:
        assert transport.request("GET", f"{address}/a", {}).status == 200


def _answer_one(listener: socket.socket, context: ssl.SSLContext) -> None:
    connection, _ = listener.accept()
    with connection:
        try:
            with context.wrap_socket(connection, server_side=True) as secured:
                secured.recv(65536)
                secured.sendall(ANSWER)
        except OSError:
            return
