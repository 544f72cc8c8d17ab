"""Tests of /proxy/registry/NAME/tags."""

import json
import logging
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from proxy.secrets.redactor import Redactor
from proxy.secrets.secret import Secret
from tests.contracts.version_world import World, open_world
from tests.fakes.registry import FakeRegistry, digest_of
from tests.peers.docker_hub.server import DockerHub
from tests.peers.exchange import Answer, Request, json_answer
from tests.peers.github.controls import TOKEN
from tests.peers.github.server import GitHub
from tests.provider.api.version_web import PUBLIC_URL, client_of
from tests.provider.web_images import base, managed
from tests.proxy.clocks import NOW, Clock
from tests.proxy.scripted import ScriptedHost

IMAGES = [
    managed("app"),
    base("node"),
    managed("own", registry="registry.example.com", repository="team/own"),
]
FACE = f"{PUBLIC_URL}/proxy/registry"


@pytest.fixture
def registry() -> FakeRegistry:
    """Five tags, pushed in this order."""
    registry = FakeRegistry()
    for tag in ("b", "a", "d", "c", "e"):
        registry.put(f"registry.example.com/team/own:{tag}", digest_of(tag))
    return registry


@pytest.fixture
def world(github: GitHub, docker_hub: DockerHub, registry: FakeRegistry) -> Iterator[World]:
    """Versions from the peers."""
    clock = Clock()
    docker_hub.state.clock = clock.now
    docker_hub.add_repository("library", "node")
    docker_hub.push_many("library/node", 25, NOW)
    for number in range(70):
        github.publish_package("acme", "app", digest_of(str(number)), [f"1.{number}.0"])
    with open_world(clock, github=github.url, docker_hub=docker_hub.url, registry=registry) as world:
        yield world


@pytest.fixture
def client(world: World) -> FlaskClient:
    """A client on this machine."""
    return client_of(world, IMAGES, Redactor([Secret(TOKEN)]))


def test_github_packages_keep_their_format(client: FlaskClient, github: GitHub) -> None:
    """The response is an array of package versions, and Link leads to this service."""
    answer = client.get("/proxy/registry/app/tags?per_page=30&page=2")
    versions = answer.get_json()

    assert (answer.status_code, len(versions)) == (200, 30)
    assert versions[0]["name"] == digest_of("39")
    assert versions[0]["metadata"]["container"]["tags"] == ["1.39.0"]
    assert answer.headers["Link"] == (
        f'<{FACE}/app/tags?page=1&per_page=30>; rel="prev", <{FACE}/app/tags?page=3&per_page=30>; rel="next", '
        f'<{FACE}/app/tags?page=3&per_page=30>; rel="last", <{FACE}/app/tags?page=1&per_page=30>; rel="first"'
    )
    assert len(client.get("/proxy/registry/app/tags").get_json()) == 30
    requests = len(github.log)
    client.get("/proxy/registry/app/tags?per_page=30&page=2")
    assert len(github.log) == requests


def test_versions_and_proxy_share_pages_of_github(client: FlaskClient, github: GitHub) -> None:
    """A page that one of them read is not requested again by the other."""
    client.get("/api/v1/images/app/versions")
    requests = len(github.log)
    assert len(client.get("/proxy/registry/app/tags?per_page=100").get_json()) == 70
    assert len(github.log) == requests


def test_docker_hub_tags_keep_their_format(client: FlaskClient) -> None:
    """The links to the next and previous page lead to this service."""
    first = client.get("/proxy/registry/node/tags").get_json()
    assert (first["count"], len(first["results"]), first["previous"]) == (25, 10, None)
    assert first["next"] == f"{FACE}/node/tags?page=2&page_size=10"
    last = client.get("/proxy/registry/node/tags?page=3&page_size=10").get_json()
    assert (last["next"], last["previous"]) == (None, f"{FACE}/node/tags?page=2&page_size=10")
    assert last["results"][-1]["name"] == "1.0.0"


