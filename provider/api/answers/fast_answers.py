"""Responses that are cached for a moment and sent without calling Flask.

An endpoint opts in for the current request with `keep_for`. With that it promises that its response depends only on
the path and the query, and that every caller with read permission may get it.
"""

import time
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Flask, Response, g, request
from werkzeug.http import parse_etags

from provider.api.answers.kept_answers import Headers, KeptAnswer, KeptAnswers, headers_to_keep, key_of
from provider.api.metrics import Measure
from provider.api.request_ids import note_request
from provider.auth.access import Access, current_caller
from provider.auth.early_check import may_read_early

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_FOR_ONE_CALLER = ("Cache-Control", "private, no-cache")
_OF_THE_BODY = frozenset({"content-length", "content-type"})


def keep_for(seconds: float) -> None:
    """Send the response of this request to every caller with read permission and the same request, for these seconds.

    It is sent for at most one more second while the next response is being made for another caller.

    Do not call it for requests with `refresh=true` or for stale responses, because the next caller may get a newer one.
    Only responses with status 200 are cached.
    """
    g.keep_for = seconds


class FastAnswers:
    """A WSGI layer that sends cached responses to callers with a service token."""

    def __init__(self, inner: "WSGIApplication", kept: KeptAnswers, access: Access, measure: Measure) -> None:
        self._inner = inner
        self._kept = kept
        self._access = access
        self._measure = measure

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Send a cached response, or call the app, which decides about every request that is not clearly allowed."""
        started = time.perf_counter()
        key = key_of(environ)
        # A caller without read permission must not be the one who makes the next response.
        may_read = key is not None and _may_read(self._access, environ)
        answer = self._kept.get(key) if key is not None and may_read else None
        if answer is None:
            return self._inner(environ, start_response)
        status, headers, body = _answered(answer, environ.get("HTTP_IF_NONE_MATCH"))
        start_response(status, [*headers])
        note_request("GET", answer.endpoint, int(status[:3]))
        self._measure("GET", answer.endpoint, status[:3], time.perf_counter() - started)
        return body


def answer_fast(app: Flask, access: Access, measure: Measure, now: Callable[[], float] = time.monotonic) -> None:
    """Put the cache before the app. Call it after the metrics are set up, and before everything that adds headers."""
    kept = KeptAnswers(now)

    # Flask calls these functions in reverse order, so this one sees the headers that all others add.
    @app.after_request
    def keep(response: Response) -> Response:
        seconds = g.get("keep_for")
        if seconds is None:
            return response
        if response.status_code != HTTPStatus.OK or response.is_streamed:
            response.headers.setdefault("Cache-Control", "private, no-store")
            return response
        response.add_etag()
        key, headers = key_of(request.environ), headers_to_keep(response.headers.items())
        # Only now: other caches must not keep what this one gives to callers with read permission.
        response.headers.setdefault(*_FOR_ONE_CALLER)
        if key is not None and headers is not None and current_caller() is not None:
            shared = headers if "Cache-Control" in dict(headers) else (*headers, _FOR_ONE_CALLER)
            answer = KeptAnswer(request.endpoint or "", response.headers["ETag"], shared, response.get_data(), seconds)
            kept.keep(key, answer)
        response.make_conditional(request)
        return response

    app.wsgi_app = FastAnswers(app.wsgi_app, kept, access, measure)  # type: ignore[method-assign]  # as Flask's documentation does it


def _may_read(access: Access, environ: "WSGIEnvironment") -> bool:
    return may_read_early(
        access,
        token_header=environ.get("HTTP_X_IMAGE_FACTORY_TOKEN"),
        authorization=environ.get("HTTP_AUTHORIZATION"),
    )


def _answered(answer: KeptAnswer, known: str | None) -> tuple[str, Headers, list[bytes]]:
    if known is not None and parse_etags(known).contains_weak(answer.etag.strip('"')):
        headers = tuple((name, value) for name, value in answer.headers if name.lower() not in _OF_THE_BODY)
        return "304 NOT MODIFIED", headers, []
    return "200 OK", answer.headers, [answer.body]
