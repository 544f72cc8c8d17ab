"""The headers of every response."""

from functools import cache

import pytest
from flask.testing import FlaskClient

from provider.auth.access import Access
from tests.provider.tracker.pages.tracker_pages_web import TrackerWorld

HTTPS, HTTP = "https://factory.example", "http://factory.example"
PATHS = (
    *("/", "/images", "/repositories/1", "/login", "/nowhere", "/static/style.css", "/healthz", "/readyz", "/metrics"),
    *("/api/v1/images", "/api/v1/images/none", "/api/v1/repositories", "/api/v1/repositories/1", "/api/v1/releases"),
    *("/api/v1/repositories/export", "/api/openapi.json", "/api/docs"),
    *("/catalog/catalog-info.yaml", "/catalog/entities", "/catalog/images/none/catalog-info.yaml"),
)


@cache
def client(public_url: str = HTTP) -> FlaskClient:
    """A client on this machine."""
    world = TrackerWorld()
    world.add_unpolled("https://github.com/acme/tool", "tool")
    return world.app(Access(), public_url).test_client()


@pytest.mark.parametrize("path", PATHS)
def test_browsers_stay_with_https_where_people_reach_the_service_by_it(path: str) -> None:
    """Every response says so, an error too; with a plain http address none does."""
    with client(HTTPS).get(path) as answer:
        assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    with client(HTTP).get(path) as answer:
        assert "Strict-Transport-Security" not in answer.headers


@pytest.mark.parametrize("path", PATHS)
def test_every_response_restricts_what_a_browser_does_with_it(path: str) -> None:
    """No script of another site or in the page itself, no frame, no guess at another type; an error too."""
    with client().get(path) as answer:
        policy = answer.headers["Content-Security-Policy"].split("; ")
        assert {"default-src 'self'", "base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'"} <= set(policy)
        assert not any("unsafe" in directive or "script-src" in directive for directive in policy)
        assert (answer.headers["X-Content-Type-Options"], answer.headers["X-Frame-Options"]) == ("nosniff", "DENY")


@pytest.mark.parametrize("path", PATHS)
def test_every_response_has_its_type(path: str) -> None:
    """With the character set where it is text; JSON is UTF-8 always (RFC 8259)."""
    with client().get(path) as answer:
        assert answer.mimetype
        if answer.mimetype.startswith("text/"):
            assert answer.mimetype_params.get("charset", "").lower() == "utf-8"


@pytest.mark.parametrize("path", PATHS)
def test_no_other_site_may_read_a_response(path: str) -> None:
    """Whatever it claims to be."""
    for origin in ("https://elsewhere.example", "null"):
        with client(HTTPS).get(path, headers={"Origin": origin}) as answer:
            assert not any(name.lower().startswith("access-control") for name, _ in answer.headers)


@pytest.mark.parametrize("path", [path for path in PATHS if not path.startswith("/static")])
def test_no_shared_cache_keeps_a_response(path: str) -> None:
    """Pages and responses with an entity tag are asked for again; all others are not kept at all."""
    with client().get(path) as answer:
        kept = "ETag" in answer.headers or answer.mimetype == "text/html"
        expected = {"private, no-cache"} if kept else {"private, no-store", "no-store"}
        assert answer.headers["Cache-Control"] in expected


@pytest.mark.parametrize("path", ["/catalog/catalog-info.yaml", "/catalog/entities"])
def test_the_catalog_keeps_its_entity_tag(path: str) -> None:
    """A caller that has the document gets 304."""
    browser = client()
    tag = browser.get(path).headers["ETag"]
    again = browser.get(path, headers={"If-None-Match": tag})

    assert (again.status_code, again.headers["Cache-Control"]) == (304, "private, no-cache")
