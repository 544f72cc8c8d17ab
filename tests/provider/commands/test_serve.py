"""Tests of what `image-factory serve` refuses."""

import socket
from pathlib import Path

import pytest

from provider.__main__ import main


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "factory.example.com"])  # noqa: S104 - refused
def test_nothing_but_loopback_while_nobody_is_known(
    host: str, workplace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Refused before anything is made; the message names the settings."""
    assert main(["serve", "--host", host]) == 1
    assert "set IMAGE_FACTORY_API_TOKENS or IMAGE_FACTORY_BACKSTAGE_URL, or serve" in capsys.readouterr().err
    assert list(workplace.iterdir()) == []


def test_a_taken_port_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """One line, and nothing is begun."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["serve", "--port", str(port)]) == 1
    line = f"127.0.0.1:{port} cannot be served: Address already in use; name another with --host or --port\n"
    assert capsys.readouterr().err == line
