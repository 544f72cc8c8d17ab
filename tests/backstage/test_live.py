"""Pages that follow what happens: a base image moves, builds run, the service stops and starts."""

import time

import pytest
from playwright.sync_api import expect

from demo.connected import Connected
from tests.backstage.conftest import SignIn

pytestmark = pytest.mark.backstage

NODE = "/catalog/default/resource/node-22"
SOON = 10.0
"""How soon an open page shows a change, in seconds."""


def _digest(both: Connected, name: str) -> str:
    return str(both.person("joe").ask(f"/api/v1/images/{name}").json()["digest"])


def test_req_11_6_an_open_page_shows_a_new_digest_within_ten_seconds(sign_in: SignIn, both: Connected) -> None:
    """req_11_5: from the push of a new node:22 to the digest on the page; the catalog's entity follows, too."""
    page = sign_in("joe", NODE)
    card = page.get_by_role("article", name="Image", exact=True)
    before = _digest(both, "node-22")
    expect(card.get_by_text(_short(before))).to_be_visible()

    began = time.monotonic()
    moved = both.world.move().digest
    expect(card.get_by_text(_short(moved))).to_be_visible()
    seconds = time.monotonic() - began

    assert seconds < SOON
    both.backstage.wait_for(lambda: _annotation(both, "node-22", "digest") == moved, SOON)


def _short(digest: str) -> str:
    return digest[:19]


def _annotation(both: Connected, name: str, key: str) -> str | None:
    entity = both.backstage.entity(f"resource:default/{name}") or {"metadata": {"annotations": {}}}
    found: str | None = entity["metadata"]["annotations"].get(f"image-factory.io/{key}")
    return found


def test_pages_say_that_the_service_is_down_and_recover(sign_in: SignIn, both: Connected) -> None:
    """What was loaded stays visible with a notice; a page that is opened meanwhile says so, and offers to try again."""
    page, other = sign_in("joe", NODE), sign_in("jane", "/catalog")
    card = page.get_by_role("article", name="Image", exact=True)
    expect(card.get_by_text(_short(_digest(both, "node-22")))).to_be_visible()

    both.world.stop_service()
    try:
        expect(card.get_by_role("alert")).to_be_visible()
        expect(card.get_by_text("sha256:").first).to_be_visible()
        other.goto("/image-factory")
        expect(other.get_by_role("alert").first).to_be_visible()
    finally:
        both.world.start_service()
    other.get_by_role("button", name="Try again").first.click()

    expect(other.get_by_role("link", name="portal", exact=True)).to_be_visible()
    expect(card.get_by_role("alert")).to_have_count(0)
