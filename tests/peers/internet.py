"""An internet on loopback: an egress proxy behind which some hosts exist, by their real names and over TLS."""

import contextlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.peers.certificates import self_signed
from tests.peers.connect_proxy import ConnectProxy, ProxyRequest
from tests.peers.exchange import Answer, Request
from tests.peers.loopback import LoopbackServer, Respond
from tests.peers.process import LOOPBACK


class _Gateway(ConnectProxy):
    """Leads the known names to one server, and refuses the others."""

    def __init__(self, names: Iterable[str], port: int) -> None:
        super().__init__()
        self._names = frozenset(names)
        self._port = port

    def _pass_on(self, connection, request, head, ends):  # type: ignore[no-untyped-def]  # as in the base class
        method, target, version = request.line.split(" ")
        if target.rpartition(":")[0] not in self._names:
            connection.sendall(b"HTTP/1.1 502 There is no such host\r\nContent-Length: 0\r\n\r\n")
            return
        led = ProxyRequest(f"{method} {LOOPBACK}:{self._port} {version}", request.headers)
        super()._pass_on(connection, led, head, ends)


@contextlib.contextmanager
def internet(hosts: dict[str, Respond], folder: Path) -> Iterator[dict[str, str]]:
    """Serve hosts by their names.

    Args:
        hosts: what each of them answers.
        folder: for the certificate.

    Yields:
        The settings of a service that reaches them, without their prefix.
    """
    ca_file, certificate = self_signed("an internet", names=hosts).write(folder, "internet")

    def answer(request: Request) -> Answer | None:
        return hosts[request.headers["Host"].removesuffix(":443")](request)

    with LoopbackServer(answer, certificate=certificate) as server:
        port = int(server.host.rpartition(":")[2])
        with _Gateway(hosts, port) as gateway:
            yield {"EGRESS_PROXY": gateway.url, "CA_BUNDLE": str(ca_file)}
