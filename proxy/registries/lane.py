"""The quick way for many HEAD requests to one registry: one thread, and only what goes well.

Whatever else happens (a refusal, a redirect, a failure, a limit) is left to `Session.ask`, which knows what to do.
Measured with 2,000 digests behind TLS and 30 ms: half the CPU of one thread for each request, because threads wait for
each other's interpreter.
"""

import time
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus

from proxy.deadline import Deadline
from proxy.errors import KeptBack, OutsideFailure
from proxy.http.budgets.budget import Budget
from proxy.http.exchange import Answer, Request
from proxy.http.exchanges import Exchanges
from proxy.http.transport import DEFAULT_LIMIT, Transport
from proxy.registries.auth import Authenticator, Authorization, NeedsMore, TokenNeeded
from proxy.registries.token_requests import token_question
from proxy.secrets.tokens import Scopes

_GOOD = frozenset({HTTPStatus.OK, HTTPStatus.NOT_MODIFIED})
# So many in a row are no exception any more: the ordinary way then finds out what is wrong.
_MOST_FAILURES = 16
# As in `run_all`: what begins later can hardly end by the deadline.
_LAST_START_SECONDS = 5.0
# While so many are in progress, answers are taken in steps.
_MANY = 16
_STEP_SECONDS = 0.002
_WAIT_SECONDS = 0.25


@dataclass(frozen=True, slots=True)
class Question:
    """A HEAD request.

    Attributes:
        number: identifies it.
        url: its address.
        repository: with a mirror's prefix.
        headers: without Authorization.
        counted: whether it counts against the registry's own limit.
    """

    number: int
    url: str
    repository: str
    headers: Mapping[str, str] = field(repr=False)
    counted: bool


@dataclass(frozen=True, slots=True)
class _Asked:
    question: Question
    used: Authorization | None


@dataclass(frozen=True, slots=True)
class _TokenAsked:
    needed: TokenNeeded
    at: datetime


class Lane:
    """Asks one registry. Belongs to one thread.

    Args:
        transport: sends the requests.
        budget: of the registry; each request has a slot of it.
        authenticator: of the registry.
    """

    def __init__(self, transport: Transport, budget: Budget, authenticator: Authenticator) -> None:
        self._transport = transport
        self._budget = budget
        self._authenticator = authenticator
        self._exchanges: Exchanges[_Asked | _TokenAsked] = Exchanges(transport)
        self._waiting: deque[Question] = deque()
        self._for_tokens: dict[Scopes, list[Question]] = defaultdict(list)
        self._left: list[int] = []
        self._failures = 0
        # The clock is read once for many exchanges.
        self._now = transport.now()

    def ask(self, questions: Iterable[Question], deadline: Deadline | None) -> Iterator[tuple[int, Answer | None]]:
        """The answers as they come, by the numbers of the questions; None: the ordinary way has to ask.

        Args:
            questions: in the order in which they are asked.
            deadline: in its last 5 seconds no request is begun.
        """
        self._waiting.extend(questions)
        try:
            while True:
                self._now = self._transport.now()
                while self._goes_on(deadline) and self._begin_next():
                    pass
                yield from self._given_back()
                if not self._exchanges:
                    break
                if len(self._exchanges) >= _MANY:
                    time.sleep(_STEP_SECONDS)
                ended = self._exchanges.ended(_WAIT_SECONDS)
                self._now = self._transport.now()
                for what, answer in ended:
                    self._budget.slots.release()
                    if isinstance(what, _TokenAsked):
                        self._take_token(what, answer)
                    elif self._is_good(what, answer):
                        yield what.question.number, answer
                    else:
                        self._give_back(what.question)
                if deadline is not None and deadline.passed:
                    break
        finally:
            self._close()
        yield from self._given_back()

    def _goes_on(self, deadline: Deadline | None) -> bool:
        in_time = deadline is None or deadline.left > _LAST_START_SECONDS
        return bool(self._waiting) and self._failures < _MOST_FAILURES and in_time

    def _begin_next(self) -> bool:
        """Begin the next question; false if nothing more can begin now."""
        if not self._budget.slots.acquire_at_once():
            return False
        question = self._waiting[0]
        begun = False
        try:
            begun = self._begin(question)
        finally:
            if not begun:
                self._budget.slots.release()
        return begun or not self._waiting or self._waiting[0] is not question

    def _begin(self, question: Question) -> bool:
        """Whether an exchange has begun; without one, the question is either still the next one, or it is not here."""
        try:
            found = self._authenticator.at_hand(question.repository)
            if isinstance(found, TokenNeeded) and self._for_tokens.get(found.key):
                self._for_tokens[found.key].append(self._waiting.popleft())
                return False
            if self._budget.admit(self._now, counted=question.counted, repository=question.repository):
                raise NeedsMore
        except (OutsideFailure, NeedsMore) as error:
            self._give_back(self._waiting.popleft(), failed=not isinstance(error, KeptBack))
            return False
        if isinstance(found, TokenNeeded):
            url, headers = token_question(found.request)
            what: _Asked | _TokenAsked = _TokenAsked(found, self._now)
            request = Request("GET", url, headers, None, DEFAULT_LIMIT)
        else:
            what = _Asked(question, found)
            signed = {**question.headers, "authorization": found.header.reveal()} if found else question.headers
            request = Request("HEAD", question.url, signed, None, DEFAULT_LIMIT)
        if not self._exchanges.begin(what, request):
            if not self._exchanges:
                # Nothing that ends could make room for it.
                self._give_back(self._waiting.popleft())
            return False
        self._waiting.popleft()
        if isinstance(found, TokenNeeded):
            self._for_tokens[found.key].append(question)
        return True

    def _take_token(self, asked: _TokenAsked, answer: Answer | None) -> None:
        """Ask what waited for the token."""
        waited = self._for_tokens.pop(asked.needed.key, [])
        if answer is not None:
            limited = answer.status == HTTPStatus.TOO_MANY_REQUESTS
            self._budget.observe(answer.status, answer.headers, self._now, counted=False, shared=limited)
            try:
                if answer.status == HTTPStatus.OK:
                    self._authenticator.fetched(asked.needed, answer, asked.at)
                    self._waiting.extendleft(reversed(waited))
                    return
            except OutsideFailure:
                pass
        for question in waited:
            self._give_back(question)

    def _is_good(self, asked: _Asked, answer: Answer | None) -> bool:
        if answer is None:
            return False
        question = asked.question
        self._budget.observe(answer.status, answer.headers, self._now, counted=question.counted, shared=False)
        if answer.status not in _GOOD:
            return False
        self._authenticator.accepted(question.repository, asked.used, None)
        self._budget.answered(question.repository)
        self._failures = 0
        return True

    def _give_back(self, question: Question, *, failed: bool = True) -> None:
        self._failures += failed
        self._left.append(question.number)

    def _given_back(self) -> Iterator[tuple[int, None]]:
        while self._left:
            yield self._left.pop(), None

    def _close(self) -> None:
        for what in self._exchanges.close():
            self._budget.slots.release()
            if isinstance(what, _Asked):
                self._left.append(what.question.number)
        for waited in self._for_tokens.values():
            self._left += [question.number for question in waited]
        self._left += [question.number for question in self._waiting]
        self._for_tokens.clear()
        self._waiting.clear()
