"""A clock that jumps."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from soak.world.clocks import JumpingClock

_PRINTS = """
import sys, time
real, waits = float(sys.argv[1]), time.monotonic()
time.sleep(0.05)
print(round((time.time() - real) / 60), time.monotonic() - waits < 20)
"""


@pytest.fixture
def clock(tmp_path: Path) -> JumpingClock:
    """A clock, where a library can be compiled."""
    found = JumpingClock(tmp_path)
    if found.why_not:
        pytest.skip(found.why_not)
    return found


@pytest.mark.parametrize("minutes", [0, 20, -20])
def test_a_process_has_the_shifted_wall_clock(clock: JumpingClock, minutes: int) -> None:
    """Its wall clock is off by what the clock jumped; sleeping takes as long as before."""
    clock.jump(minutes * 60)
    now = subprocess.run(["date", "+%s"], check=True, capture_output=True, text=True).stdout.strip()

    command = [sys.executable, "-c", _PRINTS, now]
    done = subprocess.run(
        command, check=True, capture_output=True, text=True, env={**os.environ, **clock.environment}, timeout=60
    )

    assert done.stdout == f"{minutes} True\n"


def test_without_a_compiler_the_clock_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The reason says what to install, and processes start as usual."""
    monkeypatch.setenv("PATH", str(tmp_path))

    clock = JumpingClock(tmp_path)

    assert clock.why_not == "there is no C compiler: apt-get install gcc libc6-dev"
    assert clock.environment == {}
