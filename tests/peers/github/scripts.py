"""Scripted answers: the next requests get other answers than GitHub's, or changed ones."""

import json
import re
import threading
from collections.abc import Callable

from tests.peers.exchange import Answer, Request, json_answer
from tests.peers.github.contract import Json, is_json

CarryOut = Callable[[], Answer | None]
Step = Callable[[Request, CarryOut], Answer | None]
"""One answer; a step that never calls its second argument carries nothing out. None drops the connection."""


class Scripts:
    """Steps in the order in which they were added; a request uses at most one."""

    def __init__(self) -> None:
        self._steps: list[tuple[str, re.Pattern[str], Step]] = []
        self._lock = threading.Lock()

    def add(self, method: str, path_regex: str, *steps: Step) -> None:
        """Use each step once, for requests with this method and a path that begins with the expression."""
        pattern = re.compile(path_regex)
        with self._lock:
            self._steps += [(method, pattern, step) for step in steps]

    def take(self, method: str, *paths: str) -> Step | None:
        """The step for a request, any of whose paths may match; None if there is none."""
        with self._lock:
            for index, (wanted, pattern, step) in enumerate(self._steps):
                if wanted == method and any(pattern.match(path) for path in paths):
                    del self._steps[index]
                    return step
        return None

    def clear(self) -> None:
        """Remove every step."""
        with self._lock:
            self._steps.clear()


def answered(answer: Answer | None) -> Step:
    """This answer to any request; None closes the connection."""

    def step(request: Request, carry_out: CarryOut) -> Answer | None:
        return answer

    return step


def carried_out(_: Request, carry_out: CarryOut) -> Answer | None:
    """The normal answer."""
    return carry_out()


def unavailable(status: int = 503, *headers: tuple[str, str]) -> Step:
    """GitHub's page for outages, which is not JSON."""
    page = Answer(status, b"<html><title>Unicorn!</title></html>", (("Content-Type", "text/html"), *headers))
    return answered(page)


def redirected(address: str, status: int = 302) -> Step:
    """A redirect to this address; the request is not carried out."""
    return answered(json_answer(status, {"message": "Moved", "url": address}, ("Location", address)))


def next_page_at(address: str) -> Step:
    """The normal answer, but with this address as its next page."""

    def elsewhere(request: Request, answer: Answer) -> Answer:
        return answer.with_headers(("Link", f'<{address}>; rel="next"'))

    return _changed(elsewhere)


def echoing(*fields: str) -> Step:
    """The normal answer with the Authorization header in `X-Echo`, in Link, and in these fields of every object.

    Args:
        fields: by default `echo`, which no document has.
    """
    return _changed(lambda request, answer: _echoed(request, answer, fields or ("echo",)))


def _changed(change: Callable[[Request, Answer], Answer]) -> Step:
    def step(request: Request, carry_out: CarryOut) -> Answer | None:
        answer = carry_out()
        return answer and change(request, answer)

    return step


def _echoed(request: Request, answer: Answer, fields: tuple[str, ...]) -> Answer:
    said = request.authorization
    link = f'<https://elsewhere.example/?page=2&said={said}>; rel="next"'
    body = answer.body
    if body and is_json(answer.header("Content-Type") or ""):
        body = json.dumps(_with_fields(json.loads(body), dict.fromkeys(fields, said))).encode()
    return Answer(answer.status, body, answer.headers).with_headers(("X-Echo", said), ("Link", link))


def _with_fields(document: Json, added: dict[str, str]) -> Json:
    if isinstance(document, dict):
        return {name: _with_fields(value, added) for name, value in document.items()} | added
    return [_with_fields(each, added) for each in document] if isinstance(document, list) else document
