"""Header fields that no browser and no program sends, at every door."""

import pytest
from flask.testing import FlaskClient

from provider.auth.access import Access
from provider.auth.callers import parse_tokens
from tests.provider.tracker.pages.tracker_pages_web import TrackerWorld

TOKEN = {"X-Image-Factory-Token": "good-token"}
FIELDS = (
    *("Origin", "Referer", "Sec-Fetch-Site", "Host", "Accept", "Accept-Language", "Accept-Encoding", "Authorization"),
    *("X-Image-Factory-Token", "Cookie", "Content-Type", "Content-Length", "If-None-Match", "If-Modified-Since"),
    *("If-Match", "If-Range", "Range", "Transfer-Encoding", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto"),
    *("Forwarded", "Via", "X-Request-Id", "X-CSRFToken", "Expect", "Upgrade", "X-Http-Method-Override", "User-Agent"),
)
# What says who asks, or from where.
OF_CALLERS = frozenset(
    {
        *("Origin", "Referer", "Sec-Fetch-Site", "Host", "Authorization", "X-Image-Factory-Token", "Cookie"),
        *("X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "Forwarded", "X-CSRFToken"),
    }
)
JUNK = (
    *("", " ", "http://[", "https://a]/b", "http://[::1", "http://a:b", "http://a:99999999999", "//", "null", "\x7f"),
    *(
        "http://\u00e9",
        "\xff\xfe",
        "a" * 8000,
        "," * 4000,
        ";" * 4000,
        '"',
        "=",
        "%00",
        "%ZZ",
        "-1",
        "9" * 400,
        "*/*;q=x",
    ),
    *("bytes=0-0,1-1", "bytes=-", "W/", 'W/"', "Bearer", "Bearer ", "Basic !", "image_factory=.e30.x.y; a=\x01"),
    *(
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "application/json; charset=x",
        "text/html; charset=\xff",
    ),
)
DOORS = (
    *(
        ("GET", "/"),
        ("GET", "/images"),
        ("GET", "/login"),
        ("POST", "/login"),
        ("POST", "/logout"),
        ("GET", "/healthz"),
    ),
    *(("GET", "/api/v1/images"), ("GET", "/api/v1/repositories"), ("POST", "/api/v1/repositories")),
    *(("PUT", "/api/v1/repositories/1"), ("DELETE", "/api/v1/repositories/9"), ("POST", "/repositories/new")),
    *(("GET", "/catalog/entities"), ("GET", "/metrics"), ("GET", "/readyz"), ("GET", "/static/style.css")),
)


@pytest.fixture(scope="module")
def browsers() -> tuple[FlaskClient, FlaskClient]:
    """Clients of a service without and with configured callers."""
    worlds = TrackerWorld(), TrackerWorld()
    for world in worlds:
        world.add_unpolled("https://github.com/acme/tool", "tool")
    return worlds[0].client(), worlds[1].client(Access(parse_tokens("ci:admin:good-token")))


@pytest.mark.parametrize("field", FIELDS)
def test_no_header_field_makes_an_unexpected_error(field: str, browsers: tuple[FlaskClient, FlaskClient]) -> None:
    """Whatever a field contains, at any door, the answer is not a failure of the service."""
    failed = []
    known = [(browsers[0], {}), (browsers[1], TOKEN), (browsers[1], {})]
    for method, path in DOORS:
        for text in JUNK:
            for browser, shown in known if field in OF_CALLERS else known[:1]:
                name = f"HTTP_{field.upper().replace('-', '_')}"
                name = name.removeprefix("HTTP_") if field in {"Content-Type", "Content-Length"} else name
                with browser.open(path, method=method, headers=shown, environ_overrides={name: text}) as answer:
                    if answer.status_code >= 500:
                        failed.append((method, path, text[:40], answer.status_code))

    assert failed == []


@pytest.mark.parametrize("origin", ["http://[", "https://a]/b", "http://[::1", "http://a:b", "null", "", "\xff"])
@pytest.mark.parametrize(("method", "path"), [("POST", "/login"), ("DELETE", "/api/v1/repositories/1")])
def test_an_origin_that_is_no_address_is_refused(
    method: str, path: str, origin: str, browsers: tuple[FlaskClient, FlaskClient]
) -> None:
    """It is another page's: 403."""
    assert browsers[0].open(path, method=method, environ_overrides={"HTTP_ORIGIN": origin}).status_code == 403
