"""The same world with webhooks: nothing is found by the periodic checks, which are a day apart."""

import hmac
import itertools
import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import urllib3

from demo.world import CONFIG, World
from tests.peers.github.runs import Run

SECRET = "a-secret-of-the-senders"  # noqa: S105 - of this world alone
_SECONDS = 60.0
Body = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Post:
    """One request of a sender."""

    path: str
    body: bytes
    headers: Mapping[str, str]


class HookedWorld(World):
    """A context manager, as `World`. The senders report what happens, and builds end when `complete` is called.

    Attributes:
        by_hand: False: builds end by themselves, and nothing reports it.
        dispatched: the repository and the time of each dispatch, on the clock of `time.monotonic`.
    """

    def __init__(self, folder: Path, *, delay: str = "1s", window: str = "1s", token: str = "") -> None:
        super().__init__(folder, delay=delay, window=window, token=token)
        self._senders = urllib3.PoolManager(retries=False, timeout=_SECONDS, maxsize=8)
        self._numbers = itertools.count(1)
        self._waiting: dict[str, Run] = {}
        self._changed = threading.Condition()
        self.by_hand = True
        self.dispatched: list[tuple[str, float]] = []

    def environment(self) -> dict[str, str]:
        """The settings of the service."""
        return super().environment() | {
            "IMAGE_FACTORY_GITHUB_WEBHOOK_SECRET": SECRET,
            "IMAGE_FACTORY_WEBHOOK_SECRET": SECRET,
            "IMAGE_FACTORY_CHECK_INTERVAL": "1d",
            "IMAGE_FACTORY_BASE_CHECK_INTERVAL": "1d",
        }

    def github_post(self, event: str, payload: Body) -> Post:
        """One of GitHub's webhooks."""
        body = json.dumps(payload).encode()
        headers = {
            "Content-Type": "application/json",
            "X-GitHub-Event": event,
            "X-GitHub-Delivery": f"delivery-{next(self._numbers)}",
            "X-Hub-Signature-256": f"sha256={hmac.digest(SECRET.encode(), body, 'sha256').hex()}",
        }
        return Post("/webhooks/github", body, headers)

    def hub_post(self, repository: str, tag: str) -> Post:
        """Docker Hub's webhook: it names no digest, but an address that differs from push to push."""
        payload = {
            "callback_url": f"https://registry.hub.docker.com/u/{repository}/hook/{next(self._numbers)}/",
            "push_data": {"tag": tag},
            "repository": {"repo_name": repository},
        }
        body = json.dumps(payload).encode()
        return Post(f"/webhooks/docker-hub/{SECRET}", body, {"Content-Type": "application/json"})

    def say(self, post: Post) -> int:
        """Send a webhook; returns the status of the answer."""
        return self._senders.request("POST", self.url + post.path, body=post.body, headers=post.headers).status

    def config_pushed(self) -> int:
        """GitHub reports a push to the config repository."""
        return self.say(self.github_post("push", pushed(CONFIG, self.config_url)))

    def image_pushed(self, repository: str = "library/node", tag: str = "22") -> int:
        """Docker Hub reports a push of an image."""
        return self.say(self.hub_post(repository, tag))

    def deliveries(self, query: str = "") -> int:
        """How many webhooks the service has stored, such as `?state=open`: those that it has not acted on."""
        return int(self._read(f"/api/v1/webhooks{query}").json()["total"])

    def metrics(self) -> str:
        """The metrics of the web part."""
        return self._read("/metrics").data.decode()

    def wait_for_the_first_round(self) -> None:
        """Wait until the worker has checked everything once after its start."""
        seconds_until(lambda: self._read("/api/v1/checks").json()["items"][0]["lastAt"] is not None, time.monotonic())

    def wait_for_dispatch(self, repository: str) -> float:
        """Wait until a run of the repository was requested; returns the time of the request.

        Raises:
            TimeoutError: it was not requested within a minute.
        """
        with self._changed:
            if not self._changed.wait_for(lambda: self._at(repository) is not None, _SECONDS):
                raise TimeoutError(f"no run of {repository} was requested; see {self.folder}/service.log")
            return self._at(repository) or 0.0

    def complete(self, repository: str) -> int:
        """Let the run of a repository end well, and GitHub report it; returns the status of the answer."""
        run = self._waiting.pop(repository)
        super()._build(run)
        return self.say(self.github_post("workflow_run", run_ended(run)))

    def _read(self, path: str) -> urllib3.BaseHTTPResponse:
        return self.http.request("GET", self.url + path)

    def _at(self, repository: str) -> float | None:
        return next((at for name, at in self.dispatched if name == repository), None)

    def _build(self, run: Run) -> None:
        if not self.by_hand:
            super()._build(run)
        name = run.repository.full_name
        with self._changed:
            self.dispatched.append((name, time.monotonic()))
            self._waiting[name] = run
            self._changed.notify_all()


def pushed(repository: str, address: str, branch: str = "main") -> Body:
    """GitHub's event for a push."""
    return {"ref": f"refs/heads/{branch}", "deleted": False, "repository": _repository(repository, address)}


def run_ended(run: Run) -> Body:
    """GitHub's event for a run that ended."""
    name = run.repository.full_name
    return {
        "action": "completed",
        "workflow_run": {"id": run.id, "name": "Build", "head_repository": {"full_name": name}},
        "repository": _repository(name, f"https://github.com/{name}.git"),
    }


def seconds_until(condition: Callable[[], bool], since: float) -> float:
    """The seconds from a time of `time.monotonic` until a condition holds.

    Raises:
        TimeoutError: it does not hold within a minute.
    """
    while not condition():
        if time.monotonic() - since > _SECONDS:
            raise TimeoutError("what was waited for did not happen within a minute")
        time.sleep(0.01)
    return time.monotonic() - since


def _repository(name: str, address: str) -> Body:
    return {"full_name": name, "clone_url": address, "ssh_url": None, "html_url": address.removesuffix(".git")}
