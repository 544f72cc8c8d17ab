"""The fake GitHub as a server: tokens, faults, rate limit, conditions, and the contract for requests and answers."""

import hashlib
import json
from collections.abc import Mapping
from types import TracebackType
from typing import Self

from tests.peers.exchange import Answer, Request, SeenRequest, json_answer
from tests.peers.faults import Faults
from tests.peers.github.actions import ACTIONS
from tests.peers.github.addresses import named
from tests.peers.github.apps import Apps, without_apps
from tests.peers.github.call import Call, Perform, Refused, refusal
from tests.peers.github.contents import CONTENTS
from tests.peers.github.contract import Contract, Json, Match, is_json
from tests.peers.github.controls import Controls
from tests.peers.github.documents import PUBLIC_WEB, Documents
from tests.peers.github.hooks import HOOKS
from tests.peers.github.jobs import JOBS
from tests.peers.github.log_storage import LogStorage
from tests.peers.github.packages import PACKAGES
from tests.peers.github.pulls import PULLS
from tests.peers.github.queries import answer_query, limited
from tests.peers.github.rate_limit import RateLimit
from tests.peers.github.repositories import REPOSITORIES, get_authenticated_user
from tests.peers.github.scripts import Scripts, Step
from tests.peers.github.state import Token
from tests.peers.loopback import LoopbackServer

_FREE_OF_LIMIT = "rate-limit/get"


