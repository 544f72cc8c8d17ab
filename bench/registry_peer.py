"""The registry for the digest checks: a server in a separate process, with 30 ms of latency."""

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.rounds import RunFailed
from tests.peers.certificates import self_signed
from tests.peers.latency.delay import DelayProxy

ROUND_TRIP_MS = 30.0
ROOT = Path(__file__).parents[1]
_STOP_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Addresses:
    """The hosts of the registries, as in image references, and the trusted certificate.

    Attributes:
        single: grants a token for one repository.
        batching: grants a token for several.
    """

    single: str
    batching: str
    ca_file: Path


@contextlib.contextmanager
def registries(folder: Path) -> Iterator[Addresses]:
    """Run both registries until the end of the block.

    Raises:
        RunFailed: a registry did not start.
    """
    ca_file, certificate = self_signed("bench-registry").write(folder, "bench-registry")
    with _distant(certificate) as single, _distant(certificate, "--batches") as batching:
        yield Addresses(single, batching, ca_file)


@contextlib.contextmanager
def _distant(certificate: Path, *options: str) -> Iterator[str]:
    with serving(certificate, *options) as port, DelayProxy(port, ROUND_TRIP_MS / 2) as delay:
        yield delay.host


@contextlib.contextmanager
def serving(certificate: Path, *options: str) -> Iterator[int]:
    """Run the registry, without latency, until the end of the block; its port.

    Raises:
        RunFailed: it did not start.
    """
    child = subprocess.Popen(
        [sys.executable, "-m", "bench.registry_server", str(certificate), *options],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        # The line, or the end of the output if the process ended: in both cases this does not block.
        line = child.stdout.readline() if child.stdout else ""
        if not line.strip():
            raise RunFailed("the bench's registry did not start; its error is on standard error")
        yield int(line)
    finally:
        _stop(child)


def _stop(child: "subprocess.Popen[str]") -> None:
    try:
        child.communicate(timeout=_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        child.communicate()
