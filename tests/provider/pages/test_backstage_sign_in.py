"""Tests of signing in with a token of Backstage."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient

from provider.auth.access import Access
from provider.auth.callers import CallerRole, ServiceToken
from provider.auth.start_token import StartToken
from proxy.secrets.secret import Secret
from tests.peers.backstage_auth import USERINFO, BackstageAuth
from tests.provider.auth.visits import Clock, backstage_at
from tests.provider.pages.test_login import HTML, OURS, csrf
from tests.provider.tracker.pages.tracker_pages_web import TrackerWorld

ELSEWHERE = {**HTML, "Origin": "null", "Sec-Fetch-Site": "cross-site"}
JANE = "user:default/jane"
TEAM = "group:default/team-a"


@pytest.fixture(name="backstage")
def made_backstage() -> Iterator[BackstageAuth]:
    """A Backstage where jane is in a team."""
    with BackstageAuth() as running:
        running.groups[JANE] = [TEAM]
        yield running


@pytest.fixture(name="world")
def made_world() -> TrackerWorld:
    """A world at the present time, which the tokens of the peer contain."""
    return TrackerWorld(now=datetime.now(UTC))


@pytest.fixture(name="client")
def made_client(backstage: BackstageAuth, world: TrackerWorld) -> FlaskClient:
    """A browser without a session."""
    access = Access(
        (ServiceToken("ci", CallerRole.READ, Secret("a.token.of-ci")),),
        backstage=backstage_at(backstage, Clock(world.now)),
        admins=("group:default/admins",),
    )
    return world.client(access)


def test_a_person_continues_from_backstage_with_the_groups(client: FlaskClient, backstage: BackstageAuth) -> None:
    """The form of Backstage's page opens a question, and its answer a session, which needs Backstage no more."""
    sent = client.post("/login/backstage", data={"token": backstage.user_token(), "next": "/images"}, headers=ELSEWHERE)
    assert sent.status_code == 200
    assert f"sign you in here as <strong>{JANE}</strong>" in sent.text
    assert "Set-Cookie" not in sent.headers
    fields = dict(re.findall(r'name="(token|next)" value="([^"]+)"', sent.text))
    answer = client.post("/login/backstage/continue", data=fields, headers=OURS)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/images")
    backstage.down()

    assert f"{JANE} · read access" in client.get("/", headers=HTML).text
    who = client.get("/api/v1/whoami").get_json()
    assert (who["caller"], who["kind"], who["owners"]) == (JANE, "session", [TEAM, JANE])


def test_a_token_of_backstage_signs_in_on_the_page_too(client: FlaskClient, backstage: BackstageAuth) -> None:
    """In the field for service tokens."""
    form = {"token": backstage.user_token(), "csrf_token": csrf(client)}
    assert "Service token or Backstage token" in client.get("/login", headers=HTML).text
    assert client.post("/login", data=form, headers=OURS).status_code == 303
    assert client.get("/api/v1/whoami").get_json()["owners"] == [TEAM, JANE]


def test_a_service_token_with_dots_is_one(client: FlaskClient) -> None:
    """It is not taken for a token of Backstage."""
    form = {"token": "a.token.of-ci", "csrf_token": csrf(client)}
    assert client.post("/login", data=form, headers=OURS).status_code == 303


def test_a_page_elsewhere_cannot_sign_anybody_in(client: FlaskClient, backstage: BackstageAuth) -> None:
    """The second step is taken from our page alone; a person who is signed in stays so."""
    for origin in ({"Origin": "https://evil.example"}, {"Origin": "null"}, {}, ELSEWHERE):
        fields = {"token": backstage.user_token("user:default/mallory")}
        assert client.post("/login/backstage/continue", data=fields, headers=origin).status_code == 403
    assert client.get("/", headers=HTML).status_code == 302


def test_the_session_ends_with_the_token(client: FlaskClient, backstage: BackstageAuth, world: TrackerWorld) -> None:
    """It is no way to stay longer than Backstage allows."""
    expires = int(world.now.timestamp()) + 600
    form = {"token": backstage.user_token(exp=expires), "csrf_token": csrf(client)}
    client.post("/login", data=form, headers=OURS)
    world.now = datetime.fromtimestamp(expires - 1, UTC)
    assert client.get("/", headers=HTML).status_code == 200
    world.now = datetime.fromtimestamp(expires, UTC)
    assert client.get("/", headers=HTML).status_code == 302


def test_a_wrong_token_says_why(client: FlaskClient, backstage: BackstageAuth) -> None:
    """Both ways name the reason and repeat nothing of the token."""
    old = backstage.user_token(exp=1)
    for path, headers in (("/login/backstage", ELSEWHERE), ("/login/backstage/continue", OURS), ("/login", OURS)):
        fields = {"token": old, **({"csrf_token": csrf(client)} if path == "/login" else {})}
        answer = client.post(path, data=fields, headers=headers)
        assert answer.status_code == 422
        assert "it has expired" in answer.text
        assert old not in answer.text


def test_without_the_groups_nobody_is_signed_in(client: FlaskClient, backstage: BackstageAuth) -> None:
    """A session keeps the groups, so one without them would miss rights until its end."""
    backstage.fail(USERINFO, 503, times=20)
    form = {"token": backstage.user_token(), "csrf_token": csrf(client)}
    answer = client.post("/login", data=form, headers=OURS)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "15")
    assert client.get("/", headers=HTML).status_code == 302


def test_while_backstage_is_down_the_page_says_when_to_try_again(client: FlaskClient, backstage: BackstageAuth) -> None:
    """Its host is not named."""
    token = backstage.user_token()
    backstage.down()
    answer = client.post("/login/backstage", data={"token": token}, headers=ELSEWHERE)
    assert answer.status_code == 503
    assert "Backstage cannot be asked now" in answer.text
    assert backstage.host not in answer.text


def test_without_a_backstage_there_is_no_such_way(world: TrackerWorld) -> None:
    """It is 404."""
    token = ServiceToken("ci", CallerRole.READ, Secret("x" * 16))
    client = world.client(Access((token,)))
    assert client.post("/login/backstage", data={"token": "a.b.c"}, headers=ELSEWHERE).status_code == 404
    assert "Backstage token" not in client.get("/login", headers=HTML).text


def test_the_session_of_a_person_is_none_of_the_start_token(backstage: BackstageAuth, world: TrackerWorld) -> None:
    """Once nothing is configured any more, the sessions of people do not become those of an admin."""
    access = Access(backstage=backstage_at(backstage, Clock(world.now)))
    before = world.app(access)
    after = world.app(Access(sessions=access.sessions, start_token=StartToken(lambda _: None)))
    after.secret_key = before.secret_key
    client = before.test_client()
    client.post("/login", data={"token": backstage.user_token(), "csrf_token": csrf(client)}, headers=OURS)
    cookie = client.get_cookie("image_factory")
    assert cookie
    later = after.test_client()
    later.set_cookie("image_factory", cookie.value)

    assert client.get("/", headers=HTML).status_code == 200
    assert later.get("/", headers=HTML | {"X-Forwarded-For": "192.0.2.7"}).status_code == 403
