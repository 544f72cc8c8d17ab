"""What `image-factory serve` refuses."""

import base64
import json
import logging
import socket
from pathlib import Path

import pytest

from provider.__main__ import main
from provider.commands import serve
from provider.commands.serving import web_process

REFUSAL = (
    "Refusing to listen on {host} without authentication: set IMAGE_FACTORY_API_TOKENS or "
    "IMAGE_FACTORY_BACKSTAGE_URL, or listen on localhost\n"
)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "factory.example.com"])  # noqa: S104 - refused
def test_without_authentication_only_loopback_addresses_are_served(
    host: str, workplace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Other addresses are refused before any file is created; the message names the settings."""
    assert main(["serve", "--host", host]) == 1
    assert capsys.readouterr().err == REFUSAL.format(host=host)
    assert list(workplace.iterdir()) == []


def test_a_port_in_use_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    """The command prints one line and starts nothing."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["serve", "--port", str(port)]) == 1
    line = f"cannot listen on 127.0.0.1:{port}: Address already in use; use another --host or --port\n"
    assert capsys.readouterr().err == line


@pytest.mark.parametrize(("listened", "asked"), [("127.0.0.1", "127.0.0.1"), ("0.0.0.0", "0.0.0.0"), ("", "localhost")])  # noqa: S104 - closed again
def test_nothing_is_pushed_before_the_web_server_listens(listened: str, asked: str) -> None:
    """Whatever address it listens on; a web server that has not started yet is no error."""
    with socket.create_server((listened, 0)) as listening:
        port = listening.getsockname()[1]
        assert serve._accepts(asked, port)
    assert not serve._accepts(asked, port)


def test_a_password_of_the_registry_auth_file_is_hidden_in_logs(
    workplace: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is hidden like the secrets of the settings, and in docker's encoded form too."""
    auth = base64.b64encode(b"ci:hush-hush-1").decode()
    file = workplace / "config.json"
    file.write_text(json.dumps({"auths": {"registry.example.com": {"auth": auth}}}))
    monkeypatch.setenv("IMAGE_FACTORY_REGISTRY_AUTH_FILE", str(file))
    monkeypatch.setenv("IMAGE_FACTORY_DATABASE_URL", f"sqlite:///{workplace / 'factory.db'}")
    monkeypatch.setattr(web_process, "_end_with_parent", lambda: None)
    web_process.web()
    logging.getLogger("requests").warning("sent %s and hush-hush-1", auth)
    assert "sent *** and ***" in capsys.readouterr().err
