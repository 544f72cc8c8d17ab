"""The outside world as the soak has it: real peers that sometimes answer 5xx or 429."""

import random
import threading
from pathlib import Path

import urllib3

from tests.peers.exchange import Answer, Request, json_answer
from tests.peers.git_server import GitServer
from tests.peers.github.server import GitHub
from tests.peers.registry_front import RegistryFront

_STATUSES = (500, 502, 503, 429)
_DISPATCH = "/dispatches"


class Share:
    """The share of answers that fail; it can be changed while a peer serves.

    Attributes:
        value: from 0 to 1.
        failed: how many answers failed.
    """

    def __init__(self, seed: int) -> None:
        self.value = 0.0
        self.failed = 0
        self._dice = random.Random(seed)  # noqa: S311 - the same failures for the same seed, as far as threads allow
        self._lock = threading.Lock()

    def take(self) -> int | None:
        """The status of this answer; None: it does not fail."""
        with self._lock:
            if self.value == 0 or self._dice.random() >= self.value:
                return None
            self.failed += 1
            return self._dice.choice(_STATUSES)


class FlakyRegistry(RegistryFront):
    """In front of the real registry; while that is down, it answers 502, as a load balancer does."""

    def __init__(self, upstream: str, share: Share) -> None:
        super().__init__(upstream)
        self.share = share

    def _answer(self, request: Request) -> Answer | None:
        reading = request.method in {"GET", "HEAD"} and "/blobs/" not in request.path
        if reading and (status := self.share.take()):
            return json_answer(status, {"errors": [{"code": "UNAVAILABLE", "message": "scripted fault"}]})
        # The log of a test would grow all the time.
        self.log.clear()
        try:
            return super()._answer(request)
        except urllib3.exceptions.HTTPError:
            return json_answer(502, {"errors": [{"code": "UNAVAILABLE", "message": "the registry is down"}]})


class FlakyGitHub(GitHub):
    """A GitHub that fails before or after it has carried out what was asked.

    Attributes:
        requests: how many were answered.
    """

    def __init__(self, share: Share) -> None:
        super().__init__()
        self.share = share
        self.requests = 0

    def _respond_to(self, request: Request) -> Answer | None:
        self.requests += 1
        self.log.clear()
        status = self.share.take()
        if status is None:
            return super()._respond_to(request)
        if status == 502 and request.path.endswith(_DISPATCH):
            # Carried out, and the caller does not learn it.
            super()._respond_to(request)
        headers = (("Retry-After", "5"),) if status == 429 else ()
        return json_answer(status, {"message": "scripted fault"}, *headers)


class FlakyGit(GitServer):
    """A git server that sometimes fails before it has done anything."""

    def __init__(self, root: Path, share: Share) -> None:
        super().__init__(root)
        self.share = share

    def _respond_to(self, request: Request) -> Answer | None:
        self.log.clear()
        if status := self.share.take():
            return Answer(status, b"scripted fault", (("Content-Type", "text/plain"),))
        return super()._respond_to(request)
