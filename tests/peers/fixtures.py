"""The peers as pytest fixtures; `tests/conftest.py` re-exports them.

A program that is not installed skips the test; where the environment says CI=true it fails the test. A peer's module is
imported when its fixture runs: the tests of pure decisions do not pay for servers that they never start.
"""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.peers.process import PeerMissing

if TYPE_CHECKING:
    from tests.peers.docker_hub.server import DockerHub
    from tests.peers.git_server import GitServer
    from tests.peers.github.server import GitHub
    from tests.peers.gitlab.server import GitLab
    from tests.peers.registry import DockerRegistry
    from tests.peers.registry_front import RegistryFront
    from tests.peers.slack.server import Slack
    from tests.peers.token_server import TokenServer


@contextlib.contextmanager
def peers_installed() -> Iterator[None]:
    """Skip the test, or fail it in CI, when a peer's program is missing."""
    try:
        yield
    except PeerMissing as missing:
        if os.environ.get("CI") == "true":
            pytest.fail(str(missing), pytrace=False)
        pytest.skip(str(missing))


def _folder(parent: Path, name: str) -> Path:
    folder = parent / name
    folder.mkdir()
    return folder


@pytest.fixture
def registry(tmp_path: Path) -> Iterator["DockerRegistry"]:
    """An empty registry without authentication."""
    from tests.peers.registry import DockerRegistry

    with peers_installed(), DockerRegistry(_folder(tmp_path, "registry")) as running:
        yield running


@pytest.fixture
def registry_with_htpasswd(tmp_path: Path) -> Iterator["DockerRegistry"]:
    """An empty registry with Basic authentication, by its `login`."""
    from tests.peers.registry import DockerRegistry
    from tests.peers.token_server import DEFAULT_LOGIN

    with peers_installed(), DockerRegistry(_folder(tmp_path, "registry-basic"), login=DEFAULT_LOGIN) as running:
        yield running


@pytest.fixture
def token_server(tmp_path: Path) -> Iterator["TokenServer"]:
    """The token server behind `registry_with_tokens`; its user is `DEFAULT_LOGIN`."""
    from tests.peers.token_server import TokenServer

    with TokenServer(_folder(tmp_path, "token-server")) as running:
        yield running


@pytest.fixture
def registry_with_tokens(tmp_path: Path, token_server: "TokenServer") -> Iterator["DockerRegistry"]:
    """An empty registry that requires tokens from `token_server`, also for pulls."""
    from tests.peers.registry import DockerRegistry

    with peers_installed(), DockerRegistry(_folder(tmp_path, "registry-token"), tokens=token_server) as running:
        yield running


@pytest.fixture
def front(registry: "DockerRegistry") -> Iterator["RegistryFront"]:
    """A front before `registry`."""
    from tests.peers.registry_front import RegistryFront

    with RegistryFront(registry.url) as running:
        yield running


@pytest.fixture
def git_server(tmp_path: Path) -> Iterator["GitServer"]:
    """A git server without repositories."""
    from tests.peers.git_server import GitServer

    with peers_installed(), GitServer(_folder(tmp_path, "git-server")) as running:
        yield running


@pytest.fixture
def github() -> Iterator["GitHub"]:
    """A GitHub without repositories; breaches of its contract fail the test."""
    from tests.peers.github.server import GitHub

    with GitHub() as running:
        yield running
        assert running.breaches == []


@pytest.fixture
def gitlab() -> Iterator["GitLab"]:
    """A GitLab without projects; breaches of its documented contract fail the test."""
    from tests.peers.gitlab.server import GitLab

    with GitLab() as running:
        yield running
        assert running.breaches == []


@pytest.fixture
def docker_hub() -> Iterator["DockerHub"]:
    """A Docker Hub API without repositories; breaches of its contract fail the test."""
    from tests.peers.docker_hub.server import DockerHub

    with DockerHub() as running:
        yield running
        assert running.breaches == []


@pytest.fixture
def slack() -> Iterator["Slack"]:
    """A Slack with an empty channel, `builds`."""
    from tests.peers.slack.server import Slack

    with Slack() as running:
        yield running
