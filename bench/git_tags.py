"""Tags of git repositories with TLS and latency: our polls against nvchecker's git source.

nvchecker starts two git processes for each repository and would need many minutes for all of them, so it lists a tenth,
and its time is multiplied by ten. Ten real repositories are served many times. The start time of each program is
measured by a run without repositories and subtracted.
"""

import contextlib
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from bench.git_recordings import paths, record
from bench.marks import Mark
from bench.nvchecker import PROGRAM
from bench.registry_peer import ROOT, ROUND_TRIP_MS
from bench.rounds import Cost, RunFailed, cpu_share, in_turn, measured_process, speed, typical
from tests.peers.certificates import self_signed
from tests.peers.latency.delay import DelayProxy

_OURS, _PEER = "ours, git tags", "nvchecker, git"
_STOP_SECONDS = 5.0
PEERS_SHARE = 10
"""nvchecker lists one of this number of repositories."""


def git_tag_marks(folder: Path, count: int, rounds: int, report: Callable[[str], None]) -> list[Mark]:
    """Measure; `folder` is empty; calls `report` with each contestant before its turn.

    Raises:
        RunFailed: a contestant or the server failed.
    """
    record(folder)
    ca_file, certificate = self_signed("bench-git").write(folder, "bench-git")
    with _serving(folder, certificate) as port, DelayProxy(port, ROUND_TRIP_MS / 2) as delay:
        host = delay.host

        def ours(repositories: int) -> Cost:
            command = [sys.executable, "-m", "bench.git_sweep", host, str(ca_file), str(folder), str(repositories)]
            return measured_process(command, {}, ROOT)

        share = max(1, count // PEERS_SHARE)
        contestants: dict[str, Callable[[], Cost]] = {
            _PEER: lambda: _times(
                _nvchecker(folder, host, ca_file, share) - _nvchecker(folder, host, ca_file, 0), count / share
            ),
            _OURS: lambda: ours(count) - ours(0),
        }
        costs = in_turn(contestants, rounds, report)
    peer, own = typical(costs[_PEER]), typical(costs[_OURS])
    return [
        Mark("git tags", speed(peer, own), "x nvchecker", 26),
        Mark("git tags, CPU", cpu_share(peer, own), "x nvchecker", 0.02, at_most=True),
    ]


def _times(cost: Cost, factor: float) -> Cost:
    return Cost(cost.seconds * factor, cost.cpu * factor)


def _nvchecker(folder: Path, host: str, ca_file: Path, count: int) -> Cost:
    if not PROGRAM.is_file():
        raise RunFailed(f"{PROGRAM} is missing; `make bench` installs it")
    configuration, results = folder / "nvchecker.toml", folder / "newver.json"
    results.unlink(missing_ok=True)
    before = folder / "oldver.json"
    before.write_text('{"version": 2, "data": {}}')
    head = f"[__config__]\noldver = {json.dumps(str(before))}\nnewver = {json.dumps(str(results))}\n"
    entries = (f'[{json.dumps(path)}]\nsource = "git"\ngit = "https://{host}/{path}"\n' for path in paths(count))
    configuration.write_text("\n".join((head, *entries)))
    environment = {
        "HOME": str(folder),
        "GIT_SSL_CAINFO": str(ca_file),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": "/dev/null",
    }
    cost = measured_process([str(PROGRAM), "-c", str(configuration)], environment, folder)
    found = len(json.loads(results.read_text())["data"]) if results.exists() else 0
    if found != count:
        raise RunFailed(f"nvchecker found {found} of {count} git repositories; expected all of them")
    return cost


@contextlib.contextmanager
def _serving(folder: Path, certificate: Path) -> Iterator[int]:
    child = subprocess.Popen(
        [sys.executable, "-m", "bench.git_server", str(folder), str(certificate)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        # The line, or the end of the output if the process ended: in both cases this does not block.
        line = child.stdout.readline() if child.stdout else ""
        if not line.strip():
            raise RunFailed("the bench's git server did not start; its error is on standard error")
        yield int(line)
    finally:
        try:
            child.communicate(timeout=_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            child.communicate()
