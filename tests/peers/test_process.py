"""Starting and stopping child processes, and the rule for missing programs."""

import socket
import sys
from pathlib import Path

import pytest

from tests.peers.fixtures import peers_installed
from tests.peers.process import (
    LOOPBACK,
    PeerFailed,
    PeerMissing,
    port_answers,
    require,
    reserved_port,
    running,
    wait_until,
)


def test_a_missing_program_says_how_to_install_it() -> None:
    """The message names the program and the package."""
    with pytest.raises(PeerMissing, match=r"^no-such-program is missing: apt-get install some-package$"):
        require("no-such-program", "some-package")


@pytest.mark.parametrize(("ci", "outcome"), [("true", "Failed"), ("", "Skipped")])
def test_a_missing_peer_skips_here_and_fails_in_ci(monkeypatch: pytest.MonkeyPatch, ci: str, outcome: str) -> None:
    """In CI a test never passes because its peer is missing."""
    monkeypatch.setenv("CI", ci)
    # Both of pytest's outcomes are BaseExceptions, so that no test catches them by accident.
    with pytest.raises(BaseException, match="x is missing: apt-get install y") as caught, peers_installed():
        raise PeerMissing("x is missing: apt-get install y")

    assert type(caught.value).__name__ == outcome


def test_a_child_that_ends_early_is_reported_with_its_log(tmp_path: Path) -> None:
    """The message has the exit status and the child's output."""
    command = [sys.executable, "-c", "raise SystemExit('no configuration')"]
    with (
        pytest.raises(PeerFailed, match=r"status 1 before it answered\nno configuration"),
        running(command, log=tmp_path / "log", ready=lambda: False),
    ):
        pass


def test_a_child_is_stopped_after_an_error(tmp_path: Path) -> None:
    """After any error in the block, the child has ended."""
    command = [sys.executable, "-c", "import signal; signal.pause()"]
    with pytest.raises(KeyError), running(command, log=tmp_path / "log", ready=lambda: True) as child:
        raise KeyError

    assert child.returncode == -15


def test_a_reserved_port_refuses_until_a_server_listens() -> None:
    """A server can bind to the reserved port; before and after, connections are refused."""
    with reserved_port() as port:
        assert not port_answers(port)
        with socket.create_server((LOOPBACK, port)):
            assert port_answers(port)
        assert not port_answers(port)


def test_waiting_has_a_deadline() -> None:
    """After the deadline, the message names the condition."""
    with pytest.raises(PeerFailed, match=r"^waited 0\.02 s in vain: the moon should fall$"):
        wait_until(lambda: False, "the moon should fall", seconds=0.02)
