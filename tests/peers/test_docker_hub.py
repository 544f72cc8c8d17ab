"""The fake Docker Hub follows Docker's API description and behaves like Docker Hub."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import urllib3

from tests.peers.docker_hub.contract import published
from tests.peers.docker_hub.controls import SECRET, USER
from tests.peers.docker_hub.server import DockerHub
from tests.peers.docker_hub.state import HubImage

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
TAGS = "/v2/namespaces/octo/repositories/app/tags"


class Client:
    """Sends requests to the peer, with `bearer` if it is set."""

    def __init__(self, hub: DockerHub, pool: urllib3.PoolManager) -> None:
        self.hub = hub
        self.bearer = ""
        self._pool = pool

    def ask(self, method: str, target: str, document: Any = None) -> urllib3.BaseHTTPResponse:
        """The answer to one request."""
        headers = {"Authorization": f"Bearer {self.bearer}"} if self.bearer else {}
        body = json.dumps(document).encode() if document else None
        return self._pool.request(method, f"{self.hub.url}{target}", headers=headers, body=body, retries=False)

    def sign_in(self) -> None:
        """Get a bearer."""
        answer = self.ask("POST", "/v2/auth/token", {"identifier": USER, "secret": SECRET})
        self.bearer = answer.json()["access_token"]


@pytest.fixture
def client(docker_hub: DockerHub) -> Iterator[Client]:
    """A client of a Docker Hub with one public repository, whose clock advances only by sleeping."""
    docker_hub.state.clock = lambda: NOW
    docker_hub.add_repository("octo", "app")
    with urllib3.PoolManager() as pool:
        yield Client(docker_hub, pool)


def test_tags_are_listed_newest_first_in_pages(client: Client) -> None:
    """A page has ten tags, and the addresses of the pages before and after it."""
    client.hub.push_many("octo/app", 25, NOW)
    page = client.ask("GET", f"{TAGS}?page=2").json()

    assert [tag["name"] for tag in page["results"]] == [f"1.{number}.0" for number in range(14, 4, -1)]
    assert page["count"] == 25
    assert page["next"] == f"{client.hub.url}{TAGS}?page=3&page_size=10"
    assert page["previous"] == f"{client.hub.url}{TAGS}?page=1&page_size=10"
    assert client.ask("GET", f"{TAGS}?page=3").json()["next"] is None
    assert client.ask("GET", f"{TAGS}?page=4").status == 404


def test_a_tag_pushed_again_comes_first(client: Client) -> None:
    """It keeps its id; an old tag has no digest, but has images."""
    client.hub.push_tag("octo/app", "latest", at=NOW - timedelta(days=2), images=[])
    first = client.ask("GET", f"{TAGS}/latest").json()
    client.hub.push_tag("octo/app", "1.0", f"sha256:{'a' * 64}", NOW - timedelta(days=1))
    client.hub.push_tag("octo/app", "latest", f"sha256:{'b' * 64}", NOW, [HubImage(architecture="arm64", variant="v8")])
    tags = client.ask("GET", TAGS).json()["results"]

    assert "digest" not in first
    assert [tag["name"] for tag in tags] == ["latest", "1.0"]
    assert tags[0]["id"] == first["id"]
    assert (tags[0]["images"][0]["architecture"], tags[0]["images"][0]["variant"]) == ("arm64", "v8")


def test_anonymous_requests_see_1000_of_12000_tags(client: Client) -> None:
    """After that offset Docker Hub's own refusal is sent; with credentials the last page is readable."""
    client.hub.push_many("octo/app", 12_000, NOW)
    assert client.ask("GET", f"{TAGS}?page=10&page_size=100").status == 200
    refused = client.ask("GET", f"{TAGS}?page=11&page_size=100")

    assert refused.status == 403
    assert refused.json() == {
        "message": "pagination offset too large for anonymous requests; sign in to page further",
        "errinfo": {},
    }
    client.sign_in()
    last = client.ask("GET", f"{TAGS}?page=120&page_size=100").json()
    assert (last["results"][-1]["name"], last["next"]) == ("1.0.0", None)


