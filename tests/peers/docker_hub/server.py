"""The fake Docker Hub as a server: credentials, faults, rate limit, and the contract for every request and answer."""

import json
from collections.abc import Mapping

from tests.peers.docker_hub.contract import published
from tests.peers.docker_hub.controls import Controls
from tests.peers.docker_hub.documents import refusal
from tests.peers.docker_hub.operations import OPERATIONS, Call, NotThere
from tests.peers.docker_hub.rate_limit import RateLimit
from tests.peers.docker_hub.state import Account
from tests.peers.exchange import Answer, Request, SeenRequest, json_answer
from tests.peers.faults import Faults
from tests.peers.github.contract import Json, Match
from tests.peers.loopback import LoopbackServer


class DockerHub(LoopbackServer, Controls):
    """A stateful Docker Hub API at `url`, with the controls of `Controls`.

    Docker's description is its table of addresses. A request that it carried out although the description forbids it,
    and an answer that the description does not know, are kept in `breaches` and answered 500.

    Attributes:
        breaches: what broke the contract, a sentence each.
        log: every request, oldest first.
        rate_limit: of the API, for everybody.
    """

    def __init__(self) -> None:
        LoopbackServer.__init__(self, self._respond_to)
        Controls.__init__(self)
        self.breaches: list[str] = []
        self.log: list[SeenRequest] = []
        self.rate_limit = RateLimit()
        self._contract = published()
        self._faults = Faults()

    def fail(
        self, match: str, status: int, headers: Mapping[str, str] | None = None, *, body: bytes = b"", times: int = 1
    ) -> None:
        """Answer the next `times` requests that match with this, and carry nothing out.

        Args:
            match: method and an expression that the path starts with: `GET /v2/namespaces/.*/tags`.
            status: any; the contract does not judge it.
            headers: of the answer.
            body: of the answer; Docker Hub's error document where it is empty.
            times: how often.
        """
        method, _, path = match.partition(" ")
        answer = Answer(status, body) if body else refusal(status, "scripted fault")
        self._faults.add(method, f"^(?:{path})", answer.with_headers(*(headers or {}).items()), times)

    def heal(self) -> None:
        """Forget every scripted fault."""
        self._faults.clear()

    def _respond_to(self, request: Request) -> Answer:
        with self.state.lock:
            self.log.append(SeenRequest.of(request))
            match = self._contract.find(request.method, request.path)
            if match is None:
                return self._breach(request, ["not in Docker's description, or not in the part that is used here"])
            if (fault := self._faults.take(request.method, request.path)) and fault.answer:
                return fault.answer
            body = json.loads(request.body) if request.body else None
            # What cannot be carried out at all is wrong whatever the answer.
            problems = self._contract.request_problems(match, request.query, body)
            if problems:
                return self._breach(request, problems)
            within = self.rate_limit.count(self.state.clock())
            answer = self._answer(request, match, body) if within else self.rate_limit.refusal()
            if request.method == "HEAD":
                answer = Answer(answer.status, b"", answer.headers)
            problems = self._answer_problems(match, answer)
            return self._breach(request, problems) if problems else self.rate_limit.stamped(answer)

    def _answer(self, request: Request, match: Match, body: Json) -> Answer:
        account = self._account(request)
        if request.authorization and account is None:
            return refusal(401, "unauthorized")
        call = Call(self.state, f"{self.url}{request.path}", match.path_parameters, request.query, body, account)
        try:
            return OPERATIONS[match.operation.id](call)
        except NotThere:
            return refusal(404, "object not found", **match.path_parameters)

    def _account(self, request: Request) -> Account | None:
        scheme, _, bearer = request.authorization.partition(" ")
        session = self.state.sessions.get(bearer) if scheme.lower() == "bearer" else None
        return session.account if session and self.state.clock() < session.expires_at else None

    def _answer_problems(self, match: Match, answer: Answer) -> list[str]:
        told = json.loads(answer.body) if answer.body else None
        media_type = answer.header("Content-Type") or ""
        return self._contract.answer_problems(match.operation, answer.status, media_type, told)

    def _breach(self, request: Request, problems: list[str]) -> Answer:
        self.breaches += [f"{request.method} {request.target}: {problem}" for problem in problems]
        return json_answer(500, {"message": "Docker's description was broken", "problems": problems})
