"""The pictures of the README and of docs/ are made from the pages of the demo; `make pictures` keeps them."""

from collections.abc import Iterator, Sequence
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.demo.conftest import ROOT, KeptDemo
from tests.peers.chromium import MOTION, chromium
from tests.peers.fixtures import peers_installed
from tests.peers.process import wait_until

Scheme = Literal["light", "dark"]
MADE = ROOT / "artifacts" / "pictures"
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
# The page of each picture, a text that it has, and the document that shows it.
PICTURES = {
    "overview": ("/overview", "proven up to date", "README.md"),
    "images": ("/images", "portal", "docs/statuses.md"),
    "image": ("/images/portal", "node:22", "docs/try.md"),
}
_WIDTH = 1340
_HEIGHTS = {"overview": 700, "images": 380, "image": 760}
_BUSY = {"waiting", "due", "rebuilding"}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium."""
    with peers_installed(), chromium() as running:
        yield running


def test_the_pictures_are_made(browser: Browser, kept: KeptDemo) -> None:
    """As an admin sees the pages, in both colour schemes; in two of them a new node:22 ages."""
    pages = [(scheme, _signed_in(browser, kept, scheme)) for scheme in SCHEMES]
    MADE.mkdir(parents=True, exist_ok=True)
    wait_until(lambda: not _statuses(kept) & _BUSY, "the images should be built")
    _take("overview", kept, pages)
    kept.publish()
    wait_until(lambda: "waiting" in _statuses(kept), "the images should wait for the new digest")
    _take("images", kept, pages)
    _take("image", kept, pages)


@pytest.mark.parametrize("name", PICTURES)
def test_a_document_shows_the_picture(name: str) -> None:
    """Readers with a dark screen see the dark one, and who sees neither has a sentence."""
    document = PICTURES[name][2]
    folder = "docs/pictures" if document == "README.md" else "pictures"
    text = (ROOT / document).read_text("utf-8")

    assert f'<source media="(prefers-color-scheme: dark)" srcset="{folder}/{name}-dark.png">' in text
    assert f'<img src="{folder}/{name}-light.png" alt="' in text
    for scheme in SCHEMES:
        assert 10_000 < (ROOT / "docs" / "pictures" / f"{name}-{scheme}.png").stat().st_size < 300_000


def _statuses(kept: KeptDemo) -> set[str]:
    answer = kept.http.request("GET", f"{kept.url}/api/v1/images?pageSize=100").json()
    return {image["status"] for image in answer["items"]}


def _signed_in(browser: Browser, kept: KeptDemo, scheme: Scheme) -> Page:
    context = browser.new_context(color_scheme=scheme, viewport={"width": _WIDTH, "height": 760}, reduced_motion=MOTION)
    page = context.new_page()
    page.goto(f"{kept.url}/login")
    page.get_by_label("Token").fill(kept.admin)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/login" not in url)
    return page


def _take(name: str, kept: KeptDemo, pages: Sequence[tuple[Scheme, Page]]) -> None:
    path, text, _ = PICTURES[name]
    for scheme, page in pages:
        page.set_viewport_size({"width": _WIDTH, "height": _HEIGHTS[name]})
        page.goto(f"{kept.url}{path}")
        expect(page.get_by_text(text).first).to_be_visible()
        page.screenshot(path=MADE / f"{name}-{scheme}.png", animations="disabled")
