"""Octokit and the client of a Backstage plugin run unchanged against the service, which uses a fake GitHub."""

import contextlib
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from provider.auth.access import Access
from tests.peers.backstage_auth import BackstageAuth
from tests.peers.github.server import GitHub
from tests.peers.process import LOOPBACK, reserved_port
from tests.peers.served import serving
from tests.provider.api.github_worlds import REPOSITORY, World, add_runs, world
from tests.provider.auth.visits import Clock, backstage_at

CLIENTS = Path(__file__).parents[2] / "backstage" / "clients"
JANE = "user:default/jane"
RUNS = 230
_SECONDS = 120


@pytest.fixture
def backstage() -> Iterator[BackstageAuth]:
    """A Backstage in which Jane belongs to the team that owns the images."""
    with BackstageAuth() as running:
        running.groups[JANE] = ["group:default/team-a"]
        yield running


@contextlib.contextmanager
def served(github: GitHub, backstage: BackstageAuth) -> Iterator[tuple[World, str]]:
    """The web part, and the address at which it is served."""
    access = Access(backstage=backstage_at(backstage, Clock()))
    with (
        reserved_port() as port,
        world(github, public_url=f"http://{LOOPBACK}:{port}", access=access) as found,
        serving(found.app, port) as address,
    ):
        yield found, f"{address}/proxy/github"


def run_client(script: str, **environment: str) -> dict[str, Any]:
    """The output of the client; if it fails, the test fails with its messages."""
    node = shutil.which("node")
    if node is None or not (CLIENTS / "node_modules").is_dir():
        pytest.fail("the clients are not installed: run backstage/clients/install.sh", pytrace=False)
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    done = subprocess.run(
        [node, script],
        cwd=CLIENTS,
        env={**inherited, **environment},
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    output: dict[str, Any] = json.loads(done.stdout)
    return output


def ask(script: str, found: World, url: str, token: str, run_id: int) -> dict[str, Any]:
    """Run a client as this caller."""
    return run_client(
        script,
        FACE_URL=url,
        FACE_TOKEN=token,
        REPOSITORY=REPOSITORY,
        RUN_ID=str(run_id),
        JOB_ID=str(found.github.state.runs[run_id].job_id),
        BRANCH="main",
        WORKFLOW="build.yml",
    )


@pytest.mark.backstage
def test_octokit_reads_and_reruns(github: GitHub, backstage: BackstageAuth) -> None:
    """All pages by its own paging, and the re-run of the image's owner; logs and all else are refused."""
    with served(github, backstage) as (found, url):
        docs = add_runs(found, 10, "docs.yml")
        builds = add_runs(found, RUNS)
        github.commit(REPOSITORY, {"README.md": "# New\n"}, branch="feature")
        output = ask("octokit.mjs", found, url, backstage.user_token(), builds[0])

        assert sorted(output["runs"]) == sorted(builds + docs)
        assert output["ofWorkflow"] == builds
        assert output["run"] == builds[0]
        assert output["jobs"] == [builds[0] * 100 + 1]
        assert ".github/workflows/build.yml" in output["workflows"]
        assert sorted(output["branches"]) == ["feature", "main"]
        assert output["repository"] == REPOSITORY
        assert (output["rerun"], output["attempt"]) == (201, 2)
        assert (output["logs"], output["file"], output["elsewhere"]) == (403, 403, 403)
        assert not [each for each in github.log if each.path.endswith("/logs") or not each.authorized]


@pytest.mark.backstage
def test_the_plugins_own_client_reads_and_reruns(github: GitHub, backstage: BackstageAuth) -> None:
    """Everything that the plugin shows comes from the service, with only the Backstage token of the user."""
    with served(github, backstage) as (found, url):
        builds = add_runs(found, RUNS)
        output = ask("plugin.mjs", found, url, backstage.user_token(), builds[0])

        assert (output["total"], output["runs"]) == (RUNS, builds[:200])
        assert (output["run"], output["workflow"]) == (builds[0], ".github/workflows/build.yml")
        assert output["jobs"] == [builds[0] * 100 + 1]
        assert (output["branches"], output["standard"]) == (["main"], "main")
        assert (output["rerun"], output["attempt"], output["logs"]) == (201, 2, 403)


@pytest.mark.backstage
def test_a_user_who_owns_no_image_cannot_rerun(github: GitHub, backstage: BackstageAuth) -> None:
    """The client ends with status 403, and GitHub gets no POST request."""
    backstage.groups[JANE] = []
    with served(github, backstage) as (found, url):
        builds = add_runs(found, 1)
        with pytest.raises(AssertionError, match=r"status: 403"):
            ask("plugin.mjs", found, url, backstage.user_token(), builds[0])
        assert not [each for each in github.log if each.method == "POST"]
