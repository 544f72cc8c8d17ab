"""Tests of `image-factory check`."""

import io
import subprocess
import sys
from pathlib import Path

import pytest

from provider.__main__ import main
from provider.config_repo.repository.lock import CheckoutLock
from tests.peers.images import push
from tests.peers.registry import DockerRegistry
from tests.provider.config_repo.repositories import Remote


def test_the_first_check_makes_the_repository(workplace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With no config repository named, a bare one lies beside the checkout, and the next step is told."""
    assert main(["check"]) == 0
    out, err = capsys.readouterr()
    assert "add an entry to images.yaml" in out
    assert err == "0 images tracked\n"
    assert (workplace / "data/config.git/HEAD").is_file()
    assert (workplace / "data/config/images.yaml").is_file()


def test_a_check_finds_a_digest_that_status_then_tells(
    registry: DockerRegistry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Seen at a real registry, written to a real git, read again from the database."""
    digest = push(f"http://{registry.host}", "team/app", ["latest"]).digest
    entry = f"- name: app\n  registry: {registry.host}\n  repository: team/app\n"
    remote = Remote.make(tmp_path / "remote.git", {"images.yaml": entry})
    monkeypatch.setenv("IMAGE_FACTORY_CONFIG_REPO", str(remote.folder))
    monkeypatch.setenv("IMAGE_FACTORY_INSECURE_REGISTRIES", registry.host)

    assert main(["check", "app", "other"]) == 1
    out, err = capsys.readouterr()
    assert out.startswith(f"app at {digest}: watched: ")
    assert err == "other: no such image; 'image-factory status' lists those there are\n1 image tracked\n"
    assert main(["status"]) == 0
    assert capsys.readouterr().out.split()[:2] == ["app", "watched"]
    assert main(["catalog"]) == 0
    assert digest in capsys.readouterr().out


class Terminal(io.StringIO):
    """A terminal that somebody looks at."""

    def isatty(self) -> bool:
        """It is one."""
        return True


def test_a_person_at_a_terminal_sees_how_far_it_is(
    registry: DockerRegistry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bar for each part of the work, which is gone in the end; the log and the result stay."""
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


def test_a_checkout_in_use_is_told(workplace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second process names the first, and what to do, without a traceback."""
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
