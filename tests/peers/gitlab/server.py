"""The fake GitLab: a server on loopback, and the controls of tests."""

import json
from collections.abc import Mapping
from urllib.parse import unquote

from tests.peers.exchange import Answer, Request, SeenRequest, json_answer
from tests.peers.faults import Faults
from tests.peers.gitlab.contract import Json, Match, answer_problems, find, request_problems
from tests.peers.gitlab.operations import OPERATIONS, Call, GitLabMoved, GitLabRefused
from tests.peers.gitlab.reviews import REVIEWS
from tests.peers.gitlab.state import Project, State
from tests.peers.loopback import LoopbackServer

_PERFORMERS = {**OPERATIONS, **REVIEWS}
_ENDED = {"success": "success", "failure": "failed", "cancelled": "canceled", "timed_out": "failed"}


class GitLab(LoopbackServer):
    """GitLab, without projects.

    Attributes:
        state: everything that it stores.
        log: every request, oldest first; paths without percent signs.
        breaches: what broke the documented contract; a test fails if there is any.
    """

    def __init__(self, prefix: str = "") -> None:
        """Prepare; `prefix` is the path of a GitLab that does not have a host of its own: /gitlab."""
        super().__init__(self._respond_to)
        self.state = State()
        self.log: list[SeenRequest] = []
        self.breaches: list[str] = []
        self._prefix = prefix
        self._faults, self._losses = Faults(), Faults()

    @property
    def site(self) -> str:
        """GitLab's address, as the setting has it."""
        return f"{self.url}{self._prefix}"

    def add_project(self, path: str, files: Mapping[str, str], *, private: bool = False) -> Project:
        """A project with these files on its default branch."""
        with self.state.lock:
            made = Project(self.state.new_id(), path, {"main": dict(files)}, private=private)
            self.state.projects[path] = made
            return made

    def commit(self, path: str, files: Mapping[str, str], branch: str | None = None) -> None:
        """Write files on a branch, which begins as the default branch."""
        with self.state.lock:
            project = self.state.projects[path]
            name = branch or project.default_branch
            base = project.branches.get(project.default_branch, {})
            project.branches[name] = {**project.branches.get(name, base), **files}

    def rename(self, path: str, new: str) -> None:
        """Give a project another path."""
        with self.state.lock:
            project = self.state.projects.pop(path)
            project.former.append(path)
            project.path = new
            self.state.projects[new] = project

    def remove(self, path: str) -> None:
        """Delete a project."""
        with self.state.lock:
            del self.state.projects[path]

    def finish(self, pipeline_id: int, conclusion: str) -> None:
        """End a pipeline: success, failure, cancelled or timed_out."""
        with self.state.lock:
            pipeline = self.state.pipeline(pipeline_id)
            pipeline.status = _ENDED[conclusion]
            pipeline.failure_reason = "job_execution_timeout" if conclusion == "timed_out" else "script_failure"
            pipeline.updated_at = pipeline.finished_at = self.state.clock()

    def show(self, pipeline_id: int, status: str) -> None:
        """Give a pipeline a status."""
        with self.state.lock:
            self.state.pipeline(pipeline_id).status = status

    def fail(
        self,
        match: str,
        status: int,
        headers: Mapping[str, str] | None = None,
        message: str = "scripted fault",
        times: int = 1,
    ) -> None:
        """Answer the next `times` requests that match with this status, and carry nothing out.

        Args:
            match: method and an expression that the path (with percent signs resolved) starts with.
            status: an error's.
            headers: further ones.
            message: in GitLab's error document.
            times: how often.
        """
        method, _, path = match.partition(" ")
        answer = json_answer(status, {"message": message}).with_headers(*(headers or {}).items())
        self._faults.add(method, f"^(?:{path})", answer, times)

    def drop(self, match: str) -> None:
        """Close the connection of the next request that matches, and carry nothing out."""
        method, _, path = match.partition(" ")
        self._faults.add(method, f"^(?:{path})", None, 1)

    def lose_answer(self, match: str, status: int = 502) -> None:
        """Carry out the next request that matches, then answer this status."""
        method, _, path = match.partition(" ")
        self._losses.add(method, f"^(?:{path})", json_answer(status, {"message": f"{status} Server Error"}), 1)

    def _respond_to(self, request: Request) -> Answer | None:
        raw = request.path.removeprefix(f"{self._prefix}/api/v4")
        path = unquote(raw)
        with self.state.lock:
            self.log.append(SeenRequest.of(request))
            if fault := self._faults.take(request.method, path):
                return fault.answer
            match = find(request.method, raw)
            if match is None or not request.path.startswith(f"{self._prefix}/api/v4/"):
                return self._breach(request, ["not documented, or not in the part that is used here"])
            body = json.loads(request.body) if request.body else None
            if problems := request_problems(match.operation, request.query, body):
                return self._breach(request, problems)
            answer = self._answer(request, match, body)
            if problems := answer_problems(match.operation, answer.status, json.loads(answer.body or b"null")):
                return self._breach(request, problems)
            loss = self._losses.take(request.method, path)
            return loss.answer if loss else answer

    def _answer(self, request: Request, match: Match, body: Json) -> Answer:
        offered = request.headers.get("Private-Token") or request.authorization.partition(" ")[2]
        token = self.state.tokens.get(offered)
        if offered and token is None:
            return json_answer(401, {"message": "401 Unauthorized"})
        call = Call(self.state, request.method, match.parameters, request.query, body, token)
        try:
            return _PERFORMERS[match.operation.name](call)
        except GitLabMoved as moved:
            old = match.parameters["id"].replace("/", "%2F")
            target = request.target.replace(f"/projects/{old}", f"/projects/{moved.project.id}")
            words = {"message": "This resource has been moved permanently"}
            return json_answer(301, words, ("Location", f"{self.url}{target}"))
        except GitLabRefused as refused:
            return refused.answer

    def _breach(self, request: Request, problems: list[str]) -> Answer:
        self.breaches += [f"{request.method} {request.target}: {problem}" for problem in problems]
        return json_answer(500, {"message": "GitLab's documentation was broken", "problems": problems})
