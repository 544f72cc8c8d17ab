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
        *("Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Port"),
        *("X-Forwarded", "x-forwarded-prefix", "X-Real-Ip", "X-Client-Ip", "True-Client-Ip", "CF-Connecting-IP"),
        *("X-Original-Host", "Fastly-Client-Ip", "Authorization", "X-Image-Factory-Token"),
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


@pytest.mark.parametrize(("protocol", "code"), [("HTTP/1", 403), ("HTTP/1.0", 403), ("HTTP/1.1", 200), ("HTTP/2", 200)])
def test_without_configured_callers_old_http_is_refused(protocol: str, code: int) -> None:
    """A proxy with nginx's defaults sends HTTP/1.0 and no header that shows it; the message says what to do."""
    answer = client(Access()).get("/api/v1/images", environ_overrides={"SERVER_PROTOCOL": protocol})

    assert answer.status_code == code
    assert code == 200 or "sign in at /login with the token in the log" in answer.get_json()["message"]


@pytest.mark.parametrize("path", ["/healthz", "/api/v1/images", "/images", "/nowhere", "/login"])
@pytest.mark.parametrize("host", [None, ""])
def test_a_request_without_host_is_refused(path: str, host: str | None) -> None:
    """HTTP/1.1 requires it (RFC 9112): 400 at every path; HTTP/1.0 does not know it."""
    environ = {"SERVER_NAME": "localhost", "HTTP_HOST": host}
    browser = client(Access(TOKENS))
    without = {"HTTP_HOST": ""} if host is None else environ

    assert browser.get(path, environ_overrides=without).status_code == 400
    assert browser.get("/healthz", environ_overrides={**without, "SERVER_PROTOCOL": "HTTP/1.0"}).status_code == 200


@pytest.mark.parametrize(
    "headers", [{"X-Image-Factory-Token": "wrong"}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic x"}]
)
@pytest.mark.parametrize("path", ["/api/v1/images", "/metrics", "/images", CATALOG, "/nowhere"])
def test_wrong_tokens_of_an_address_have_a_limit(path: str, headers: dict[str, str]) -> None:
    """Ten are 401, more are 429 with the time to wait; a right token and another address are never limited."""
    browser = client(Access(TOKENS))
    codes = [browser.get(path, headers=headers).status_code for _ in range(10)]
    limited = browser.get(path, headers=headers)

    assert codes == [401] * 10
    assert (limited.status_code, limited.headers["Retry-After"]) == (429, "300")
    assert browser.get("/api/v1/images", headers={"X-Image-Factory-Token": "good-token"}).status_code == 200
    elsewhere = browser.get(path, headers=headers, environ_overrides={"REMOTE_ADDR": "192.0.2.9"})
    assert elsewhere.status_code == 401


def test_wrong_catalog_tokens_have_the_same_limit() -> None:
    """The right one opens the catalog all the same; a request without any token is no guess."""
    browser = client(Access(TOKENS, catalog_token=Secret("cat")))
    codes = {browser.get(f"{CATALOG}?token=dog{number}").status_code for number in range(10)}

    assert codes == {401}
    assert browser.get(f"{CATALOG}?token=dog").status_code == 429
    assert browser.get(f"{CATALOG}?token=cat").status_code == 200
    assert {browser.get(CATALOG).status_code for _ in range(12)} == {401}
