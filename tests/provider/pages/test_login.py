"""Tests of signing in with a service token."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from provider.auth.access import Access
from provider.auth.callers import CallerRole, ServiceToken
from provider.auth.start_token import StartToken
from provider.pages.browsers import Guidance
from provider.settings.contact import Contact
from proxy.secrets.secret import Secret
from tests.provider.tracker.pages.tracker_pages_web import PUBLIC_URL, TrackerWorld

ADMIN = ServiceToken("mia", CallerRole.ADMIN, Secret("admin-token"))
READER = ServiceToken("tom", CallerRole.READ, Secret("read-token"))
ACCESS = Access((ADMIN, READER))
HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
# The headers that a browser adds to a form of this service.
OURS = {**HTML, "Origin": PUBLIC_URL, "Sec-Fetch-Site": "same-origin"}


def csrf(client: FlaskClient, path: str = "/login") -> str:
    """The CSRF token of a page."""
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get(path, headers=HTML).text)
    assert found
    return found[1]


def sign_in(client: FlaskClient, token: str | None = None, **more: str) -> TestResponse:
    """Send the sign-in form."""
    return client.post(
        "/login", data={"token": token or ADMIN.secret.reveal(), "csrf_token": csrf(client), **more}, headers=OURS
    )


@pytest.fixture(name="world")
def made_world() -> TrackerWorld:
    """A tracker with one repository."""
    world = TrackerWorld()
    world.add_unpolled("https://github.com/acme/tool", "tool")
    return world


@pytest.fixture(name="client")
def made_client(world: TrackerWorld) -> FlaskClient:
    """A browser without a session; service tokens are configured."""
    return world.client(ACCESS)


@pytest.mark.parametrize("path", ["/", "/images", "/repositories/1", "/images?q=x&role=base"])
def test_a_page_without_a_session_redirects_to_sign_in(client: FlaskClient, path: str) -> None:
    """After sign-in the browser returns to the page."""
    answer = client.get(path, headers=HTML)
    assert answer.status_code == 302
    location = answer.headers["Location"]
    assert location.startswith("/login?next=")
    assert client.get(location, headers=HTML).status_code == 200


@pytest.mark.parametrize("path", ["/api/v1/repositories", "/api/v1/images", "/proxy/registry/x/tags"])
def test_the_api_without_a_token_is_401(client: FlaskClient, path: str) -> None:
    """A browser gets 401 too."""
    assert client.get(path, headers=HTML).status_code == 401


def test_a_token_opens_the_pages_and_is_not_stored(client: FlaskClient) -> None:
    """The cookie is signed, SameSite, HttpOnly, and does not contain the token."""
    answer = sign_in(client, next="/repositories/1")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/repositories/1")
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "admin-token" not in cookie
    page = client.get("/", headers=HTML).text
    assert "mia · admin access" in page
    assert "Add a repository" in page
    assert client.get("/api/v1/repositories").status_code == 200


def test_cookies_are_secure_with_https() -> None:
    """If the public address is https, and no other host of the domain can set them."""
    url = "https://factory.example"
    client = TrackerWorld().app(ACCESS, url).test_client()
    cookie = client.get("/login", base_url=url, headers=HTML).headers["Set-Cookie"]
    assert cookie.startswith("__Host-image_factory=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
    assert "Domain" not in cookie


@pytest.mark.parametrize("address", ["https://evil.example", "//evil.example", "/\\evil.example"])
def test_sign_in_never_redirects_to_another_site(client: FlaskClient, address: str) -> None:
    """The redirect after sign-in never leads to another site."""
    assert sign_in(client, next=address).headers["Location"] == "/"


def test_a_reader_sees_only_permitted_buttons(client: FlaskClient) -> None:
    """The pages of these buttons are 403."""
    sign_in(client, "read-token")
    for path in ("/", "/repositories/1"):
        page = client.get(path, headers=HTML).text
        for words in ("Add a repository", "Poll now", "/edit", "/delete", "Import"):
            assert words not in page
    for path in ("/repositories/new", "/repositories/1/edit", "/repositories/1/delete"):
        assert client.get(path, headers=HTML).status_code == 403
    forged = {"csrf_token": csrf(client, "/")}
    assert client.post("/repositories/1/delete", data=forged, headers=OURS).status_code == 403


def test_wrong_tokens_are_refused_and_then_rate_limited(world: TrackerWorld, client: FlaskClient) -> None:
    """A right token is always accepted, because a whole organisation may share one address."""
    for _ in range(10):
        answer = sign_in(client, "wrong")
        assert answer.status_code == 422
        assert "Unknown token" in answer.text
    slowed = sign_in(client, "wrong")
    assert (slowed.status_code, slowed.headers["Retry-After"]) == (429, "300")
    world.now += timedelta(seconds=59, milliseconds=600)
    assert sign_in(client, "wrong").headers["Retry-After"] == "241"
    world.now += timedelta(minutes=6)
    assert sign_in(client, "wrong").status_code == 422
    assert sign_in(client).status_code == 303


def test_a_right_token_is_accepted_after_wrong_ones_from_the_same_address(client: FlaskClient) -> None:
    """Otherwise a guesser could block everyone behind the same gateway."""
    for _ in range(11):
        sign_in(client, "wrong")
    assert sign_in(client).status_code == 303


def test_a_form_that_is_far_too_large_is_not_read(client: FlaskClient) -> None:
    """A client without a token cannot fill the disk."""
    answer = client.post("/login", data={"token": "x" * 100_000}, headers={"Origin": "http://factory.example"})
    assert answer.status_code == 413


def test_a_form_without_its_csrf_token_is_refused(client: FlaskClient) -> None:
    """A page of another site can neither sign in nor sign out a browser."""
    assert client.post("/login", data={"token": "admin-token"}, headers=OURS).status_code == 400
    sign_in(client)
    assert client.post("/logout", headers=OURS).status_code == 400
    assert client.get("/", headers=HTML).status_code == 200


def test_signing_out_closes_the_pages(client: FlaskClient) -> None:
    """This takes effect at once."""
    sign_in(client)
    answer = client.post("/logout", data={"csrf_token": csrf(client, "/")}, headers=OURS)
    assert client.get("/", headers=HTML).status_code == 302
    assert answer.headers["Clear-Site-Data"] == '"cache"'


@pytest.mark.parametrize(
    "tokens",
    [(READER,), (ServiceToken("mia", CallerRole.ADMIN, Secret("another")), READER)],
    ids=["removed", "replaced"],
)
def test_a_removed_token_ends_its_sessions(tokens: tuple[ServiceToken, ...]) -> None:
    """A session ends with the restart that removes its token, even if the key is the same."""
    world = TrackerWorld()
    before, after = world.app(ACCESS), world.app(replace(ACCESS, tokens=tokens))
    after.secret_key = before.secret_key
    client = before.test_client()
    sign_in(client)
    cookie = client.get_cookie("image_factory")
    assert cookie
    later = after.test_client()
    later.set_cookie("image_factory", cookie.value)
    assert later.get("/", headers=HTML).status_code == 302
    assert later.get("/api/v1/repositories").status_code == 401


@pytest.mark.parametrize(
    ("headers", "allowed"),
    [
        ({}, False),
        ({"Origin": "https://evil.example"}, False),
        ({"Origin": "null"}, False),
        ({"Origin": PUBLIC_URL, "Sec-Fetch-Site": "cross-site"}, False),
        ({"Origin": PUBLIC_URL, "Sec-Fetch-Site": "same-origin"}, True),
        ({"Origin": PUBLIC_URL}, True),
    ],
)
def test_a_session_can_change_something_only_from_pages_of_this_service(
    client: FlaskClient, headers: dict[str, str], allowed: bool
) -> None:
    """This is true for the API too, because a browser sends the cookie for every page."""
    sign_in(client)
    answer = client.delete("/api/v1/repositories/1", json={}, headers=headers)
    assert answer.status_code == (204 if allowed else 403)


def test_without_configured_tokens_sign_in_is_not_offered() -> None:
    """Only this machine is served then, and its caller is admin."""
    client = TrackerWorld().client(Access())
    assert client.get("/login").status_code == 404
    assert "Add a repository" in client.get("/").text
    assert "Sign out" not in client.get("/").text


def _other_browser(world_app: Flask, client: FlaskClient) -> FlaskClient:
    """A browser with a copy of the cookie."""
    cookie = client.get_cookie("image_factory")
    assert cookie
    other = world_app.test_client()
    other.set_cookie("image_factory", cookie.value)
    return other


def test_a_copy_of_the_cookie_is_worth_nothing_after_signing_out(world: TrackerWorld) -> None:
    """The session ends in the service, for pages and API; another session of the same token stays open."""
    app = world.app(ACCESS)
    client, second = app.test_client(), app.test_client()
    sign_in(client)
    sign_in(second)
    thief = _other_browser(app, client)
    assert thief.get("/", headers=HTML).status_code == 200
    client.post("/logout", data={"csrf_token": csrf(client, "/")}, headers=OURS)

    assert thief.get("/", headers=HTML).status_code == 302
    assert thief.get("/api/v1/repositories").status_code == 401
    assert second.get("/", headers=HTML).status_code == 200


def test_a_session_ends_after_twelve_hours(world: TrackerWorld) -> None:
    """However often it is used."""
    client = world.client(ACCESS)
    sign_in(client)
    world.now += timedelta(hours=11, minutes=59)
    assert client.get("/", headers=HTML).status_code == 200
    world.now += timedelta(minutes=2)
    assert client.get("/", headers=HTML).status_code == 302


PROXIED = {"X-Forwarded-For": "192.0.2.7"}


def test_the_token_of_the_log_opens_a_service_without_callers_behind_a_proxy(world: TrackerWorld) -> None:
    """A person behind a proxy signs in with it, once; what the session changes must come from our pages."""
    shown: list[str] = []
    app = world.app(Access(start_token=StartToken(shown.append)))
    client, second = app.test_client(), app.test_client()
    form = client.get("/login", headers=HTML | PROXIED)
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', form.text)
    assert client.get("/", headers=HTML | PROXIED).status_code == 403
    assert found
    token = shown[0]
    signed = client.post("/login", data={"token": token, "csrf_token": found[1]}, headers=OURS | PROXIED)

    assert signed.status_code == 303
    assert client.get("/", headers=HTML | PROXIED).status_code == 200
    assert client.get("/api/v1/repositories", headers=PROXIED).status_code == 200
    assert client.delete("/api/v1/repositories/1", json={}, headers=PROXIED).status_code == 403
    assert client.delete("/api/v1/repositories/1", json={}, headers=PROXIED | OURS).status_code == 204
    page = second.get("/login", headers=HTML | PROXIED)
    again = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)
    assert again
    reused = second.post("/login", data={"token": token, "csrf_token": again[1]}, headers=OURS | PROXIED)
    assert reused.status_code == 422
    assert second.get("/", headers=HTML | PROXIED).status_code == 403


def test_such_a_session_ends_with_the_configuration_of_callers(world: TrackerWorld) -> None:
    """Once service tokens are configured, only they sign in."""
    shown: list[str] = []
    access = Access(start_token=StartToken(shown.append))
    before = world.app(access)
    client = before.test_client()
    client.post("/login", data={"token": shown[0], "csrf_token": csrf(client)}, headers=OURS)
    assert client.get("/", headers=HTML | PROXIED).status_code == 200
    after = world.app(replace(ACCESS, sessions=access.sessions))
    after.secret_key = before.secret_key

    assert _other_browser(after, client).get("/", headers=HTML).status_code == 302


def test_on_this_machine_nobody_needs_the_token(world: TrackerWorld) -> None:
    """The page opens at once; the way to sign in is there all the same."""
    client = world.client(Access(start_token=StartToken(lambda _: None)))

    assert client.get("/", headers=HTML).status_code == 200
    assert "log of the service shows a token" in client.get("/login", headers=HTML).text


@pytest.mark.parametrize(
    ("contact", "words"),
    [
        (None, "Ask your platform team for"),
        (Contact("#platform in Slack"), "Ask #platform in Slack for"),
        (
            Contact("a@acme.example", "mailto:a@acme.example"),
            'Ask <a href="mailto:a@acme.example">a@acme.example</a> for',
        ),
    ],
)
def test_sign_in_and_refusals_say_whom_to_ask(contact: Contact | None, words: str) -> None:
    """The sign-in page for a token, a page that the caller may not open for access."""
    client = TrackerWorld().app(ACCESS, guidance=Guidance(contact)).test_client()
    assert f"{words} a token." in client.get("/login", headers=HTML).text
    sign_in(client, "read-token")
    refused = client.get("/repositories/new", headers=HTML)
    assert refused.status_code == 403
    assert f"{words} access." in refused.text
