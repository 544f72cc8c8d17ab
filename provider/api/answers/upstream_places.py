"""Keeps threads of the web server free of waits for other hosts, so that what needs only the database is answered.

A request takes one of the places when it first has to wait for another host (`proxy/places.py`), and keeps it until its
answer is made, so that a change that has begun is not refused half way. Cached answers need none. Without a place the
answer is 503 with Retry-After, or what was known before.
"""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from flask import Flask, Response, request
from prometheus_client import CollectorRegistry, Counter, Gauge

from provider.api.answers.shared_places import PlaceLimits, SharedPlaces, Turn
from provider.api.answers.upstream_failures import no_place
from provider.auth.access import current_caller
from provider.auth.attempts import network_of
from proxy.places import NoPlace, limited_by

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_READS = frozenset({"GET", "HEAD"})
RETRY_SECONDS = 5
"""When a request without a place makes sense again."""

# Half as many wait for one of them, and half of each are for one caller.
LIMITS = PlaceLimits(places=8, of_caller=4, waiting=4, waiting_of_caller=2, seconds=2.0)
# A change is not refused for what others read, and rather waits than fails.
CHANGE_LIMITS = PlaceLimits(places=8, of_caller=8, waiting=4, waiting_of_caller=4, seconds=30.0)


class UpstreamPlaces:
    """A WSGI layer: each request in it waits for other hosts only with one of the places.

    Args:
        inner: the application.
        reads: the places of all requests that read.
        changes: the places of all others.
        count: counts how each request got a place, or that it got none.
    """

    def __init__(
        self, inner: "WSGIApplication", reads: SharedPlaces, changes: SharedPlaces, count: Callable[[Turn], None]
    ) -> None:
        self._inner = inner
        self._reads = reads
        self._changes = changes
        self._count = count

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Call the application; its place is free again as soon as it has answered."""
        place = _PlaceOfRequest(self._reads, self._changes, self._count)
        try:
            with limited_by(place.take):
                return self._inner(environ, start_response)
        finally:
            place.give_back()


class _PlaceOfRequest:
    """The place of one request, once it needs one."""

    def __init__(self, reads: SharedPlaces, changes: SharedPlaces, count: Callable[[Turn], None]) -> None:
        self._reads = reads
        self._changes = changes
        self._of = reads
        self._count = count
        self._caller = ""
        self._turn: Turn | None = None

    def take(self) -> int | None:
        """As `TakePlace`; a request asks for a place only once."""
        if self._turn is None:
            self._caller = _caller()
            self._of = self._reads if request.method in _READS else self._changes
            self._turn = self._of.take(self._caller)
            self._count(self._turn)
        return RETRY_SECONDS if self._turn is Turn.REFUSED else None

    def give_back(self) -> None:
        if self._turn in {Turn.AT_ONCE, Turn.WAITED}:
            self._of.give_back(self._caller)


def limit_upstream_waits(app: Flask, registry: CollectorRegistry) -> None:
    """Put the layer around the app, answer requests without a place with 503, and count both in the metrics."""
    reads, changes = SharedPlaces(LIMITS), SharedPlaces(CHANGE_LIMITS)
    counted = Counter(
        "image_factory_upstream_places_total",
        "Requests that had to wait for another host, by how they got one of the places.",
        ["outcome"],
        registry=registry,
    )
    for turn in Turn:
        counted.labels(turn.value)
    held = Gauge(
        "image_factory_upstream_places_held", "Requests that have one of the places at this moment.", registry=registry
    )
    held.set_function(lambda: reads.held() + changes.held())
    layer = UpstreamPlaces(app.wsgi_app, reads, changes, lambda turn: counted.labels(turn.value).inc())
    app.wsgi_app = layer  # type: ignore[method-assign]  # as Flask's documentation does it

    def refused(error: NoPlace) -> Response:
        answer: Response = app.make_response(app.handle_http_exception(no_place(error)))
        if request.method == "GET" and answer.mimetype == "text/html":
            answer.headers["Refresh"] = str(error.retry_seconds)
        return answer

    app.register_error_handler(NoPlace, refused)


def _caller() -> str:
    """Who shares places: a known caller, else the network of the request."""
    caller = current_caller()
    return f"caller {caller.name}" if caller else f"network {network_of(request.remote_addr)}"
