"""Answers of the outside for a short time: a question is asked once, however often a form repeats it."""

import math
import threading
import time
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from functools import partial
from typing import Generic, TypeVar

from cachetools import TLRUCache

from provider.containment import contained
from provider.domain.findings.finding import Unanswered
from provider.errors import InternalError
from proxy.at_once import AtOnce
from proxy.deadline import Deadline, Monotonic
from proxy.errors import Never, OutsideFailure, Unavailable

Question = TypeVar("Question", bound=Hashable)
Answer = TypeVar("Answer")

_ANSWER_SECONDS = 30.0
# A person corrects what is wrong and asks again.
_NEVER_SECONDS = 5.0
_NOT_NOW_SECONDS = 2.0
_MOST_RUNNING = 200


class RecentAnswers(Generic[Question, Answer]):
    """Asks each question in a thread of its own, and remembers the answer. Safe to use from many threads.

    A question whose asker has stopped waiting goes on, and its answer is there for the next one who asks.

    Args:
        what: is asked, for messages: "the registry".
        ask: gives the answer to one question, or raises OutsideFailure.
        threads: the most questions that are asked at a time.
        most: the number of answers that are remembered.
        monotonic: the clock of the memory.
    """

    def __init__(
        self,
        what: str,
        ask: Callable[[Question], Answer],
        *,
        threads: int,
        most: int,
        monotonic: Monotonic = time.monotonic,
    ) -> None:
        self._what = what
        self._ask = ask
        self._lock = threading.Lock()
        self._running: dict[Question, Future[Answer | Unanswered]] = {}
        self._known: TLRUCache[Question, Answer | Unanswered] = TLRUCache(
            most, lambda _, answer, now: now + _seconds(answer), timer=monotonic
        )
        self._threads = AtOnce(threads, Deadline(math.inf, monotonic))

    def begin(self, question: Question) -> Future[Answer | Unanswered]:
        """The answer, which is there at once where it is known; the future never raises."""
        with self._lock:
            if question in self._known:
                return _done(self._known[question])
            if running := self._running.get(question):
                return running
            if len(self._running) >= _MOST_RUNNING:
                return _done(Unavailable(f"{self._what} is asked too many questions now; ask again in a moment"))
            mine: Future[Answer | Unanswered] = Future()
            self._running[question] = mine
        self._threads.put(partial(self._run, question, mine))
        return mine

    def get(self, question: Question) -> Answer:
        """The answer, however long it takes.

        Raises:
            OutsideFailure, InternalError: there is none.
        """
        answer = self.begin(question).result()
        if isinstance(answer, (OutsideFailure, InternalError)):
            raise answer
        return answer

    def _run(self, question: Question, mine: "Future[Answer | Unanswered]") -> None:
        answer = contained(f"{self._what}, asked about an enrollment", self._answer, question)
        with self._lock:
            self._known[question] = answer
            del self._running[question]
        mine.set_result(answer)

    def _answer(self, question: Question) -> Answer | OutsideFailure:
        try:
            return self._ask(question)
        except OutsideFailure as error:
            return error


def in_time(future: "Future[Answer | Unanswered]", deadline: Deadline, what: str) -> Answer | Unanswered:
    """The answer, or that there is none by the deadline; `what` was asked, for the message."""
    try:
        return future.result(timeout=deadline.left)
    except TimeoutError:
        return Unavailable(f"{what} has not answered in time; ask again in a moment")


def _done(answer: Answer | Unanswered) -> "Future[Answer | Unanswered]":
    future: Future[Answer | Unanswered] = Future()
    future.set_result(answer)
    return future


def _seconds(answer: object) -> float:
    if isinstance(answer, Never):
        return _NEVER_SECONDS
    return _NOT_NOW_SECONDS if isinstance(answer, (OutsideFailure, InternalError)) else _ANSWER_SECONDS
