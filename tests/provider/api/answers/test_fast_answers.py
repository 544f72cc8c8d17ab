"""Tests of cached responses that are sent without calling Flask."""

import pytest
from flask import Flask, Response, jsonify, make_response, request
from flask.testing import FlaskClient
from prometheus_client import CollectorRegistry, generate_latest
from werkzeug.test import TestResponse

from provider.api.answers.errors import register_errors
from provider.api.answers.fast_answers import FastAnswers, answer_fast, keep_for
from provider.api.metrics import measure_requests
from provider.api.request_ids import RequestIds
from provider.auth.access import Access, EndpointRules, guard
from provider.auth.callers import parse_tokens
from provider.pages.headers import protect_browsers
from tests.provider.api.answers.test_kept_answers import Seconds
from tests.provider.web_images import MemoryIndex
from tests.provider.web_part import web
from tests.proxy.clocks import NOW

TOKEN = {"X-Image-Factory-Token": "good"}
ACCESS = Access(parse_tokens("ci:read:good,ops:admin:better"))


class Service:
    """A small app set up in the order of the web part; `made` counts the responses that its views made."""

    def __init__(self, access: Access = ACCESS) -> None:
        self.made = 0
        self.clock = Seconds()
        self.registry = CollectorRegistry()
        self._app = Flask("fast", static_folder=None)
        answer_fast(self._app, access, measure_requests(self._app, self.registry), self.clock)
        guard(self._app, access, EndpointRules(public={"open"}, catalog=()), "http://factory.example", lambda: NOW)
        register_errors(self._app, lambda *_: "", {"pages"})
        protect_browsers(self._app, "http://factory.example")
        for rule in ("page", "always", "open"):
            self._app.add_url_rule(f"/{rule}", rule, getattr(self, rule), methods=["GET", "POST"])

    @property
    def client(self) -> FlaskClient:
        """A client without cookies."""
        return self._app.test_client(use_cookies=False)

    def ask(self, target: str = "/page", headers: dict[str, str] | None = None) -> TestResponse:
        """Send GET as the reader."""
        return self.client.open(target, headers=TOKEN if headers is None else headers)

    def page(self) -> Response:
        """Cached for two seconds; the query sets its status or adds a header."""
        self.made += 1
        response = make_response(jsonify(number=self.made), int(request.args.get("status", "200")))
        if "header" in request.args:
            response.headers[request.args["header"]] = "x"
        keep_for(2)
        return response

    def always(self) -> Response:
        """Never cached."""
        self.made += 1
        return jsonify(number=self.made)

    open = page


@pytest.fixture
def service() -> Service:
    """A service with two callers."""
    return Service()


def test_a_response_is_sent_again_for_its_time(service: Service) -> None:
    """Every service token gets it, with either header; after that a new one is made."""
    first = service.ask()
    again = service.ask()
    other = service.ask(headers={"Authorization": "Bearer better"})
    service.clock.now = 2.0
    new = service.ask()

    assert [seen.get_json()["number"] for seen in (first, again, other, new)] == [1, 1, 1, 2]


def test_a_cached_response_has_the_same_headers(service: Service) -> None:
    """All headers are the same, also those for browsers."""
    first, again = service.ask(), service.ask()

    assert {(k, v) for k, v in first.headers if k != "Date"} == {(k, v) for k, v in again.headers if k != "Date"}
    assert {"Content-Security-Policy", "X-Content-Type-Options", "ETag"} <= set(again.headers.keys())


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("/page", "private, no-cache"),
        ("/page?status=404", "private, no-store"),
        ("/page?header=Link", "private, no-cache"),
        ("/page?header=Cache-Control", "x"),
        ("/always", "private, no-store"),
    ],
)
def test_no_other_cache_keeps_a_response(service: Service, target: str, expected: str) -> None:
    """Whether it is made or sent again, and whether it is kept here or not."""
    assert [service.ask(target).headers["Cache-Control"] for _ in range(2)] == [expected] * 2


def test_a_request_without_host_gets_no_cached_response(service: Service) -> None:
    """The guard refuses it."""
    service.ask()

    assert service.client.get("/page", headers=TOKEN, environ_overrides={"HTTP_HOST": ""}).status_code == 400


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Image-Factory-Token": "bad"},
        {"X-Image-Factory-Token": ""},
        {"Authorization": "Bearer bad"},
        {"Authorization": "Basic good"},
        {"X-Image-Factory-Token": "good", "Authorization": "Bearer bad"},
        {"Cookie": "token=good"},
    ],
)
def test_a_caller_without_permission_gets_no_cached_response(service: Service, headers: dict[str, str]) -> None:
    """The response is 401 with its challenge, even if a response is cached."""
    service.ask()
    refused = service.ask(headers=headers)

    assert refused.status_code == 401
    assert refused.headers["WWW-Authenticate"] == "Bearer realm=image-factory"
    assert b"number" not in refused.data


