"""Tests of `image-factory check --dry-run`: it prints what a check would do, and nothing changes."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from provider.__main__ import main
from provider.config_repo.repository.config_repository import ConfigRepository
from provider.config_repo.repository.lock import CheckoutLock
from provider.config_repo.state.snapshot_store import GitSnapshotStore
from provider.domain.asking.asked import AskedRebuild
from provider.domain.snapshot import Changes, Snapshot
from tests.peers.github.controls import TOKEN
from tests.peers.github.server import GitHub
from tests.peers.images import push
from tests.peers.registry import DockerRegistry
from tests.provider.config_repo.repositories import Remote

NOW = datetime.now(UTC)
WORKFLOW = """
on:
  workflow_dispatch:
    inputs:
      image_factory_rebuild_id: {}
      image_factory_reason: {}
      image_factory_base_images: {}
jobs: {}
"""


def _remote(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, registry: DockerRegistry, entry: str) -> Remote:
    remote = Remote.make(tmp_path / "remote.git", {"images.yaml": entry})
    monkeypatch.setenv("IMAGE_FACTORY_CONFIG_REPO", str(remote.folder))
    monkeypatch.setenv("IMAGE_FACTORY_INSECURE_REGISTRIES", registry.host)
    return remote


def _contents(*folders: Path) -> Mapping[Path, bytes]:
    """Every file in these folders."""
    return {path: path.read_bytes() for folder in folders for path in folder.rglob("*") if path.is_file()}


def test_nothing_is_written_before_the_first_check(
    registry: DockerRegistry,
    workplace: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """No database, no checkout and no commit; the output and the exit code are those of a check."""
    digest = push(f"http://{registry.host}", "team/app", ["latest"]).digest
    entry = f"- name: app\n  registry: {registry.host}\n  repository: team/app\n- name: wrong\n  registry: 7\n"
    remote = _remote(tmp_path, monkeypatch, registry, entry)
    before = _contents(remote.folder, workplace)

    assert main(["check", "--dry-run", "app", "other"]) == 1
    out, err = capsys.readouterr()
    assert out == f"app at {digest}: watched: {out.partition('watched: ')[2]}"
    assert "other: no such image" in err
    assert "images.yaml:" in err
    assert _contents(remote.folder, workplace) == before


def test_without_a_config_repository_none_is_made(workplace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The output names the address that a check would make."""
    assert main(["check", "--dry-run"]) == 0
    out, _ = capsys.readouterr()
    assert str(workplace / "data/config.git") in out
    assert list(workplace.iterdir()) == []


def test_the_rebuilds_that_would_start_are_printed(
    registry: DockerRegistry,
    github: GitHub,
    workplace: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """None is started, in git and the database everything stays, while another process has the checkout too."""
    remote = _asked(tmp_path, monkeypatch, registry, github)
    capsys.readouterr()
    lock = CheckoutLock.take(workplace / "data/config")
    before, requests = _contents(workplace, remote.folder), len(_posts(github))
    try:
        assert main(["check", "--dry-run"]) == 0
    finally:
        lock.release()

    out, _ = capsys.readouterr()
    assert ": would be rebuilt: " in out
    assert "openssl" in out
    assert _contents(workplace, remote.folder) == before
    assert len(_posts(github)) == requests
    assert main(["check"]) == 0
    assert "app at" in capsys.readouterr().out
    assert len(_posts(github)) == requests + 1


def test_no_rebuild_starts_while_rebuilds_are_stopped(
    registry: DockerRegistry,
    github: GitHub,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Not even an emergency; the image says why, and is rebuilt as soon as the setting is gone."""
    _asked(tmp_path, monkeypatch, registry, github)
    monkeypatch.setenv("IMAGE_FACTORY_REBUILDS_STOPPED", "change freeze until 7 December")
    capsys.readouterr()
    assert main(["check"]) == 0
    expected = "due: no rebuild starts while IMAGE_FACTORY_REBUILDS_STOPPED is set: change freeze until 7 December"
    assert expected in capsys.readouterr().out
    assert _posts(github) == []

    monkeypatch.delenv("IMAGE_FACTORY_REBUILDS_STOPPED")
    assert main(["check"]) == 0
    assert len(_posts(github)) == 1


def _asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, registry: DockerRegistry, github: GitHub) -> Remote:
    """An image that was checked once, and for which a person then asked for an emergency rebuild."""
    push(f"http://{registry.host}", "team/base", ["1"])
    push(f"http://{registry.host}", "team/app", ["latest"])
    files = {"Dockerfile": f"FROM {registry.host}/team/base:1\n", ".github/workflows/build.yml": WORKFLOW}
    github.add_repository("acme/app", files)
    entry = (
        f"- name: app\n  registry: {registry.host}\n  repository: team/app\n"
        "  source: {provider: github, repo: acme/app, workflow: build.yml}\n"
    )
    remote = _remote(tmp_path, monkeypatch, registry, entry)
    monkeypatch.setenv("IMAGE_FACTORY_GITHUB_API_URL", github.url)
    monkeypatch.setenv("IMAGE_FACTORY_GITHUB_TOKEN", TOKEN)
    assert main(["check"]) == 0
    _ask(remote, tmp_path)
    return remote


def _posts(github: GitHub) -> list[object]:
    return [seen for seen in github.log if seen.method == "POST" and seen.target.endswith("/dispatches")]


def _ask(remote: Remote, folder: Path) -> None:
    """Note in the state that a person asked for an emergency rebuild."""
    asked = AskedRebuild("r-1", "user:default/jane", "openssl", NOW, emergency=True)

    def step(snapshot: Snapshot) -> Changes:
        return Changes({"app": replace(snapshot.images["app"], asked=(asked,))}, reasons=["asked"])

    with ConfigRepository.open(str(remote.folder), checkout=folder / "asking" / "config") as opened:
        opened.pull()
        GitSnapshotStore(opened).write(step, "Ask")


def test_a_config_repository_that_cannot_be_read_is_an_error(
    workplace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line; nothing is left."""
    monkeypatch.setenv("IMAGE_FACTORY_CONFIG_REPO", str(tmp_path / "nowhere.git"))

    assert main(["check", "--dry-run"]) == 1
    assert capsys.readouterr().err.count("\n") == 1
    assert list(workplace.iterdir()) == []
