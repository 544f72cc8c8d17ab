"""Beside a commit of the config repository GitHub shows whether it was applied."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from provider.composition.parts import Parts
from provider.composition.worker import open_worker
from provider.services.reviewing.marking import PART
from tests.peers.fixtures import peers_installed
from tests.peers.git_server import GitServer
from tests.peers.github.controls import TOKEN
from tests.peers.github.server import GitHub
from tests.peers.github_site import NAME, GitHubSite
from tests.provider.composition.checking import Service

GOOD = "- name: watched\n  registry: 127.0.0.1:1\n  repository: acme/watched\n"


@pytest.fixture(name="site")
def running_site(tmp_path: Path) -> Iterator[GitHubSite]:
    """A config repository at a site of its own."""
    (tmp_path / "git").mkdir()
    with peers_installed(), ExitStack() as ends:
        github = ends.enter_context(GitHub())
        git = ends.enter_context(GitServer(tmp_path / "git"))
        git.create(NAME, {"README.md": "x\n"})
        github.add_repository(NAME, {"README.md": "x\n"})
        yield ends.enter_context(GitHubSite(github, git))
        assert github.breaches == []


@pytest.fixture(name="parts")
def opened_parts(site: GitHubSite, tmp_path: Path) -> Iterator[Parts]:
    """A service with that config repository."""
    variables = {
        "CONFIG_REPO": f"{site.url}/{NAME}.git",
        "CONFIG_TOKEN": site.git.write_token,
        "GITHUB_API_URL": site.url,
        "GITHUB_TOKEN": TOKEN,
        "PUBLIC_URL": "https://factory.example.com",
    }
    with Service(tmp_path, variables).parts() as parts:
        yield parts


def test_each_commit_of_a_person_gets_its_result_once(site: GitHubSite, parts: Parts) -> None:
    """A broken entry is a failure with file and line; its correction is a success of the next commit."""
    broken = site.push("- name: watched\n  registry: x\n")
    with open_worker(parts) as worker:
        worker.round()
        worker.round()
        corrected = site.push(GOOD)
        worker.round()
        worker.round()

    found = site.github.statuses(NAME)
    assert [(each.sha, each.state) for each in found] == [(broken, "failure"), (corrected, "success")]
    assert "the first: images.yaml:1: watched: repository: " in (found[0].description or "")
    assert (found[1].description, found[1].target_url) == ("1 image enrolled", "https://factory.example.com/images")


def test_a_token_without_the_permission_ends_no_round(site: GitHubSite, parts: Parts) -> None:
    """The missing permission is shown as a problem; images are tracked all the same."""
    site.github.add_token(TOKEN, "reader", can_write=False)
    site.push(GOOD)

    with open_worker(parts) as worker:
        worker.round()
        worker.round()

    assert parts.index.image("watched") is not None
    (beat,) = (each for each in parts.beats.beats() if each.part == PART)
    assert "statuses: write" in (beat.problem or "")
    assert sum("/statuses/" in seen.target for seen in site.github.log) == 1
