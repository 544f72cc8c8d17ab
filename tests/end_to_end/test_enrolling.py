"""Enrollments by API over real peers: many callers at once, while the worker commits state to the same repository."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import urllib3
import yaml

from demo.world import CONFIG, World
from tests.peers.fixtures import peers_installed
from tests.peers.process import wait_until

_CALLERS = 10
# With two hundred, tests/provider/config_repo/entry_commits/test_many_callers.py.
_EACH = 5


def test_fifty_enrollments_by_ten_callers_are_all_there(tmp_path: Path) -> None:
    """Each has a commit of its own and is checked against the world before; the worker tracks every one of them."""
    with peers_installed(), World(tmp_path) as world:
        world.enroll()
        world.wait_until_settled()
        with ThreadPoolExecutor(_CALLERS) as callers:
            lists = callers.map(lambda caller: _enrolled(world, caller), range(_CALLERS))
            answers = [answer for found in lists for answer in found]

        assert Counter(answer["status"] for answer in answers) == {201: _CALLERS * _EACH}
        assert len({answer["commit"] for answer in answers}) == _CALLERS * _EACH
        entries = yaml.safe_load(world.git.repositories.read(CONFIG, "images.yaml"))
        names = {answer["image"]["name"] for answer in answers}
        assert names <= {entry["name"] for entry in entries}
        assert len(entries) == len(names) + 3
        wait_until(lambda: names <= _tracked(world), "the worker to track every image", 180)


def _enrolled(world: World, caller: int) -> list[dict[str, Any]]:
    """The answers to one caller, who enrolls one image after the other."""
    http = urllib3.PoolManager(retries=False, timeout=120)
    answers = []
    for number in range(_EACH):
        entry = {
            "name": f"app-{caller}-{number}",
            "registry": world.registry.host,
            "repository": f"acme/app-{caller}-{number}",
            "source": {"provider": "github", "repo": "acme/portal", "workflow": "build.yml"},
        }
        answer = http.request("POST", f"{world.url}/api/v1/images?wait=0", json=entry)
        answers.append({"status": answer.status, **answer.json()})
    return answers


def _tracked(world: World) -> set[str]:
    found: set[str] = set()
    for page in range(1, 5):
        answer = world.http.request("GET", f"{world.url}/api/v1/images?pageSize=100&role=managed&page={page}")
        found |= {image["name"] for image in answer.json()["items"]}
    return found
