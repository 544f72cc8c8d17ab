"""The demo keeps running until it is stopped."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

_PROGRAM = """
from functools import partial
from demo.staying import stay
stay("http://127.0.0.1:1", "http://127.0.0.1:2/acme/config", "hush", "boss", partial(print, flush=True))
print("stopped")
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_without_a_terminal_the_demo_runs_until_a_signal(number: signal.Signals) -> None:
    """Standard input ends at once; the demo prints its addresses and the git credentials, and waits."""
    with subprocess.Popen(
        [sys.executable, "-c", _PROGRAM],
        cwd=Path(__file__).parents[2], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        lines: list[str] = []
        while "to stop the demo" not in "".join(lines):
            lines.append(process.stdout.readline())
            assert lines[-1]
        assert process.poll() is None
        process.send_signal(number)
        rest = process.stdout.read()

    assert (process.returncode, rest) == (0, "stopped\n")
    shown = "".join(lines)
    assert "git clone http://demo:hush@127.0.0.1:2/acme/config\n" in shown
    assert "http://127.0.0.1:1/images\n" in shown
    assert "token      boss\n" in shown
