"""The processor time of processes."""

import os
import subprocess
import sys

import pytest

from bench.processor_time import processor_seconds
from tests.peers.process import wait_until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="read from Linux's own snapshot")
BUSY = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'while True: pass'])"


def test_children_count_too() -> None:
    """The time of a process that waits for a busy child increases."""
    with subprocess.Popen([sys.executable, "-c", BUSY], start_new_session=True) as parent:
        try:
            wait_until(lambda: processor_seconds(parent.pid) > 0.5, "the child should be counted")
        finally:
            os.killpg(parent.pid, 9)


def test_a_process_that_is_gone_is_an_error() -> None:
    """It is not reported as a server that used no time."""
    with subprocess.Popen([sys.executable, "-c", ""]) as gone:
        gone.wait()
    with pytest.raises(FileNotFoundError):
        processor_seconds(gone.pid)
