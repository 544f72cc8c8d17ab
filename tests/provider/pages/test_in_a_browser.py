"""Tests of the pages in a real browser, if one is installed."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests.peers.served import serving
from tests.provider.pages.browsers import window
from tests.provider.web_images import MemoryIndex, varied_images
from tests.provider.web_part import web


@pytest.fixture(name="address", scope="module")
def served() -> Iterator[str]:
    """The address of the web part."""
    with serving(web(MemoryIndex(varied_images()))) as address:
        yield address


@pytest.fixture(name="phone")
def opened() -> Iterator[Page]:
    """A narrow window."""
    with window() as page:
        yield page


def test_pages_fit_a_phone_and_follow_their_content_policy(phone: Page, address: str) -> None:
    """No page is wider than the window, and the console of the browser has no error."""
    complaints: list[str] = []
    phone.on("console", lambda message: complaints.append(message.text))
    phone.on("pageerror", lambda error: complaints.append(str(error)))
    for path in ("/images", "/images/backstage", "/images/payments-api", "/api/docs"):
        phone.goto(address + path)
        assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    assert complaints == []


def test_the_list_can_be_used_by_keyboard(phone: Page, address: str) -> None:
    """Tab reaches the skip link first, and Enter sends the filters."""
    phone.goto(f"{address}/images")
    phone.keyboard.press("Tab")
    assert phone.evaluate("document.activeElement.className") == "skip"
    assert phone.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    phone.keyboard.press("Enter")
    phone.get_by_role("searchbox").fill("payments")
    phone.keyboard.press("Enter")
    phone.wait_for_url("**/images?q=payments*")
    assert phone.get_by_role("row").count() == 1


def test_a_digest_is_copied_in_full(phone: Page, address: str) -> None:
    """The button copies the reference with the digest to the clipboard."""
    phone.context.grant_permissions(["clipboard-read", "clipboard-write"])
    phone.goto(f"{address}/images/backstage")
    phone.get_by_role("button", name="@sha256").click()
    phone.get_by_text("Copied").wait_for()
    copied = phone.evaluate("navigator.clipboard.readText()")
    assert copied == f"ghcr.io/acme/backstage:latest@sha256:{'b' * 64}"
