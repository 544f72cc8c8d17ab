"""Digest checks with TLS, bearer tokens and latency: our sweep against nvchecker.

The start time of each program is measured by a run without repositories and subtracted: the service starts once, not
for each check.
"""

from collections.abc import Callable
from pathlib import Path

from bench.digest_sweep import DigestSweep
from bench.marks import Mark
from bench.nvchecker import NvChecker
from bench.registry_peer import registries
from bench.rounds import Cost, cpu_share, in_turn, speed, typical
from provider.store.engine import migrate, open_engine

_SINGLE, _BATCHED, _PEER = "ours", "ours, tokens batched", "nvchecker"


def digest_marks(folder: Path, count: int, rounds: int, report: Callable[[str], None]) -> list[Mark]:
    """Measure; `folder` is empty; calls `report` with each contestant before its turn.

    Raises:
        RunFailed: a contestant or the registry failed.
    """
    database = f"sqlite:///{folder / 'index.db'}"
    _prepare(database)
    with registries(folder) as addresses:
        peer = NvChecker(folder, addresses.single, addresses.ca_file)
        ours = DigestSweep(folder, addresses.ca_file, database)
        contestants: dict[str, Callable[[], Cost]] = {
            _PEER: lambda: peer.run(count) - peer.run(0),
            _SINGLE: lambda: ours.run(addresses.single, count) - ours.run(addresses.single, 0),
            _BATCHED: lambda: ours.run(addresses.batching, count) - ours.run(addresses.batching, 0),
        }
        costs = in_turn(contestants, rounds, report)
    nvchecker, single, batched = (typical(costs[name]) for name in (_PEER, _SINGLE, _BATCHED))
    return [
        Mark("digest checks, results stored", speed(nvchecker, single), "x nvchecker", 2.5),
        Mark("digest checks, tokens batched", speed(nvchecker, batched), "x nvchecker", 4),
        Mark("digest checks, CPU", cpu_share(nvchecker, single), "x nvchecker", 0.6, at_most=True),
    ]


def _prepare(database: str) -> None:
    engine = open_engine(database)
    try:
        migrate(engine)
    finally:
        engine.dispose()
