"""Tests of the guard at the door."""

import pytest
from flask.testing import FlaskClient

from provider.auth.access import Access, is_local
from provider.auth.callers import parse_tokens
from provider.ports import PartHealth
from proxy.secrets.secret import Secret
from tests.provider.web_images import MemoryIndex, Parts, managed
from tests.provider.web_part import web

TOKENS = parse_tokens("ci:read:good-token")
CATALOG = "/catalog/catalog-info.yaml"


def client(access: Access) -> FlaskClient:
    """A client of the web part behind that access."""
    parts = Parts(PartHealth("database", able=False, cause="disk full"))
    return web(MemoryIndex([managed("app")], {"app": "kind: Resource\n"}), access, parts).test_client()


@pytest.mark.parametrize(
    ("remote", "host", "local"),
    [
        ("127.0.0.1", "localhost:8080", True),
        ("127.0.0.1", "LOCALHOST", True),
        ("::1", "[::1]:80", True),
        ("::ffff:127.0.0.1", "127.0.0.1", True),
        ("127.0.0.1", "factory.example", False),
        ("127.0.0.1", "127.0.0.1.evil.example", False),
        ("127.0.0.1", "localhost:80@evil", False),
        ("127.0.0.1", None, False),
        ("10.0.0.1", "localhost", False),
        (None, "localhost", False),
        ("unix:", "localhost", False),
    ],
)
def test_local_is_from_here_and_for_here(remote: str | None, host: str | None, local: bool) -> None:
    """Both the address and the Host header have to be loopback's."""
    assert is_local(remote, host) is local


def test_with_nothing_configured_this_machine_is_served_and_no_other() -> None:
    """A foreign Host header or address is refused with 403, and so is an unknown path."""
    browser = client(Access())
    assert browser.get("/api/v1/images").status_code == 200
    assert browser.get("/api/v1/images", headers={"Host": "evil.example"}).status_code == 403
    assert browser.get("/nowhere", environ_base={"REMOTE_ADDR": "192.0.2.1"}).status_code == 403


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"X-Image-Factory-Token": "good-token"}, 200),
        ({"Authorization": "Bearer good-token"}, 200),
        ({"Authorization": "Bearer good-token", "X-Image-Factory-Token": "good-token"}, 200),
        ({"Authorization": "Bearer user-token", "X-Image-Factory-Token": "good-token"}, 401),
        ({"Authorization": "Bearer good-token", "X-Image-Factory-Token": "bad"}, 401),
        ({"Authorization": "Basic good-token"}, 401),
        ({"X-Image-Factory-Token": "bad"}, 401),
        ({}, 401),
    ],
)
@pytest.mark.parametrize("path", ["/api/v1/images", "/images", "/metrics", "/api/openapi.json", "/api/docs", CATALOG])
def test_with_tokens_every_reader_shows_one(path: str, headers: dict[str, str], code: int) -> None:
    """Either header counts, on this machine too; a wrong one is refused, whatever the other is."""
    answer = client(Access(TOKENS)).get(path, headers=headers)
    assert answer.status_code == code
    assert ("WWW-Authenticate" in answer.headers) is (code == 401)


def test_a_refusal_is_json_for_programs_and_a_page_for_people() -> None:
    """The API answers in its error shape; a page comes with its style, which is open."""
    browser = client(Access(TOKENS))
    assert browser.get("/api/v1/images").get_json()["status"] == "Unauthorized"
    assert "<h1>Unauthorized</h1>" in browser.get("/images").text
    with browser.get("/static/style.css") as style:
        assert style.status_code == 200


def test_only_the_catalog_opens_for_its_token_or_for_all() -> None:
    """`?token=` opens catalog documents and nothing else; so does making them public."""
    by_token, public = client(Access(TOKENS, catalog_token=Secret("cat"))), client(Access(TOKENS, catalog_public=True))
    assert by_token.get(f"{CATALOG}?token=cat").status_code == 200
    assert by_token.get(f"{CATALOG}?token=dog").status_code == 401
    assert by_token.get("/api/v1/images?token=cat").status_code == 401
    assert client(Access(TOKENS)).get(f"{CATALOG}?token=").status_code == 401
    assert (public.get(CATALOG).status_code, public.get("/images").status_code) == (200, 401)


def test_health_is_open_and_its_causes_are_for_callers() -> None:
    """Anybody learns that a part is not able; only a caller learns why."""
    browser = client(Access(TOKENS))
    assert browser.get("/healthz").status_code == 200
    stranger = browser.get("/readyz")
    assert (stranger.status_code, "disk full" in stranger.text) == (503, False)
    assert "disk full" in browser.get("/readyz", headers={"X-Image-Factory-Token": "good-token"}).text


@pytest.mark.parametrize(
    "name",
    [
        *("Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip"),
        *("Authorization", "X-Image-Factory-Token"),
    ],
)
def test_with_nothing_configured_a_proxy_is_not_this_machine(name: str) -> None:
    """It connects from here and may name loopback as the host, for whoever asks it from elsewhere."""
    browser = client(Access())
    assert browser.get("/api/v1/images", headers={"Host": "localhost", name: "for=127.0.0.1"}).status_code == 403


@pytest.mark.parametrize("path", ["/catalog/entities", "/images", "/api/v1/images", "/nowhere"])
def test_a_query_that_no_address_can_have_is_refused(path: str) -> None:
    """400 for bare bytes, before anything reads the query, for who has no token too."""
    browser = client(Access(catalog_token=Secret("catalog-token"), tokens=TOKENS))
    assert browser.get(path, environ_overrides={"QUERY_STRING": "token=\xff"}).status_code == 400