class GitHub(LoopbackServer, Controls):
    """A stateful GitHub at `url`, with the controls of `Controls`.

    GitHub's own description is its table of addresses. A request that it carried out although the description forbids
    it, and an answer that the description does not know, are kept in `breaches` and answered 500.

    Attributes:
        breaches: what broke the contract, a sentence each.
        log: every request, oldest first.
        rate_limit: GitHub's primary limit.
        query_limit: the limit of GraphQL; every query that is made here costs one point.
        apps: the GitHub Apps.
        log_storage: where job logs lead to, on an address of its own.
    """

    def __init__(self, *, ghes: bool = False) -> None:
        """Prepare; nothing listens yet.

        Args:
            ghes: refuse `return_run_details`, as GitHub Enterprise Server up to 3.20 does.
        """
        LoopbackServer.__init__(self, self._respond_to)
        Controls.__init__(self)
        self.state.ghes = ghes
        self.breaches: list[str] = []
        self.log: list[SeenRequest] = []
        self.rate_limit = RateLimit()
        self.query_limit = RateLimit(resource="graphql")
        self.apps = Apps(self.state)
        self.log_storage = LogStorage()
        self.state.log_address = self.log_storage.address
        self._contract = Contract.published()
        self._faults, self._losses, self._scripts = Faults(), Faults(), Scripts()
        self._performers: Mapping[str, Perform] = {
            **ACTIONS,
            **CONTENTS,
            **JOBS,
            **PACKAGES,
            **PULLS,
            **HOOKS,
            **REPOSITORIES,
            "users/get-authenticated": without_apps(get_authenticated_user),
            _FREE_OF_LIMIT: self.rate_limit.overview,
        }

    @property
    def web(self) -> str:
        """The address of its pages, which are not played here."""
        return PUBLIC_WEB

    def __enter__(self) -> Self:
        self._ends.enter_context(self.log_storage)
        return super().__enter__()

    def __exit__(self, kind: type[BaseException] | None, *rest: BaseException | TracebackType | None) -> None:
        self._await_builders()
        self.failures += self._builder_failures
        super().__exit__(kind, *rest)

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
            match: method and an expression that the path starts with: `POST /repos/.*/dispatches`.
            status: an error's.
            headers: further ones; they win over the rate limit's.
            message: in GitHub's error document.
            times: how often.
        """
        method, _, path = match.partition(" ")
        answer = refusal(status, message).with_headers(*(headers or {}).items())
        self._faults.add(method, f"^(?:{path})", answer, times)

    def lose_answer(self, match: str, times: int = 1) -> None:
        """Carry out the next `times` requests that match, then answer 502: their outcome is unknown to the client."""
        method, _, path = match.partition(" ")
        self._losses.add(method, f"^(?:{path})", refusal(502, "Server Error"), times)

    def script(self, match: str, *steps: Step) -> None:
        """Let the next requests that match be answered by these steps (`scripts.py` has some), one each, in order.

        Args:
            match: as for `fail`; it sees addresses by number as they came, and by name too.
            steps: what makes each answer.
        """
        method, _, path = match.partition(" ")
        self._scripts.add(method, path, *steps)

    def heal(self) -> None:
        """Forget every scripted fault, loss and step."""
        self._scripts.clear()
        self._faults.clear()
        self._losses.clear()

    def _respond_to(self, request: Request) -> Answer | None:
        with self.state.lock:
            self.log.append(SeenRequest.of(request))
            path = named(request.path, self.state)
        step = self._scripts.take(request.method, request.path, path or request.path)
        return step(request, lambda: self._carry_out(request, path)) if step else self._carry_out(request, path)

    def _carry_out(self, request: Request, path: str | None) -> Answer | None:
        """The answer to a request whose path has names now; None when it names what is not there."""
        if path is None:
            return self._counted(refusal(404, "Not Found"))
        with self.state.lock:
            match = self._contract.find(request.method, path)
            if match is None:
                return self._beyond_contract(request)
            if fault := self._faults.take(request.method, path):
                return self._counted(fault.answer) if fault.answer else None
            body = _json_of(request.body, "application/json")
            answer = self._answer(request, path, match, body)
            problems = self._problems(request, match, body, answer)
        if problems:
            return self._breach(request, problems)
        if loss := self._losses.take(request.method, path):
            return loss.answer
        return self._conditional(request, match, answer)

    def _beyond_contract(self, request: Request) -> Answer | None:
        """Apps' operations are in GitHub's description, but not in the part of it that is kept here."""
        if (request.method, request.path) == ("POST", "/graphql"):
            return self._queried(request)
        perform = self.apps.performer(request)
        if perform is None:
            return self._breach(request, ["not in GitHub's description, or not in the part that is used here"])
        if fault := self._faults.take(request.method, request.path):
            return self._counted(fault.answer) if fault.answer else None
        return self._counted(perform(), free=True)

    def _queried(self, request: Request) -> Answer | None:
        if fault := self._faults.take(request.method, request.path):
            return self._counted(fault.answer, limit=self.query_limit) if fault.answer else None
        token = self._token(request)
        if token is None:
            return self._counted(
                refusal(401, "Bad credentials" if request.authorization else "Requires authentication")
            )
        if self.query_limit.remaining == 0:
            return self._counted(limited(), limit=self.query_limit, free=True)
        answer, problems = answer_query(self.state, token, _json_of(request.body, "application/json"))
        return self._breach(request, problems) if problems else self._counted(answer, limit=self.query_limit)

    def _answer(self, request: Request, path: str, match: Match, body: Json) -> Answer:
        token = self._token(request)
        if request.authorization and token is None:
            return refusal(401, "Bad credentials")
        perform = self._performers.get(match.operation.id)
        if perform is None:
            return refusal(501, f"{match.operation.id} is not played here")
        if self.rate_limit.remaining == 0 and match.operation.id != _FREE_OF_LIMIT:
            return self.rate_limit.refusal()
        call = Call(
            state=self.state,
            documents=Documents(self._contract, self.url, self.web),
            method=request.method,
            path=path,
            parameters=match.path_parameters,
            query=request.query,
            body=body,
            accept=request.headers.get("Accept", ""),
            token=token,
        )
        try:
            return perform(call)
        except Refused as refused:
            return refused.answer()

    def _token(self, request: Request) -> Token | None:
        """Tokens come after `token` or `Bearer`, or as the password of Basic authentication."""
        login = request.basic_login
        offered = login.password if login else request.authorization.partition(" ")[2]
        return self.apps.token(offered)

    def _problems(self, request: Request, match: Match, body: Json, answer: Answer) -> list[str]:
        # What was refused may have been wrong; only what was carried out must keep the contract.
        problems = [] if answer.status >= 400 else self._contract.request_problems(match, request.query, body)
        media_type = answer.header("Content-Type") or ""
        told = _json_of(answer.body, media_type)
        return problems + self._contract.answer_problems(match.operation, answer.status, media_type, told)

    def _breach(self, request: Request, problems: list[str]) -> Answer:
        self.breaches += [f"{request.method} {request.target}: {problem}" for problem in problems]
        return json_answer(500, {"message": "GitHub's description was broken", "problems": problems})

    def _conditional(self, request: Request, match: Match, answer: Answer) -> Answer:
        """Weak tags, different per credential; an authorised 304 is free.

        Source: docs "Best practices for using the REST API".
        """
        if request.method == "GET" and answer.status == 200:
            seed = answer.body + request.authorization.encode()
            tag = f'W/"{hashlib.sha256(seed).hexdigest()}"'
            answer = answer.with_headers(
                ("ETag", tag),
                ("Cache-Control", "private, max-age=60, s-maxage=60"),
                ("Vary", "Accept, Authorization, Cookie, X-GitHub-OTP"),
            )
            if request.headers.get("If-None-Match") == tag:
                unchanged = Answer(304, b"", answer.headers)
                return self._counted(unchanged, free=bool(request.authorization))
        return self._counted(answer, free=match.operation.id == _FREE_OF_LIMIT)

    def _counted(self, answer: Answer, *, free: bool = False, limit: RateLimit | None = None) -> Answer:
        limit = limit or self.rate_limit
        with self.state.lock:
            limit.used += 0 if free else 1
            own = {name.lower() for name, _ in answer.headers}
            limits = (header for header in limit.headers() if header[0].lower() not in own)
            return answer.with_headers(*limits, ("X-GitHub-Request-Id", f"PEER:{len(self.log)}"))


def _json_of(content: bytes, media_type: str) -> Json:
    """A body's JSON; the text if it is not JSON, None if there is no body."""
    if not content:
        return None
    if not is_json(media_type):
        return content.decode(errors="replace")
    return json.loads(content)