def test_a_refused_caller_does_not_make_the_next_response(service: Service) -> None:
    """After its time, the next permitted caller makes the new response."""
    service.ask()
    service.clock.now = 2.0

    assert service.ask(headers={}).status_code == 401
    assert [service.ask().get_json()["number"] for _ in range(2)] == [2, 2]


@pytest.mark.parametrize("query", ["token=good", "access_token=good"])
def test_a_token_in_the_query_is_refused(service: Service, query: str) -> None:
    """It is refused with and without a cached response for the same query."""
    assert service.ask(f"/page?{query}", headers={}).status_code == 401
    assert service.ask(f"/page?{query}").status_code == 200
    assert service.ask(f"/page?{query}", headers={}).status_code == 401


def test_without_configured_callers_only_this_machine_is_served() -> None:
    """Each request is checked, and no response is cached."""
    service = Service(Access())
    assert [service.ask(headers={}).get_json()["number"] for _ in range(2)] == [1, 2]
    assert service.ask(headers={"Host": "evil.example"}).status_code == 403
    assert service.ask(headers={"X-Forwarded-For": "192.0.2.1"}).status_code == 403
    assert service.client.get("/page", environ_base={"REMOTE_ADDR": "192.0.2.1"}).status_code == 403


def test_a_public_response_is_not_cached(service: Service) -> None:
    """There is no caller, so it may differ from the response for callers."""
    assert [service.ask("/open", headers={}).get_json()["number"] for _ in range(2)] == [1, 2]
    assert service.ask("/open").get_json()["number"] == 3


@pytest.mark.parametrize("query", ["header=Set-Cookie", "header=Vary", "header=X-New", "status=203", "status=503"])
def test_special_responses_are_made_each_time(service: Service, query: str) -> None:
    """Special are a header that may be meant for one caller, and a status other than 200."""
    assert [service.ask(f"/page?{query}").get_json()["number"] for _ in range(2)] == [1, 2]


def test_an_endpoint_that_does_not_opt_in_is_called_each_time(service: Service) -> None:
    """This is the default."""
    assert [service.ask("/always").get_json()["number"] for _ in range(2)] == [1, 2]


def test_unusual_requests_for_the_same_path_call_the_app(service: Service) -> None:
    """Unusual are HEAD, POST, a body, a cookie, a range and another query."""
    service.ask()
    assert service.client.head("/page", headers=TOKEN).data == b""
    assert service.client.post("/page", headers=TOKEN).get_json()["number"] == 3
    assert service.client.get("/page", headers=TOKEN, data=b"x").get_json()["number"] == 4
    assert service.ask(headers={**TOKEN, "Cookie": "a=b"}).get_json()["number"] == 5
    assert service.ask(headers={**TOKEN, "Range": "bytes=0-1"}).get_json()["number"] == 6
    assert service.ask("/page?page=2").get_json()["number"] == 7
    assert service.ask().get_json()["number"] == 1


def test_a_known_response_is_304(service: Service) -> None:
    """It has the tag and the headers for browsers, from the app and from the cache; another tag gets the body."""
    etag = service.ask().headers["ETag"]
    service.clock.now = 1.0
    fast = service.ask(headers={**TOKEN, "If-None-Match": f'"other", {etag}'})
    weak = service.ask(headers={**TOKEN, "If-None-Match": f"W/{etag}"})
    assert service.made == 1
    for seen in (fast, weak):
        assert (seen.status_code, seen.data, seen.headers["ETag"]) == (304, b"", etag)
        assert "Content-Length" not in seen.headers
        assert seen.headers["X-Frame-Options"] == "DENY"
    assert service.ask(headers={**TOKEN, "If-None-Match": '"other"'}).status_code == 200
    assert not etag.startswith("W/")


def test_the_app_compares_tags_too(service: Service) -> None:
    """The tag is compared with the new response, which is then cached."""
    seen = service.ask("/page?header=X-New")
    service.made = 0
    assert (
        service.ask("/page?header=X-New", headers={**TOKEN, "If-None-Match": seen.headers["ETag"]}).status_code == 304
    )
    service.clock.now = 5.0
    service.made = 0
    assert service.ask(headers={**TOKEN, "If-None-Match": '"other"'}).status_code == 200
    assert service.ask().get_json()["number"] == 1


def test_the_web_part_answers_fast() -> None:
    """The cache is in front of the real application, and behind it only what gives each request its id."""
    outermost = web(MemoryIndex()).wsgi_app
    assert isinstance(outermost, RequestIds)
    assert isinstance(outermost.inner, FastAnswers)


def test_cached_responses_are_measured_like_others(service: Service) -> None:
    """They are counted by method, endpoint and status."""
    etag = service.ask().headers["ETag"]
    service.ask()
    service.ask(headers={**TOKEN, "If-None-Match": etag})
    service.ask(headers={})

    counted = generate_latest(service.registry).decode()
    for status, times in {"200": 2.0, "304": 1.0, "401": 1.0}.items():
        line = f'image_factory_http_requests_total{{endpoint="page",method="GET",status="{status}"}} {times}'
        assert line in counted
    assert 'image_factory_http_request_seconds_count{endpoint="page",method="GET"} 4.0' in counted
