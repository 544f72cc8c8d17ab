"""Changes have places of their own: they wait for each other, and not for what others read."""

import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from flask import Flask
from prometheus_client import CollectorRegistry, generate_latest

from provider.api.answers.upstream_places import CHANGE_LIMITS, LIMITS, limit_upstream_waits
from proxy.places import take_place
from tests.peers.process import wait_until

SECONDS = 60


class SlowWeb:
    """An application of which each request waits for another host until the gate is opened."""

    def __init__(self) -> None:
        self.gate = threading.Event()
        self._app, self._registry = Flask(__name__), CollectorRegistry()
        self._threads = ThreadPoolExecutor(30)

        @self._app.route("/", methods=["GET", "POST"])
        def waits() -> str:
            take_place()
            assert self.gate.wait(SECONDS)
            return "done"

        limit_upstream_waits(self._app, self._registry)

    def send(self, method: str, address: str) -> "Future[int]":
        """A request in a thread of its own; its status."""
        environ = {"REMOTE_ADDR": address}
        return self._threads.submit(
            lambda: self._app.test_client().open("/", method=method, environ_base=environ).status_code
        )

    def held(self) -> int:
        """The places that are taken."""
        lines = generate_latest(self._registry).decode().splitlines()
        return int(float(next(line for line in lines if line.startswith("image_factory_upstream_places_held "))[35:]))

    def close(self) -> None:
        """Let all requests end."""
        self.gate.set()
        self._threads.shutdown()


@pytest.fixture
def web() -> Iterator[SlowWeb]:
    """Nobody waits yet."""
    found = SlowWeb()
    yield found
    found.close()


def test_as_many_changes_of_one_caller_as_there_are_places_and_waiters_are_all_made(web: SlowWeb) -> None:
    """Ten people behind one address enroll at the same time."""
    changes = [web.send("POST", "192.0.2.1") for _ in range(CHANGE_LIMITS.places + CHANGE_LIMITS.waiting)]
    wait_until(lambda: web.held() == CHANGE_LIMITS.places, "all places of changes should be taken")
    web.gate.set()

    assert {change.result(SECONDS) for change in changes} == {200}


def test_a_change_gets_a_place_while_readers_have_all_of_theirs(web: SlowWeb) -> None:
    """And the other way round."""
    readers = [web.send("GET", f"192.0.2.{number}") for number in range(LIMITS.places)]
    wait_until(lambda: web.held() == LIMITS.places, "all places of readers should be taken")
    change = web.send("POST", "192.0.2.1")
    wait_until(lambda: web.held() == LIMITS.places + 1, "the change should have a place")
    web.gate.set()

    assert {request.result(SECONDS) for request in (*readers, change)} == {200}


def test_changes_beyond_the_places_and_waiters_are_refused(web: SlowWeb) -> None:
    """However many come, threads are left for what needs only the database."""
    changes = [web.send("POST", "192.0.2.1") for _ in range(CHANGE_LIMITS.places + CHANGE_LIMITS.waiting + 3)]
    wait_until(lambda: sum(change.done() for change in changes) == 3, "three should be refused")
    web.gate.set()

    assert sorted(change.result(SECONDS) for change in changes) == [200] * 12 + [503] * 3
