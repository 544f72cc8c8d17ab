"""A network's latency on loopback."""

import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.peers.process import LOOPBACK, PeerFailed

_STOP_SECONDS = 30.0


class DelayProxy:
    """Passes TCP through to a loopback port with latency; opening a connection costs one round trip more.

    Attributes:
        port: where it listens.
    """

    def __init__(self, upstream_port: int, one_way_ms: float) -> None:
        """Prepare; nothing runs yet.

        Args:
            upstream_port: on loopback.
            one_way_ms: milliseconds in each direction.
        """
        self.port = 0
        self._upstream_port = upstream_port
        self._one_way_ms = one_way_ms
        self._child: subprocess.Popen[str] | None = None

    @property
    def host(self) -> str:
        """Address and port."""
        return f"{LOOPBACK}:{self.port}"

    @property
    def url(self) -> str:
        """`http://` and the host, for upstreams that speak it."""
        return f"http://{self.host}"

    def __enter__(self) -> Self:
        program = Path(__file__).with_name("relay.py")
        self._child = subprocess.Popen(
            [sys.executable, str(program), str(self._upstream_port), str(self._one_way_ms)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        # The line, or the end of the output when the relay ended: either way this does not wait for ever.
        line = self._child.stdout.readline() if self._child.stdout else ""
        if not line.strip():
            self._stop()
            raise PeerFailed("the delaying relay did not start; its error is on standard error")
        self.port = int(line)
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._stop()

    def _stop(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        try:
            child.communicate(timeout=_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            child.communicate()
