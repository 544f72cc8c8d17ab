"""Load from wrk: several connections request one address for some seconds; measures rate and latency of the answers.

wrk is written in C and needs a fraction of the time that the fastest contestant needs for an answer, so it does not
limit the result.
"""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.rounds import RunFailed
from tests.peers.process import require

CONNECTIONS = 16
_GRACE_SECONDS = 30.0
# The interface of wrk's scripts to its results (wrk, SCRIPTING); latencies are in microseconds.
_REPORT = """
done = function(summary, latency, requests)
  local wrong = summary.errors
  io.write(string.format('\\n{"answers": %d, "microseconds": %d, "p99": %d, "wrong": %d}\\n', summary.requests,
    summary.duration, latency:percentile(99), wrong.connect + wrong.read + wrong.write + wrong.status + wrong.timeout))
end
"""


@dataclass(frozen=True, slots=True)
class Load:
    """The answers of a run.

    Attributes:
        answers: their number.
        seconds: the duration of the run.
        p99: the 99th percentile of the latency, in milliseconds.
    """

    answers: int
    seconds: float
    p99: float

    @property
    def rate(self) -> float:
        """Answers per second."""
        return self.answers / self.seconds


class LoadMaker:
    """wrk with one thread and 16 persistent connections."""

    def __init__(self, folder: Path, token: str) -> None:
        """Prepare.

        Args:
            folder: for its script, which has the token, so that the list of processes does not show the token.
            token: sent with every request.

        Raises:
            PeerMissing: wrk is not installed.
        """
        self._program = require("wrk", "wrk")
        self._script = folder / "load.lua"
        self._script.write_text(f'wrk.headers["X-Image-Factory-Token"] = "{token}"\n{_REPORT}', encoding="utf-8")

    def ask(self, url: str, seconds: int) -> Load:
        """Send requests for this number of seconds.

        Raises:
            RunFailed: wrk failed, or an answer was not a success.
        """
        threads_and_more = ("-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", str(self._script))
        try:
            ended = subprocess.run(
                [self._program, *threads_and_more, url],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                check=False,
                timeout=seconds + _GRACE_SECONDS,
            )
        except subprocess.TimeoutExpired as late:
            raise RunFailed(f"wrk did not end within {seconds + _GRACE_SECONDS:g} seconds") from late
        if ended.returncode != 0:
            raise RunFailed(f"wrk ended with status {ended.returncode}:\n{ended.stderr[-2000:]}")
        return load_of(ended.stdout)


def load_of(printed: str) -> Load:
    """Read the results of wrk from the output of our script.

    Raises:
        RunFailed: there were no answers, or an answer was not a success.
    """
    measured: dict[str, Any] = json.loads(printed.rstrip().rpartition("\n")[2])
    if measured["wrong"] or not measured["answers"]:
        raise RunFailed(
            f"wrk got {measured['answers']} answers, {measured['wrong']} wrong; expected answers, and none wrong"
        )
    return Load(measured["answers"], measured["microseconds"] / 1e6, measured["p99"] / 1e3)
