"""The storage of job logs: another host than GitHub's API, opened by signed addresses alone."""

import hashlib
import re
import secrets

from tests.peers.exchange import Answer, Request, SeenRequest
from tests.peers.loopback import LoopbackServer

_LOG = re.compile(r"/job-logs/(?P<job>\d+)\.txt")


class LogStorage(LoopbackServer):
    """Answers signed addresses with a job's log, and refuses requests with credentials.

    Attributes:
        log: every request, oldest first.
    """

    def __init__(self) -> None:
        super().__init__(self._respond_to)
        self.log: list[SeenRequest] = []
        self._salt = secrets.token_hex()

    def address(self, job_id: int) -> str:
        """The signed address of a job's log."""
        return f"{self.url}/job-logs/{job_id}.txt?sig={self._signature(job_id)}"

    def _signature(self, job_id: int) -> str:
        return hashlib.sha256(f"{self._salt} {job_id}".encode()).hexdigest()

    def _respond_to(self, request: Request) -> Answer:
        self.log.append(SeenRequest.of(request))
        if request.authorization:
            # Azure's blob storage, where GitHub keeps logs, takes an Authorization header for a login of its own.
            return _plain(400, "InvalidAuthenticationInfo")
        found = _LOG.fullmatch(request.path)
        if found is None or request.query.get("sig") != self._signature(int(found["job"])):
            return _plain(403, "AuthenticationFailed")
        return _plain(200, f"2026-01-01T00:00:00.0000000Z Log of job {found['job']}\n")


def _plain(status: int, text: str) -> Answer:
    return Answer(status, text.encode(), (("Content-Type", "text/plain"),))
