"""Answers that were given a moment ago are given again before Flask is asked.

An endpoint opts in for the request at hand by `keep_for`, and promises by that that its answer depends on path and
query alone, and is for every caller who may read.
"""

import itertools
import time
import uuid
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Flask, Response, g, request
from werkzeug.http import parse_etags

from provider.api.answers.errors import REQUEST_ID
from provider.api.answers.kept_answers import Headers, KeptAnswer, KeptAnswers, headers_to_keep, key_of
from provider.api.metrics import Measure
from provider.auth.access import Access, current_caller
from provider.auth.early_check import may_read_at_once

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_OF_THE_BODY = frozenset({"content-length", "content-type"})


def keep_for(seconds: float) -> None:
    """Give the answer of this request to every caller who may read and sends the same request, for so many seconds.

    For one more second at most it is given while the next one is being made for another caller.

    Not for what `refresh=true` asks for, and not for an old answer: the next caller may get a new one. What is no 200
    is not kept in any case.
    """
    g.keep_for = seconds


class FastAnswers:
    """A WSGI layer that gives kept answers to service tokens."""

    def __init__(self, inner: "WSGIApplication", kept: KeptAnswers, access: Access, measure: Measure) -> None:
        self._inner = inner
        self._kept = kept
        self._access = access
        self._measure = measure
        # Counted from a random number: a random one for each would let go of the interpreter's lock in the middle of
        # every answer (os.urandom does), and then threads take turns rather than finish.
        self._ids = itertools.count(uuid.uuid4().int)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer, or leave it to the app; a request that is not sure to be let in is the guard's."""
        started = time.perf_counter()
        key = key_of(environ)
        # A caller who may not read must not be the one that makes the next answer.
        may_read = key is not None and _may_read(self._access, environ)
        answer = self._kept.get(key) if key is not None and may_read else None
        if answer is None:
            return self._inner(environ, start_response)
        status, headers, body = _answered(answer, environ.get("HTTP_IF_NONE_MATCH"))
        start_response(status, [*headers, (REQUEST_ID, f"{next(self._ids):032x}")])
        self._measure("GET", answer.endpoint, status[:3], time.perf_counter() - started)
        return body


def answer_fast(app: Flask, access: Access, measure: Measure, now: Callable[[], float] = time.monotonic) -> None:
    """Put the fast way before the app. To be called after measuring was set up, and before all that adds headers."""
    kept = KeptAnswers(now)

    # Flask calls these in the reverse of their order: this one sees every header that others add.
    @app.after_request
    def keep(response: Response) -> Response:
        seconds = g.get("keep_for")
        if seconds is None or response.status_code != HTTPStatus.OK or response.is_streamed:
            return response
        response.add_etag()
        key, headers = key_of(request.environ), headers_to_keep(response.headers.items())
        if key is not None and headers is not None and current_caller() is not None:
            answer = KeptAnswer(request.endpoint or "", response.headers["ETag"], headers, response.get_data(), seconds)
            kept.keep(key, answer)
        response.make_conditional(request)
        return response

    app.wsgi_app = FastAnswers(app.wsgi_app, kept, access, measure)  # type: ignore[method-assign]  # Flask's own way


def _may_read(access: Access, environ: "WSGIEnvironment") -> bool:
    return may_read_at_once(
        access,
        own_header=environ.get("HTTP_X_IMAGE_FACTORY_TOKEN"),
        authorization=environ.get("HTTP_AUTHORIZATION"),
    )


def _answered(answer: KeptAnswer, known: str | None) -> tuple[str, Headers, list[bytes]]:
    if known is not None and parse_etags(known).contains_weak(answer.etag.strip('"')):
        headers = tuple((name, value) for name, value in answer.headers if name.lower() not in _OF_THE_BODY)
        return "304 NOT MODIFIED", headers, []
    return "200 OK", answer.headers, [answer.body]
