"""Tests of `image-factory check`."""

import base64
import io
import json
import logging
import subprocess
import sys
from pathlib import Path

import pytest

from provider.__main__ import main
from provider.config_repo.repository.lock import CheckoutLock
from tests.peers.images import push
from tests.peers.registry import DockerRegistry
from tests.provider.config_repo.repositories import Remote


def test_the_first_check_creates_the_config_repository(workplace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without a configured config repository, a bare one is created beside the checkout; the output says what to do."""
    assert main(["check"]) == 0
    out, err = capsys.readouterr()
    address = workplace / "data/config.git"
    assert out == (
        f"no images are enrolled; clone the config repository {address}, add an entry to images.yaml, and push it\n"
    )
    assert err == "0 images tracked\n"
    assert (workplace / "data/config.git/HEAD").is_file()
    assert (workplace / "data/config/images.yaml").is_file()


def test_status_prints_the_digest_that_check_found(
    registry: DockerRegistry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is read from a real registry, written to a real git repository, and read from the database."""
    digest = push(f"http://{registry.host}", "team/app", ["latest"]).digest
    entry = f"- name: app\n  registry: {registry.host}\n  repository: team/app\n"
    remote = Remote.make(tmp_path / "remote.git", {"images.yaml": entry})
    monkeypatch.setenv("IMAGE_FACTORY_CONFIG_REPO", str(remote.folder))
    monkeypatch.setenv("IMAGE_FACTORY_INSECURE_REGISTRIES", registry.host)

    assert main(["check", "app", "other"]) == 1
    out, err = capsys.readouterr()
    assert out.startswith(f"app at {digest}: watched: ")
    assert "provider." not in err, "what was decided is printed, not logged"
    assert err.endswith("other: no such image; 'image-factory status' lists all images\n1 image tracked\n")
    assert main(["status"]) == 0
    assert capsys.readouterr().out.split()[:2] == ["app", "watched"]
    assert main(["catalog"]) == 0
    assert digest in capsys.readouterr().out


class Terminal(io.StringIO):
    """A terminal."""

    def isatty(self) -> bool:
        """Always true."""
        return True


def test_check_shows_progress_bars_in_a_terminal(
    registry: DockerRegistry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is a bar for each part of the work, which disappears at the end; the log and the result stay."""
    push(f"http://{registry.host}", "team/app", ["latest"])
    entry = f"- name: app\n  registry: {registry.host}\n  repository: team/app\n"
    remote = Remote.make(tmp_path / "remote.git", {"images.yaml": entry})
    monkeypatch.setenv("IMAGE_FACTORY_CONFIG_REPO", str(remote.folder))
    monkeypatch.setenv("IMAGE_FACTORY_INSECURE_REGISTRIES", registry.host)
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)

    assert main(["check"]) == 0
    shown = terminal.getvalue()
    assert "Digests:   0%|" in shown
    assert "| 0/1 [" in shown
    assert shown.rpartition("\r")[2] == "1 image tracked\n"


def test_a_checkout_in_use_is_an_error(workplace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message names the other process and says what to do, without a traceback."""
    (workplace / "data").mkdir()
    lock = CheckoutLock.take(workplace / "data/config")
    try:
        command = [sys.executable, "-m", "provider", "check"]
        monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[3]))
        ended = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    finally:
        lock.release()
    assert (ended.returncode, ended.stdout, ended.stderr.count("\n")) == (1, "", 1)
    assert "uses this checkout; stop it, or set IMAGE_FACTORY_CONFIG_CHECKOUT to another folder" in ended.stderr


def test_a_password_of_the_auth_file_is_neither_logged_nor_printed(
    workplace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither in the log nor in what the command prints of an image that cannot be checked."""
    auth = {"auths": {"127.0.0.1:1": {"auth": base64.b64encode(b"robot:swordfish-9").decode()}}}
    (workplace / "auth.json").write_text(json.dumps(auth), encoding="utf-8")
    entry = "- name: app\n  registry: 127.0.0.1:1\n  repository: team/swordfish-9\n"
    remote = Remote.make(tmp_path / "remote.git", {"images.yaml": entry})
    monkeypatch.setenv("IMAGE_FACTORY_REGISTRY_AUTH_FILE", str(workplace / "auth.json"))
    monkeypatch.setenv("IMAGE_FACTORY_CONFIG_REPO", str(remote.folder))

    assert main(["check"]) == 0
    logging.getLogger("provider.test").warning("asked with %s", "swordfish-9")

    out, err = capsys.readouterr()
    assert "team/***/manifests" in out
    assert "asked with ***" in err
    assert "swordfish" not in out + err