def test_private_repositories_need_an_account_that_may_read_them(client: Client) -> None:
    """For all other callers they do not exist."""
    client.hub.add_repository("octo", "hidden", private=True)
    client.hub.add_repository("other", "hidden", private=True)
    anonymous = client.ask("GET", "/v2/namespaces/octo/repositories/hidden").status
    client.sign_in()
    own = client.ask("GET", "/v2/namespaces/octo/repositories/hidden").json()
    strange = client.ask("GET", "/v2/namespaces/other/repositories/hidden/tags")

    assert (anonymous, own["is_private"], strange.status) == (404, True, 404)
    assert strange.json()["message"] == "object not found"


def test_bearers_expire_after_ten_minutes(client: Client) -> None:
    """Expired, revoked and invented ones are refused, and a wrong secret gets none."""
    client.sign_in()
    client.hub.state.clock = lambda: NOW + timedelta(minutes=9, seconds=59)
    assert client.ask("GET", TAGS).status == 200
    client.hub.state.clock = lambda: NOW + timedelta(minutes=10)
    assert client.ask("GET", TAGS).status == 401
    assert client.ask("POST", "/v2/auth/token", {"identifier": USER, "secret": SECRET}).status == 401
    client.bearer = ""
    assert client.ask("POST", "/v2/auth/token", {"identifier": USER, "secret": "no"}).status == 401
    refused = client.ask("POST", "/v2/users/login", {"username": USER, "password": "no"})
    assert (refused.status, refused.json()) == (401, {"detail": "Incorrect authentication credentials"})
    client.bearer = client.ask("POST", "/v2/users/login", {"username": USER, "password": SECRET}).json()["token"]
    assert client.ask("GET", TAGS).status == 200
    client.hub.revoke_bearers()
    assert client.ask("GET", TAGS).status == 401


def test_the_rate_limit_names_its_end(client: Client) -> None:
    """The time is in seconds since 1970, one minute later; after it requests succeed again."""
    client.hub.rate_limit.limit = 1
    first, second = client.ask("GET", TAGS), client.ask("GET", TAGS)
    again = str(int(NOW.timestamp()) + 60)

    assert (first.headers["X-RateLimit-Remaining"], first.headers["X-RateLimit-Reset"]) == ("0", again)
    assert (second.status, second.headers["X-Retry-After"]) == (429, again)
    client.hub.state.clock = lambda: NOW + timedelta(minutes=1)
    assert client.ask("GET", TAGS).status == 200


def test_head_answers_without_a_body(client: Client) -> None:
    """HEAD works for repositories, tags and lists."""
    client.hub.push_tag("octo/app", "1.0")
    statuses = [client.ask("HEAD", path).status for path in (TAGS, f"{TAGS}/1.0", f"{TAGS}/2.0", TAGS[:-5])]

    assert statuses == [200, 200, 404, 200]


@pytest.mark.parametrize("target", [f"{TAGS}?page_size=101", f"{TAGS}?page=0", f"{TAGS}?n=5", "/v2/repositories/a"])
def test_requests_outside_the_description_are_breaches(client: Client, target: str) -> None:
    """They are answered 500 and recorded."""
    assert client.ask("GET", target).status == 500
    assert len(client.hub.breaches) == 1
    client.hub.breaches.clear()


def test_answers_outside_the_description_are_breaches() -> None:
    """A page without a count, or a tag whose images are not a list, breaks the contract."""
    match = published().find("GET", TAGS)
    assert match is not None
    tag = {"id": 1, "name": "a", "images": {}, "last_updated": None, "full_size": 1, "repository": 1}
    page = {"next": None, "previous": None, "results": [tag]}
    problems = published().answer_problems(match.operation, 200, "application/json", page)

    assert len(problems) == 2


def test_the_log_has_no_credential(client: Client) -> None:
    """It has only whether there was one."""
    client.sign_in()
    client.ask("GET", TAGS)

    assert [seen.authorized for seen in client.hub.log] == [False, True]
    assert SECRET not in repr(client.hub.log)
    assert client.bearer not in repr(client.hub.log)


def test_scripted_faults_occur_the_given_number_of_times(client: Client) -> None:
    """After them, requests succeed again."""
    client.hub.fail(f"GET {TAGS}", 503, {"Retry-After": "7"}, times=2)
    answers = [client.ask("GET", TAGS) for _ in range(3)]

    assert [answer.status for answer in answers] == [503, 503, 200]
    assert answers[0].headers["Retry-After"] == "7"
