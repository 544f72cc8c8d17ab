"""Remotes and checkouts, each in a folder of the test."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from provider.config_repo.repository.config_repository import ConfigRepository
from tests.peers.git_server import GitServer
from tests.peers.process import reserved_port
from tests.provider.config_repo.repositories import Remote

Opens = Callable[..., ConfigRepository]


@pytest.fixture(autouse=True)
def _no_surrounding_git(monkeypatch: pytest.MonkeyPatch) -> None:
    """Unset the variables that a git hook sets, because a hook may run the tests."""
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def remote(tmp_path: Path) -> Remote:
    """A repository with a list of images and one state file."""
    return Remote.make(
        tmp_path / "remote.git", {"images.yaml": "- name: portal\n", "state/images/portal.yaml": "a: 1\n"}
    )


@pytest.fixture
def server(tmp_path: Path) -> Iterator[GitServer]:
    """Real git over HTTP."""
    root = tmp_path / "git-server"
    root.mkdir()
    with GitServer(root) as running:
        yield running


@pytest.fixture
def opens(tmp_path: Path) -> Iterator[Opens]:
    """Opens config repositories and closes them at the end; the checkout is `tmp_path/config` unless named."""
    with ExitStack() as stack:

        def open_(url: str | None, checkout: str = "config", **settings: Any) -> ConfigRepository:
            settings.setdefault("lock_seconds", 0.0)
            settings.setdefault("http_hosts", ("127.0.0.1",))
            return stack.enter_context(ConfigRepository.open(url, checkout=tmp_path / checkout, **settings))

        yield open_


@pytest.fixture
def server_address() -> Iterator[str]:
    """An address without a server, which stays reserved during the test."""
    with reserved_port() as port:
        yield f"http://127.0.0.1:{port}/acme/config.git"
