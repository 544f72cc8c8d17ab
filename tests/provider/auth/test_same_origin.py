"""Tests of the same-origin check: one table of cases, for the decision and for each way to change something."""

import re
from collections.abc import Callable
from functools import cache

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from provider.auth.access import Access
from provider.auth.callers import CallerRole, ServiceToken
from provider.auth.same_origin import SAFE_METHODS, SentHeaders, refusal
from proxy.secrets.secret import Secret
from tests.provider.auth.page_rows import ROWS, PageKind, Row
from tests.provider.tracker.pages.tracker_pages_web import TrackerWorld

TOKEN = "an-admin-token-1"
TOKENS = (ServiceToken("mia", CallerRole.ADMIN, Secret(TOKEN)),)
# Credentials that each way to change something accepts.
VOUCHED = {"Sec-Fetch-Site": "same-origin", "Accept": "text/html"}
rows = pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)


def decided(row: Row, *, needs_page: bool, method: str = "POST") -> str | None:
    """The result of the decision."""
    sent = SentHeaders(method, row.host, row.origin, row.referer, row.site)
    return refusal(sent, row.public_url, needs_page=needs_page)


@rows
def test_the_decision(row: Row) -> None:
    """A page of this service is accepted, another page is refused; no page is accepted only with a token."""
    assert (decided(row, needs_page=True) is None) == (row.kind is PageKind.OURS)
    assert (decided(row, needs_page=False) is None) == (row.kind is not PageKind.ELSEWHERE)


@rows
def test_a_request_that_changes_nothing_is_accepted_from_any_page(row: Row) -> None:
    """A page of another site cannot read the response."""
    assert {decided(row, needs_page=True, method=method) for method in SAFE_METHODS} == {None}


def test_a_refusal_names_the_page_and_the_public_address() -> None:
    """An operator can see from it which setting is wrong."""
    sent = SentHeaders("POST", "backend:80", "https://factory.example")
    assert refusal(sent, "http://127.0.0.1:8080", needs_page=False) == (
        "A page at https://factory.example:443 sent this request, and only pages of this service may change anything "
        "here. Open http://127.0.0.1:8080 and try again; IMAGE_FACTORY_PUBLIC_URL names this address."
    )


@given(st.text(), st.text(), st.text())
def test_any_header_value_is_accepted_or_refused(host: str, origin: str, referer: str) -> None:
    """Any header value is accepted or refused, and no exception is raised."""
    for named in (origin, None):
        refusal(SentHeaders("POST", host, named, referer), "https://factory.example", needs_page=True)


@cache
def application(public_url: str) -> Flask:
    """The web part with this public address and one token."""
    return TrackerWorld().app(Access(TOKENS), public_url)


class Visitor:
    """A browser at the host of the row."""

    def __init__(self, row: Row) -> None:
        self.client: FlaskClient = application(row.public_url).test_client()
        self._base = f"{row.public_url.partition(':')[0].lower()}://{row.host}"
        self._row = row

    def csrf(self) -> str:
        """The CSRF token, which a page of another site does not have."""
        page = self.client.get("/repositories/new", base_url=self._base, headers=VOUCHED, follow_redirects=True)
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)
        assert found
        return found[1]

    def sign_in(self) -> None:
        """Sign in with the form of this service."""
        form = {"token": TOKEN, "csrf_token": self.csrf()}
        assert self.client.post("/login", base_url=self._base, data=form, headers=VOUCHED).status_code == 303

    def form(self, path: str, **fields: str) -> TestResponse:
        """Send a form with the headers of the row."""
        data = {**fields, "csrf_token": self.csrf()}
        return self.client.post(path, base_url=self._base, data=data, headers={**self._row.headers})

    def delete(self, **headers: str) -> TestResponse:
        """Send DELETE to the API with the headers of the row."""
        path, sent = "/api/v1/repositories/99", {**self._row.headers, **headers}
        return self.client.delete(path, base_url=self._base, json={}, headers=sent)


def sign_in(visitor: Visitor) -> TestResponse:
    """Send the form of /login."""
    return visitor.form("/login", token=TOKEN)


def sign_out(visitor: Visitor) -> TestResponse:
    """Send the sign-out form."""
    visitor.sign_in()
    return visitor.form("/logout")


def page_form(visitor: Visitor) -> TestResponse:
    """Send a form that deletes a repository."""
    visitor.sign_in()
    return visitor.form("/repositories/99/delete")


def api_in_a_session(visitor: Visitor) -> TestResponse:
    """Send the request of a script on a page."""
    visitor.sign_in()
    return visitor.delete()


def api_by_token(visitor: Visitor) -> TestResponse:
    """Send the request of a program or of a page with a token."""
    return visitor.delete(Authorization=f"Bearer {TOKEN}")


@rows
@pytest.mark.parametrize(
    ("enter", "passed", "needs_page"),
    [
        (sign_in, 303, True),
        (sign_out, 303, True),
        (page_form, 404, True),
        (api_in_a_session, 404, True),
        (api_by_token, 404, False),
    ],
    ids=["sign in", "sign out", "page form", "API in a session", "API by token"],
)
def test_every_way_to_change_something_decides_alike(
    enter: Callable[[Visitor], TestResponse], passed: int, needs_page: bool, row: Row
) -> None:
    """A refused request is 403; an accepted request reaches its view, in the whole application."""
    refused = row.kind is PageKind.ELSEWHERE or (needs_page and row.kind is PageKind.NONE)
    assert enter(Visitor(row)).status_code == (403 if refused else passed)
