"""The demo keeps running until it is stopped."""

import os
import pty
import signal
import subprocess
import sys
from pathlib import Path
from typing import IO

import pytest

_PROGRAM = """
from functools import partial
from demo.staying import Kept, stay
kept = Kept(
    url="http://127.0.0.1:1",
    github="http://127.0.0.1:3",
    config_url="http://127.0.0.1:2/acme/config.git",
    config_token="hush",
    admin="boss",
    entry="- name: web\\n",
    delay="10s",
    log="/tmp/service.log",
)
stay(kept, lambda: "sha256:new", partial(print, flush=True))
"""
_ELSEWHERE = """
import signal, sys, threading
def elsewhere():
    sys.stdin.readline()
    signal.pthread_kill(threading.get_ident(), signal.SIGTERM)
threading.Thread(target=elsewhere, daemon=True).start()
"""
_COMMAND = [sys.executable, "-c", _PROGRAM]
_ROOT = Path(__file__).parents[2]


def _instructions(output: IO[str]) -> str:
    """What is printed until the demo waits."""
    lines: list[str] = []
    while not lines or not lines[-1].startswith("Stop the demo"):
        lines.append(output.readline())
        assert lines[-1], "".join(lines)
    return "".join(lines)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_without_a_terminal_the_demo_runs_until_a_signal(number: signal.Signals) -> None:
    """Standard input ends at once; the demo prints how to enroll an image, and waits."""
    with subprocess.Popen(
        _COMMAND, cwd=_ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True
    ) as process:  # fmt: skip
        assert process.stdout
        shown = _instructions(process.stdout)
        assert process.poll() is None
        process.send_signal(number)
        rest = process.stdout.read()

    assert (process.returncode, rest) == (0, "The demo has ended.\n")
    assert "git clone http://demo:hush@127.0.0.1:2/acme/config.git && cd config\n" in shown
    assert "http://127.0.0.1:1/images\n" in shown
    assert "Sign in at http://127.0.0.1:1/login with the token boss\n" in shown
    assert f"run kill -USR1 {process.pid} to publish" in shown


def test_a_signal_that_another_thread_gets_ends_the_demo() -> None:
    """The system chooses the thread; Python's handler runs in the one that waits."""
    program = _ELSEWHERE + _PROGRAM
    with subprocess.Popen(
        [sys.executable, "-c", program], cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        _instructions(process.stdout)
        rest, _ = process.communicate("now\n", timeout=60)

    assert (process.returncode, rest) == (0, "The demo has ended.\n")


def test_a_signal_changes_the_base_image() -> None:
    """Each one does, and the demo goes on."""
    with subprocess.Popen(
        _COMMAND, cwd=_ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True
    ) as process:  # fmt: skip
        assert process.stdout
        _instructions(process.stdout)
        for _ in range(2):
            process.send_signal(signal.SIGUSR1)
            assert process.stdout.readline() == "node:22 is now sha256:new\n"
        process.terminate()
        process.communicate()

    assert process.returncode == 0


def test_in_a_terminal_enter_changes_the_base_image() -> None:
    """The end of the input does not end the demo."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(_COMMAND, cwd=_ROOT, stdin=theirs, stdout=subprocess.PIPE, text=True) as process:
        os.close(theirs)
        assert process.stdout
        assert "press Enter here, or run kill -USR1" in _instructions(process.stdout)
        os.write(ours, b"\n\x04")
        assert process.stdout.readline() == "node:22 is now sha256:new\n"
        assert process.poll() is None
        process.terminate()
        process.communicate()
    os.close(ours)

    assert process.returncode == 0