def test_other_registries_have_the_format_of_the_specification(client: FlaskClient) -> None:
    """Tags are in the order of the registry, and Link leads to the next page."""
    whole = client.get("/proxy/registry/own/tags")
    assert whole.get_json() == {"name": "team/own", "tags": ["b", "a", "d", "c", "e"]}
    assert "Link" not in whole.headers
    page = client.get("/proxy/registry/own/tags?n=2")
    assert page.headers["Link"] == f'<{FACE}/own/tags?n=2&last=a>; rel="next"'
    assert client.get("/proxy/registry/own/tags?n=2&last=a").get_json()["tags"] == ["d", "c"]
    assert client.get("/proxy/registry/own/tags?n=9&last=bb").get_json()["tags"] == ["d", "c", "e"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("none/tags", 404),
        ("app/tags?state=deleted", 400),
        ("app/tags?page_size=10", 400),
        ("app/tags?page=1&page=2", 400),
        ("app/tags?per_page=101", 400),
        ("app/tags?page=1%26state%3Ddeleted", 400),
        ("node/tags?name=x", 400),
        ("node/tags?page=-1", 400),
        ("own/tags?n=0", 400),
        ("own/tags?last=../../_catalog", 400),
        ("own/tags?refresh=true", 400),
        ("app/versions", 404),
        ("app%2f..%2fnode/tags", 404),
        ("acme/app/tags", 404),
        ("..%2f..%2fuser/tags", 404),
    ],
)
def test_everything_else_is_refused(
    client: FlaskClient, github: GitHub, docker_hub: DockerHub, registry: FakeRegistry, path: str, status: int
) -> None:
    """The response is 4xx, and no upstream is called."""
    assert client.get(f"/proxy/registry/{path}").status_code == status
    assert (github.log, docker_hub.log, registry.calls) == ([], [], [])


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_other_methods_are_refused(client: FlaskClient, method: str) -> None:
    """The resource is read-only."""
    assert client.open("/proxy/registry/app/tags", method=method, json={}).status_code == 405


def test_only_our_own_headers_are_sent(client: FlaskClient) -> None:
    """The caller gets no rate limit or request id of GitHub, and GitHub gets no Authorization of the caller."""
    answer = client.get("/proxy/registry/app/tags", headers={"If-None-Match": '"x"'})
    assert not [name for name, _ in answer.headers if name.lower().startswith(("x-ratelimit", "x-github", "set-"))]
    assert answer.headers["Cache-Control"] == "private, no-cache"
    again = client.get("/proxy/registry/app/tags", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_failures_have_their_statuses(client: FlaskClient, docker_hub: DockerHub) -> None:
    """The response is 503 while the upstream is unavailable, and 404 if the upstream has no such repository."""
    docker_hub.fail("GET /v2/namespaces", 503, {"Retry-After": "30"}, times=9)
    answer = client.get("/proxy/registry/node/tags")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
    docker_hub.heal()
    assert client.get("/proxy/registry/node/tags?page=99").status_code in (404, 503)


@pytest.mark.parametrize(
    ("echoed", "shown"),
    [
        ({"name": "x", "token": "abc", "temp_clone_token": "def"}, [{"name": "x"}]),
        ({"name": "x", "url": "https://x:other-secret-of-ours@example.com"}, [{"name": "x"}]),
    ],
)
def test_fields_with_credentials_are_left_out(echoed: dict[str, str], shown: object) -> None:
    """Fields with the name of a credential are removed, and fields that contain a secret of the service."""

    def answer(request: Request) -> Answer:
        return json_answer(200, {"type": "User"} if request.path == "/users/acme" else [echoed])

    with ScriptedHost(answer) as host, open_world(Clock(), github=host.url) as world:
        client = client_of(world, IMAGES, Redactor([Secret("other-secret-of-ours")]))
        assert client.get("/proxy/registry/app/tags").get_json() == shown


def test_an_upstream_that_echoes_the_credential_is_not_passed_on(caplog: pytest.LogCaptureFixture) -> None:
    """The response is 502, and neither it nor the log contains the credential."""

    def answer(request: Request) -> Answer:
        shown = {"type": "User", "bio": request.authorization} if request.path == "/users/acme" else []
        return json_answer(200, shown)

    with ScriptedHost(answer) as host, open_world(Clock(), github=host.url) as world, caplog.at_level(logging.DEBUG):
        refused = client_of(world, IMAGES, Redactor([Secret(TOKEN)])).get("/proxy/registry/app/tags")

    assert refused.status_code == 502
    assert TOKEN not in refused.text + caplog.text + json.dumps(dict(refused.headers))


def test_the_list_is_revalidated_after_five_minutes(client: FlaskClient, github: GitHub, world: World) -> None:
    """The request is conditional."""
    client.get("/proxy/registry/app/tags")
    world.clock.at += timedelta(minutes=6)
    client.get("/proxy/registry/app/tags")
    assert "If-None-Match" in github.log[-1].headers
