"""Requests that wait for a registry, beside those that need only the database."""

import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from provider.api.answers.upstream_places import LIMITS, RETRY_SECONDS
from provider.auth.access import Access
from provider.auth.callers import CallerRole, ServiceToken
from proxy.secrets.redactor import Redactor
from proxy.secrets.secret import Secret
from tests.contracts.version_world import open_world
from tests.fakes.registry import Call, FakeRegistry
from tests.peers.process import wait_until
from tests.provider.api.version_web import registry_web
from tests.provider.web_images import MemoryIndex, digest, managed
from tests.proxy.clocks import Clock

SECONDS = 60.0
PEOPLE = tuple(f"person-{number}" for number in range(20))
DATABASE_PATHS = ("/healthz", "/readyz", "/images", "/api/v1/images", "/images/app-0", "/api/v1/images/app-0")
HTML = {"Accept": "text/html"}


class Web:
    """The web part before a registry that answers while its gate is open.

    Attributes:
        gate: the gate.
    """

    def __init__(self, app: Flask, gate: threading.Event) -> None:
        self.app = app
        self.gate = gate
        self._threads = ThreadPoolExecutor(16)

    def get(self, path: str, person: str = PEOPLE[0], **headers: str) -> TestResponse:
        """The answer to one person."""
        sent = {"X-Image-Factory-Token": token_of(person), **headers}
        return self.app.test_client().get(path, headers=sent)

    def begin(self, path: str, person: str) -> "Future[TestResponse]":
        """As `get`, in a thread of its own."""
        return self._threads.submit(self.get, path, person)

    def hold(self, count: int, *people: str) -> "list[Future[TestResponse]]":
        """So many requests that wait for the registry, each for another image."""
        begun = [
            self.begin(f"/api/v1/images/app-{number}/versions", people[number % len(people)]) for number in range(count)
        ]
        wait_until(lambda: self.counted("image_factory_upstream_places_held") == count, "all should wait")
        return begun

    def counted(self, series: str) -> float:
        """The value of a metric."""
        lines = self.get("/metrics").text.splitlines()
        return float(next(line.rpartition(" ")[2] for line in lines if line.startswith(f"{series} ")))

    def outcomes(self) -> dict[str, int]:
        """How requests got a place, or none."""
        name = "image_factory_upstream_places_total"
        return {turn: int(self.counted(f'{name}{{outcome="{turn}"}}')) for turn in ("at_once", "waited", "refused")}

    def end(self) -> None:
        """Let all requests end."""
        self.gate.set()
        self._threads.shutdown()


def token_of(person: str) -> str:
    """The service token of a person."""
    return f"{person}-has-this-token"


@pytest.fixture
def web() -> Iterator[Web]:
    """Twenty people and images, of which no versions were read."""
    gate, registry = threading.Event(), FakeRegistry()
    images = [managed(f"app-{number}", registry="registry.example.com") for number in range(20)]
    for image in images:
        registry.put(f"registry.example.com/acme/{image.name}:1.0.0", digest("1"))

    def hold(_: Call) -> None:
        assert gate.wait(SECONDS)

    registry.on_call = hold
    tokens = tuple(ServiceToken(person, CallerRole.READ, Secret(token_of(person))) for person in PEOPLE)
    with open_world(Clock(), registry=registry) as world:
        web = Web(registry_web(world, MemoryIndex(images), Redactor([]), Access(tokens)), gate)
        yield web
        web.end()


def test_what_needs_only_the_database_is_answered_while_all_places_are_taken(web: Web) -> None:
    """Pages and API alike, without a place; those that waited get their answer, and the places are free again."""
    waiting = web.hold(LIMITS.places, *PEOPLE[: LIMITS.places])

    assert {path: web.get(path).status_code for path in DATABASE_PATHS} == dict.fromkeys(DATABASE_PATHS, 200)
    assert not any(each.done() for each in waiting)
    assert web.outcomes() == {"at_once": LIMITS.places, "waited": 0, "refused": 0}
    web.gate.set()
    assert [each.result(SECONDS).status_code for each in waiting] == [200] * LIMITS.places
    assert web.counted("image_factory_upstream_places_held") == 0


@pytest.mark.parametrize("path", ["/api/v1/images/app-19/versions", "/api/v1/images/app-19/versions/1.0.0"])
def test_without_a_place_the_api_answers_503_with_the_time_to_wait(web: Web, path: str) -> None:
    """After a short wait; the message says that nothing failed, and how often it happened is counted."""
    waiting = web.hold(LIMITS.places, *PEOPLE[: LIMITS.places])

    answer = web.get(path, PEOPLE[19])

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, str(RETRY_SECONDS))
    assert answer.get_json()["message"].startswith("Too many requests wait for registries")
    assert web.outcomes() == {"at_once": LIMITS.places, "waited": 0, "refused": 1}
    web.gate.set()
    assert {each.result(SECONDS).status_code for each in waiting} == {200}
    assert web.get(path, PEOPLE[19]).status_code == 200


def test_the_registrys_own_list_needs_a_place_too(web: Web) -> None:
    """It is one decision for all that wait."""
    web.hold(LIMITS.places, *PEOPLE[: LIMITS.places])

    answer = web.get("/proxy/registry/app-19/tags", PEOPLE[19])

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, str(RETRY_SECONDS))


def test_without_a_place_the_page_is_there_and_loads_again_by_itself(web: Web) -> None:
    """With the image and its tabs; only the list of versions is missing."""
    web.hold(LIMITS.places, *PEOPLE[: LIMITS.places])

    page = web.get("/images/app-19/versions", PEOPLE[19], **HTML)

    assert (page.status_code, page.headers["Retry-After"]) == (503, str(RETRY_SECONDS))
    assert page.headers["Refresh"] == f"{RETRY_SECONDS}; url=/images/app-19/versions"
    for text in ("<h1", "app-19", "The versions are not read yet", "This page loads again by itself"):
        assert text in page.text, text


def test_one_caller_does_not_get_all_places(web: Web) -> None:
    """Half of them; another caller is served beside it."""
    web.hold(LIMITS.of_caller, "person-0")

    assert web.get("/api/v1/images/app-18/versions", "person-0").status_code == 503
    other = web.begin("/api/v1/images/app-19/versions", "person-1")
    held = LIMITS.of_caller + 1
    wait_until(lambda: web.counted("image_factory_upstream_places_held") == held, "another should wait")
    web.gate.set()
    assert other.result(SECONDS).status_code == 200


def test_versions_that_are_known_need_no_place(web: Web) -> None:
    """They are shown while others wait for theirs."""
    web.gate.set()
    assert web.get("/api/v1/images/app-19/versions").status_code == 200
    web.gate.clear()
    web.hold(LIMITS.places, *PEOPLE[1 : LIMITS.places + 1])

    known = web.get("/api/v1/images/app-19/versions?pageSize=1")

    assert (known.status_code, [each["tag"] for each in known.get_json()["items"]]) == (200, ["1.0.0"])
    assert web.outcomes()["refused"] == 0
