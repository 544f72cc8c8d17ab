"""Tests of the guard."""

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
    """A client of the web part with this access."""
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
def test_a_local_request_has_a_loopback_address_and_host(remote: str | None, host: str | None, local: bool) -> None:
    """Both the address and the Host header must be loopback."""
    assert is_local(remote, host) is local


def test_without_configured_callers_only_this_machine_is_served() -> None:
    """Another Host header, another address and an unknown path are 403."""
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
def test_with_configured_tokens_every_request_needs_one(path: str, headers: dict[str, str], code: int) -> None:
    """Both headers are accepted, and a wrong token is refused even beside a right one."""
    answer = client(Access(TOKENS)).get(path, headers=headers)
    assert answer.status_code == code
    assert ("WWW-Authenticate" in answer.headers) is (code == 401)


def test_a_refusal_is_json_for_programs_and_a_page_for_people() -> None:
    """The API returns its error format; the style sheet of the error page needs no token."""
    browser = client(Access(TOKENS))
    assert browser.get("/api/v1/images").get_json()["status"] == "Unauthorized"
    assert "<h1>Unauthorized</h1>" in browser.get("/images").text
    with browser.get("/static/style.css") as style:
        assert style.status_code == 200


def test_the_catalog_token_opens_only_the_catalog() -> None:
    """The catalog token and the public catalog apply to catalog documents only."""
    by_token, public = client(Access(TOKENS, catalog_token=Secret("cat"))), client(Access(TOKENS, catalog_public=True))
    assert by_token.get(f"{CATALOG}?token=cat").status_code == 200
    assert by_token.get(f"{CATALOG}?token=dog").status_code == 401
    assert by_token.get("/api/v1/images?token=cat").status_code == 401
    assert client(Access(TOKENS)).get(f"{CATALOG}?token=").status_code == 401
    assert (public.get(CATALOG).status_code, public.get("/images").status_code) == (200, 401)


def test_health_needs_no_token_but_its_causes_do() -> None:
    """Without a token the response says which part is not able; with a token it says why too."""
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
def test_without_configured_callers_a_proxy_is_refused(name: str) -> None:
    """A proxy connects from loopback for clients elsewhere, so its headers are refused."""
    browser = client(Access())
    assert browser.get("/api/v1/images", headers={"Host": "localhost", name: "for=127.0.0.1"}).status_code == 403


@pytest.mark.parametrize("path", ["/catalog/entities", "/images", "/api/v1/images", "/nowhere"])
def test_a_query_that_is_not_ascii_is_refused(path: str) -> None:
    """Bytes that are not ASCII are 400, also without a token."""
    browser = client(Access(catalog_token=Secret("catalog-token"), tokens=TOKENS))
    assert browser.get(path, environ_overrides={"QUERY_STRING": "token=\xff"}).status_code == 400
