"""Senders of webhooks: GitHub about runs and pushes, Docker Hub about base images. The registry sends its own."""

import hmac
import itertools
import json
import queue
import threading
from collections import Counter
from collections.abc import Mapping
from types import TracebackType
from typing import Self

import urllib3

from tests.peers.github.runs import Run

SECRET = "a-secret-of-the-senders"  # noqa: S105 - of this world alone
_SENDERS = 4
_TIMEOUT = 10.0
Body = Mapping[str, object]


class Webhooks:
    """A context manager: sends each webhook once, as GitHub and Docker Hub do; what is lost, periodic checks find.

    Attributes:
        answers: how many got each status; 0: no answer.
    """

    def __init__(self, url: str) -> None:
        self.answers: Counter[int] = Counter()
        self._url = url
        self._numbers = itertools.count(1)
        self._waiting: queue.SimpleQueue[tuple[str, bytes, Mapping[str, str]] | None] = queue.SimpleQueue()
        self._threads = [threading.Thread(target=self._send, daemon=True) for _ in range(_SENDERS)]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        for _each in self._threads:
            self._waiting.put(None)
        for thread in self._threads:
            thread.join(_TIMEOUT)

    def run_ended(self, run: Run) -> None:
        """GitHub: a workflow run has ended."""
        name = run.repository.full_name
        workflow_run = {"id": run.id, "name": "Build", "head_repository": {"full_name": name}}
        self._github("workflow_run", {"action": "completed", "workflow_run": workflow_run, "repository": _named(name)})

    def pushed(self, repository: str, address: str = "") -> None:
        """GitHub: somebody pushed to the default branch of a repository."""
        self._github("push", {"ref": "refs/heads/main", "deleted": False, "repository": _named(repository, address)})

    def image_pushed(self, repository: str, tag: str) -> None:
        """Docker Hub: somebody pushed an image."""
        callback = f"https://registry.hub.docker.com/u/{repository}/hook/{next(self._numbers)}/"
        name = {"repo_name": repository}
        body = json.dumps({"callback_url": callback, "push_data": {"tag": tag}, "repository": name}).encode()
        self._waiting.put((f"/webhooks/docker-hub/{SECRET}", body, {"Content-Type": "application/json"}))

    def _github(self, event: str, payload: Body) -> None:
        body = json.dumps(payload).encode()
        headers = {
            "Content-Type": "application/json",
            "X-GitHub-Event": event,
            "X-GitHub-Delivery": f"delivery-{next(self._numbers)}",
            "X-Hub-Signature-256": f"sha256={hmac.digest(SECRET.encode(), body, 'sha256').hex()}",
        }
        self._waiting.put(("/webhooks/github", body, headers))

    def _send(self) -> None:
        with urllib3.PoolManager(retries=False, timeout=_TIMEOUT) as connections:
            while post := self._waiting.get():
                path, body, headers = post
                try:
                    status = connections.request("POST", self._url + path, body=body, headers=headers).status
                except urllib3.exceptions.HTTPError:
                    status = 0
                self.answers[status] += 1


def _named(repository: str, address: str = "") -> Body:
    clone = address or f"https://github.com/{repository}.git"
    return {"full_name": repository, "clone_url": clone, "ssh_url": None, "html_url": clone.removesuffix(".git")}
