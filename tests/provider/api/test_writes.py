"""Tests of which bodies are accepted by operations that change something."""

import pytest

from tests.provider.tracker.api.tracker_web import ADMIN, REPOSITORIES, TrackerWeb

AUTHORIZED = {"Authorization": f"Bearer {ADMIN}"}
FORM = "application/x-www-form-urlencoded"


@pytest.fixture(name="web")
def made_web() -> TrackerWeb:
    """A web part that tracks one repository with a release."""
    web = TrackerWeb()
    web.world.tracked("acme/tool", "1.0.0")
    return web


@pytest.mark.parametrize(
    ("method", "path", "code"),
    [
        ("DELETE", f"{REPOSITORIES}/1", 204),
        ("DELETE", f"{REPOSITORIES}/1/releases/1", 204),
        ("POST", f"{REPOSITORIES}/1/poll", 200),
        # Their bodies have required fields.
        ("POST", REPOSITORIES, 415),
        ("PUT", f"{REPOSITORIES}/1", 415),
        ("POST", f"{REPOSITORIES}/1/releases", 415),
    ],
)
def test_tracker_what_has_no_body_needs_no_type_of_it(web: TrackerWeb, method: str, path: str, code: int) -> None:
    """A client sends neither a body nor a content type where the OpenAPI document has none."""
    assert web.client.open(path, method=method, headers=AUTHORIZED).status_code == code


@pytest.mark.parametrize(
    ("method", "path", "body", "kind"),
    [
        ("POST", f"{REPOSITORIES}/1/poll", b"", FORM),
        ("POST", f"{REPOSITORIES}/1/poll", b"", "text/plain"),
        ("POST", f"{REPOSITORIES}/1/poll", b"{}", ""),
        ("DELETE", f"{REPOSITORIES}/1", b"sure=yes", FORM),
    ],
)
def test_what_a_form_sends_is_refused(web: TrackerWeb, method: str, path: str, body: bytes, kind: str) -> None:
    """A form always sends a content type, also without fields, and never that of JSON."""
    sent = web.client.open(path, method=method, data=body, content_type=kind, headers=AUTHORIZED)
    assert sent.status_code == 415


def test_a_page_on_another_site_sends_nothing_without_a_body_either(web: TrackerWeb) -> None:
    """Its script can leave out the content type; the browser names the site."""
    elsewhere = {**AUTHORIZED, "Origin": "https://evil.example"}
    for method, path in (("POST", f"{REPOSITORIES}/1/poll"), ("DELETE", f"{REPOSITORIES}/1")):
        assert web.client.open(path, method=method, headers=elsewhere).status_code == 403
