"""A real git server over HTTP with tokens, like a forge.

Basic authentication with any user and a token as the password (or the token as the user). Reading needs either token,
pushing the one for writing.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from tests.peers.exchange import Answer, Request, SeenRequest
from tests.peers.faults import Faults, faulty_answer
from tests.peers.git_backend import GitBackend
from tests.peers.git_repositories import GitRepositories
from tests.peers.loopback import LoopbackServer
from tests.peers.process import require

WRITE_TOKEN = "ghs_writetoken"
READ_TOKEN = "ghs_readtoken"
_PUSH = "git-receive-pack"


class PushStage(Enum):
    """The stage of a push at which something happens."""

    BEFORE_ADVERTISEMENT = "before the client learns what the branches are"
    """A commit now makes git say `[rejected] ... (fetch first)`."""
    BEFORE_UPDATE = "after it learned them, before its commits are taken"
    """A commit now makes git say `[remote rejected] ... (failed to update ref)` and, before it, `cannot lock ref`."""


@dataclass(slots=True)
class _Interruption:
    stage: PushStage
    owner_name: str
    callback: Callable[[], object]


class GitServer(LoopbackServer):
    """Serves the repositories of a folder at `URL/OWNER/NAME.git`, and without `.git` too.

    Attributes:
        repositories: to commit, read and protect branches without a client.
        write_token: reads and pushes.
        read_token: reads.
        anonymous_reading: whether reading needs no token.
        log: every request, oldest first.
    """

    def __init__(self, root: Path, *, certificate: Path | None = None) -> None:
        """Prepare; nothing listens yet.

        Args:
            root: an existing folder for the repositories.
            certificate: a PEM file with key and certificate; given, the server speaks TLS.

        Raises:
            PeerMissing: git is not installed.
        """
        super().__init__(self._respond_to, certificate=certificate)
        self.repositories = GitRepositories(root)
        self.write_token = WRITE_TOKEN
        self.read_token = READ_TOKEN
        self.anonymous_reading = False
        self.log: list[SeenRequest] = []
        self._backend = GitBackend(require("git", "git"), self.repositories.environment(), root)
        self._faults = Faults()
        self._interruptions: list[_Interruption] = []
        self._lock = threading.Lock()

    def create(
        self,
        owner_name: str,
        files: Mapping[str, str] | None = None,
        *,
        tags: Sequence[str] = (),
        branch: str = "main",
    ) -> str:
        """Make a repository with one commit of these files; its address.

        Without files it is empty, as a forge makes a new one.
        """
        self.repositories.create(owner_name, files or {}, tags, branch)
        return f"{self.url}/{owner_name}.git"

    def before_push(
        self, owner_name: str, callback: Callable[[], object], stage: PushStage = PushStage.BEFORE_ADVERTISEMENT
    ) -> None:
        """Call a function once, at this stage of the next push to this repository.

        A push race: `before_push("acme/config", lambda: server.repositories.commit("acme/config", {...}))`.
        """
        with self._lock:
            self._interruptions.append(_Interruption(stage, owner_name, callback))

    def fail(self, method: str, path_regex: str, status: int, times: int = 1) -> None:
        """Answer the next `times` requests with this method and a matching path with this status."""
        self._faults.add(method, path_regex, faulty_answer(status, None, "scripted fault", "text/plain"), times)

    def _respond_to(self, request: Request) -> Answer | None:
        self.log.append(SeenRequest.of(request))
        if fault := self._faults.take(request.method, request.path):
            return fault.answer
        pushing = _PUSH in request.target
        if refusal := self._refusal(request, pushing=pushing):
            return refusal
        owner_name, rest = _split(request.path)
        if not rest or not self.repositories.path(owner_name).is_dir():
            return _text(404, "Repository not found.")
        if pushing:
            self._interrupt(owner_name, request.method)
        return self._backend.answer(request, f"/{owner_name}.git/{rest}")

    def _refusal(self, request: Request, *, pushing: bool) -> Answer | None:
        login = request.basic_login
        if login is None and self.anonymous_reading and not pushing:
            return None
        offered = {login.user, login.password} if login else set()
        if self.write_token in offered:
            return None
        if self.read_token in offered:
            return _text(403, "remote: Permission to repository denied.") if pushing else None
        refusal = _text(401, "remote: Invalid username or token.")
        return refusal.with_headers(("WWW-Authenticate", 'Basic realm="peer"'))

    def _interrupt(self, owner_name: str, method: str) -> None:
        stage = PushStage.BEFORE_UPDATE if method == "POST" else PushStage.BEFORE_ADVERTISEMENT
        with self._lock:
            due = [each for each in self._interruptions if (each.stage, each.owner_name) == (stage, owner_name)]
            self._interruptions = [each for each in self._interruptions if each not in due]
        for interruption in due:
            interruption.callback()


def _split(path: str) -> tuple[str, str]:
    """OWNER/NAME without `.git`, and the path in the repository."""
    owner, _, more = path.lstrip("/").partition("/")
    name, _, rest = more.partition("/")
    return f"{owner}/{name.removesuffix('.git')}", rest


def _text(status: int, message: str) -> Answer:
    return Answer(status, message.encode(), (("Content-Type", "text/plain"),))
