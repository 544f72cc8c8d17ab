"""A check that is asked for over HTTP, in a running service."""

import json
import signal
import time
from typing import Any

import urllib3

from tests.provider.commands.test_beside_a_service import Service, environment, service
from tests.provider.jobs.waiting import until

__all__ = ["environment", "service"]


def test_the_worker_checks_within_seconds_of_a_request(service: Service) -> None:
    """The round is due only after 15 minutes; a wake-up leaves nothing behind that keeps the service from ending."""
    repositories, process = service
    url = repositories.replace("repositories", "checks")

    def images() -> Any:
        (found, *_) = json.loads(urllib3.request("GET", url).data)["items"]
        return found

    until(lambda: images()["lastAt"] is not None, "the first round ends")
    for _ in range(2):
        before, asked = images()["lastAt"], time.monotonic()
        answer = urllib3.request("POST", url, json={})
        assert (answer.status, answer.json()) == (202, {"names": []})
        until(lambda before=before: images()["lastAt"] > before, "the requested check ends", 30)  # type: ignore[misc]  # mypy infers no type for a default
        assert time.monotonic() - asked < 30
    assert images()["problem"] is None
    acts = json.loads(urllib3.request("GET", repositories.replace("repositories", "audit")).data)["items"]
    assert [(act["caller"], act["action"], act["name"], act["outcome"]) for act in acts] == [
        ("local", "check", "all", "done")
    ] * 2
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 0
