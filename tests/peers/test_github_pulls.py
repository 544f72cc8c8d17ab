"""Pull requests and statuses of commits at the fake GitHub: its answers keep GitHub's own description."""

from typing import Any

import pytest
import requests

from tests.peers.github.controls import TOKEN
from tests.peers.github.server import GitHub

NAME = "acme/config"
HEADERS = {"Authorization": f"Bearer {TOKEN}"}
CHANGE = {"title": "Enroll portal", "head": "image-factory/enroll-portal", "base": "main", "body": "text"}


@pytest.fixture(name="peer")
def made_peer(github: GitHub) -> GitHub:
    """A repository with a branch that has one commit more than main."""
    github.add_repository(NAME, {"images.yaml": "[]\n"})
    github.commit(NAME, {"images.yaml": "- name: portal\n"}, branch=CHANGE["head"])
    return github


def call(peer: GitHub, method: str, path: str, body: Any = None) -> requests.Response:
    """The answer to a request about the repository."""
    return requests.request(method, f"{peer.url}/repos/{NAME}{path}", json=body, headers=HEADERS, timeout=30)


def test_a_pull_request_is_opened_listed_and_merged(peer: GitHub) -> None:
    """The lists filter by state, and a merged one is closed with a time."""
    made = call(peer, "POST", "/pulls", CHANGE)
    assert (made.status_code, made.json()["state"], made.json()["merged"]) == (201, "open", False)

    (listed,) = call(peer, "GET", f"/pulls?head=acme:{CHANGE['head']}").json()
    assert (listed["number"], listed["head"]["repo"]["full_name"]) == (made.json()["number"], NAME)

    peer.merge(NAME, listed["number"])

    assert call(peer, "GET", "/pulls").json() == []
    (merged,) = call(peer, "GET", "/pulls?state=all&sort=updated&base=main").json()
    assert merged["state"] == "closed"
    assert merged["merged_at"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({}, "A pull request already exists for acme:image-factory/enroll-portal."),
        ({"head": "none"}, "invalid"),
        ({"base": "none"}, "invalid"),
        ({"head": "main"}, "No commits between main and main"),
    ],
)
def test_a_pull_request_that_is_not_possible_is_refused(peer: GitHub, change: dict[str, str], words: str) -> None:
    """With 422 and the details that GitHub has."""
    call(peer, "POST", "/pulls", CHANGE)

    answer = call(peer, "POST", "/pulls", CHANGE | change)

    assert answer.status_code == 422
    assert words in answer.text


def test_statuses_need_a_known_commit_and_a_short_description(peer: GitHub) -> None:
    """The newest of each context counts; all are kept."""
    sha = peer.commit(NAME, {"README.md": "x"})
    good = {"state": "success", "context": "image-factory", "description": "1 image", "target_url": "https://x.example"}

    assert call(peer, "POST", f"/statuses/{sha}", good).status_code == 201
    assert call(peer, "POST", f"/statuses/{'0' * 40}", good).status_code == 422
    assert call(peer, "POST", f"/statuses/{sha}", good | {"description": "x" * 141}).status_code == 422
    assert [(each.sha, each.state, each.context) for each in peer.statuses(NAME)] == [(sha, "success", "image-factory")]


def test_a_token_that_may_only_read_changes_nothing(peer: GitHub) -> None:
    """403, as for a token without the permission."""
    peer.add_token("reader", "reader", can_write=False)
    headers = {"Authorization": "Bearer reader"}

    for path, body in (("/pulls", CHANGE), (f"/statuses/{'0' * 40}", {"state": "success"})):
        answer = requests.post(f"{peer.url}/repos/{NAME}{path}", json=body, headers=headers, timeout=30)
        assert answer.status_code == 403
