"""Promised features of git repositories: configured by environment variables, tested with a git server over https."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from catalog.image import DiscoveryStatus
from provider.composition.tracker import tracker_use_cases
from provider.tracker.decisions.kinds import RepositoryType
from provider.tracker.services.editing import RepositoryRequest
from proxy.errors import Refused
from tests.peers.fixtures import peers_installed
from tests.peers.forge import private_forge
from tests.peers.git_server import GitServer
from tests.provider.composition.checking import Service

ENTRY = """
- name: app
  registry: ghcr.io
  repository: acme/app
  source: {{provider: git, repo: "{repo}"}}
  build: {{system: webhook, url: "https://builds.example.com/"}}
"""
SETTINGS = {
    "GitLab": {"GITLAB_URL": "{url}", "GITLAB_TOKEN": "{token}"},
    "GitHub": {"GITHUB_API_URL": "{url}/api/v3", "GITHUB_TOKEN": "{token}"},
}


@pytest.fixture(name="forge")
def running_forge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[GitServer]:
    """A git server over https that requires a token; its certificate is trusted in this process."""
    with peers_installed(), private_forge(tmp_path, monkeypatch, GitServer) as running:
        running.create("acme/app", {"Dockerfile": "FROM scratch\n"}, tags=["1.0.0"])
        yield running


@pytest.fixture(name="service")
def set_service(request: pytest.FixtureRequest, forge: GitServer, tmp_path: Path) -> Service:
    """A service with the token that the parameter of the test selects, and the host of the forge in its settings."""
    chosen = SETTINGS.get(request.param, {})
    written = {name: text.format(url=forge.url, token=forge.read_token) for name, text in chosen.items()}
    return Service(tmp_path, {"PRIVATE_HOSTS": forge.host, **written})


@pytest.mark.parametrize("service", SETTINGS, indirect=True)
def test_a_private_source_is_read_with_the_token_of_its_host(service: Service, forge: GitServer) -> None:
    """GitLab gets its token and GitHub gets its token, both from git."""
    found = service.check(ENTRY.format(repo=f"{forge.url}/acme/app.git"))

    assert found.discovery is not None
    assert (found.discovery.status, found.discovery.error) == (DiscoveryStatus.NONE, None)


@pytest.mark.parametrize("service", ["neither"], indirect=True)
def test_a_private_source_without_a_token_is_refused(service: Service, forge: GitServer) -> None:
    """The message says that a token is missing, and which settings can hold it."""
    found = service.check(ENTRY.format(repo=f"{forge.url}/acme/app.git"))

    assert found.discovery is not None
    assert found.discovery.status is DiscoveryStatus.FAILED
    assert "the server needs a token: IMAGE_FACTORY_GITHUB_TOKEN or" in str(found.discovery.error)


@pytest.mark.parametrize("service", SETTINGS, indirect=True)
def test_a_private_repository_is_tracked_with_the_token_of_its_host(service: Service, forge: GitServer) -> None:
    """The release tracker uses the same tokens as the sources of images."""
    with service.parts() as parts:
        tracker = tracker_use_cases(parts)
        request = RepositoryRequest(f"{forge.url}/acme/app.git", RepositoryType.GIT)
        number = tracker.editing.add(request)[0].id
        releases = tracker.store.releases(number, 10).items

    assert [release.version for release in releases] == ["1.0.0"]


@pytest.mark.parametrize("service", ["neither"], indirect=True)
def test_a_private_repository_without_a_token_is_not_tracked(service: Service, forge: GitServer) -> None:
    """Adding it fails with the reason."""
    with service.parts() as parts, pytest.raises(Refused):
        tracker_use_cases(parts).editing.add(RepositoryRequest(f"{forge.url}/acme/app.git", RepositoryType.GIT))
