"""Digest checks through a front that speaks HTTP/2 (nginx, with TLS and latency), against the same with HTTP/1.1."""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

from bench.digest_sweep import DigestSweep
from bench.marks import Mark
from bench.registry_peer import ROUND_TRIP_MS, serving
from bench.rounds import Cost, in_turn, speed, typical
from provider.store.engine import migrate, open_engine
from tests.peers.certificates import self_signed
from tests.peers.latency.delay import DelayProxy
from tests.peers.nginx import Nginx, nginx

_TWO, _ONE = "ours over HTTP/2", "ours over HTTP/1.1"


def http2_marks(folder: Path, count: int, rounds: int, report: Callable[[str], None]) -> list[Mark]:
    """Measure; `folder` is empty; calls `report` with each contestant before its turn.

    Raises:
        RunFailed: a contestant or the registry failed.
        PeerMissing: nginx is not installed.
    """
    database = f"sqlite:///{folder / 'index.db'}"
    engine = open_engine(database)
    migrate(engine)
    engine.dispose()
    ca_file, certificate = self_signed("bench-front").write(folder, "bench-front")
    with (
        serving(certificate) as registry,
        _front(folder / "two", certificate, registry, "ssl http2") as (two, host_of_two),
        _front(folder / "one", certificate, registry, "ssl") as (_, host_of_one),
    ):
        ours = DigestSweep(folder, ca_file, database)
        sweeps = 0

        def over_two() -> Cost:
            nonlocal sweeps
            sweeps += 1
            return ours.run(host_of_two, count) - ours.run(host_of_one, 0)

        contestants: dict[str, Callable[[], Cost]] = {
            _TWO: over_two,
            _ONE: lambda: ours.run(host_of_one, count) - ours.run(host_of_one, 0),
        }
        costs = in_turn(contestants, rounds, report)
        connections = len(two.connections) / sweeps
    return [
        Mark("digest checks over HTTP/2", speed(typical(costs[_ONE]), typical(costs[_TWO])), "x HTTP/1.1", 0.9),
        Mark(f"connections for {count:,} repositories", connections, "connections", 1, at_most=True),
    ]


@contextlib.contextmanager
def _front(folder: Path, certificate: Path, registry: int, listens: str) -> Iterator[tuple[Nginx, str]]:
    """Run nginx in front of the registry, with latency before it; and its host as in image references."""
    folder.mkdir()
    location = (
        f"location / {{ proxy_pass https://127.0.0.1:{registry}; proxy_set_header Host $http_host; "
        'proxy_http_version 1.1; proxy_set_header Connection ""; }'
    )
    with (
        nginx(folder, certificate, location, listens=listens) as front,
        DelayProxy(front.port, ROUND_TRIP_MS / 2) as delay,
    ):
        yield front, delay.host
