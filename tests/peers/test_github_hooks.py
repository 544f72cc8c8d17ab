"""The fake GitHub's webhooks: who may see their deliveries, pages, and further attempts."""

from datetime import UTC, datetime

import pytest
import requests

from tests.peers.github.controls import TOKEN
from tests.peers.github.server import GitHub
from tests.peers.github_samples import FILES, NAME

PATH = f"/repos/{NAME}/hooks/12/deliveries"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def ask(github: GitHub, method: str, path: str, token: str = TOKEN) -> requests.Response:
    """A plain request."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return requests.request(method, f"{github.url}{path}", headers=headers, timeout=60)


@pytest.fixture(autouse=True)
def made_hook(github: GitHub) -> None:
    """A webhook with three attempts."""
    github.add_repository(NAME, FILES)
    hook = github.add_hook(f"{NAME}/12")
    for guid, status in (("a", 202), ("b", 502), ("c", 202)):
        github.attempt(hook, guid, status, at=NOW)


def test_pages_follow_a_cursor(github: GitHub) -> None:
    """The newest attempts first; the last page has no link."""
    first = ask(github, "GET", f"{PATH}?per_page=2")
    second = requests.get(first.links["next"]["url"], headers={"Authorization": f"Bearer {TOKEN}"}, timeout=60)

    assert [each["guid"] for each in (*first.json(), *second.json())] == ["c", "b", "a"]
    assert "next" not in second.links
    assert ask(github, "GET", f"{PATH}?cursor=x").status_code == 422


def test_attempts_are_filtered_by_their_outcome(github: GitHub) -> None:
    """As GitHub's description says."""
    assert [each["guid"] for each in ask(github, "GET", f"{PATH}?status=failure").json()] == ["b"]


@pytest.mark.parametrize(("token", "status"), [(TOKEN, 200), ("ghp_weak", 404), ("", 404), ("ghp_unknown", 401)])
def test_a_token_needs_the_right(github: GitHub, token: str, status: int) -> None:
    """Without it there is no such webhook."""
    github.add_token("ghp_weak", "weak", can_manage_hooks=False)

    assert ask(github, "GET", PATH, token).status_code == status


def test_only_what_was_attempted_can_be_repeated(github: GitHub) -> None:
    """202, and 404 for another number or webhook."""
    number = ask(github, "GET", PATH).json()[1]["id"]

    assert ask(github, "POST", f"{PATH}/{number}/attempts").status_code == 202
    assert ask(github, "POST", f"{PATH}/1/attempts").status_code == 404
    assert ask(github, "POST", f"/repos/{NAME}/hooks/13/deliveries/{number}/attempts").status_code == 404
    assert [each["redelivery"] for each in ask(github, "GET", PATH).json()] == [True, False, False, False]
