"""The page of a base image in a browser: the answer, filters, the impact, and an emergency for everything."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from provider.services.asking.asking import Asking
from tests.browser.conftest import broken_rules, keep
from tests.fakes.image_graphs import FakeImageGraphs
from tests.fakes.person_requests import FakePersonRequests
from tests.peers.served import serving
from tests.provider.pages.base.base_world import world
from tests.provider.web_images import NOW, MemoryIndex, base
from tests.provider.web_part import web

pytestmark = pytest.mark.backstage

PATHS = {
    "base": "/images/node-22",
    "base-without-dependents": "/images/python-3",
    "dependents": "/images/node-22/dependents",
    "dependents-behind": "/images/node-22/dependents?state=behind",
    "dependents-none": "/images/node-22/dependents?state=unused",
    "digests": "/images/node-22/digests",
    "impact": "/images/node-22/impact",
    "emergency": "/images/node-22/ask/emergency",
}


@pytest.fixture(name="address", scope="module")
def served() -> Iterator[str]:
    """A base image with 300 services, and one without any."""
    index = MemoryIndex([*world(300), base("python-3")])
    asking = Asking(index, FakePersonRequests(), lambda: NOW, lambda: "request-1")
    with serving(web(index, graphs=FakeImageGraphs(index), asking=asking)) as address:
        yield address


@pytest.mark.parametrize("theme", ["desktop", "dark", "phone"])
def test_base_pages_are_for_everybody(window: Callable[..., Page], address: str, axe: str, theme: str) -> None:
    """No page breaks a rule or is wider than the window; a screenshot of each page is saved."""
    page = window(dark=theme == "dark", phone=theme == "phone")
    for name, path in PATHS.items():
        page.goto(address + path)
        if name == "base":
            page.locator("#impact").scroll_into_view_if_needed()
            expect(page.locator("#impact")).to_contain_text("rebuilt without a person")
        keep(page, f"{name}-{theme}")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
        assert broken_rules(page, axe) == [], name


def test_base_answer_is_seen_at_once(page: Page, address: str) -> None:
    """Without scrolling: the digest, how many images are behind and since when, and the first of them."""
    page.goto(f"{address}/images/node-22")
    answer = page.get_by_role("region", name="Status")
    expect(answer).to_contain_text("node:22 points to sha256:333333333333")
    expect(answer).to_contain_text(re.compile(r"301 images are built from it: \d+ behind, for longest since"))
    expect(answer).to_be_in_viewport(ratio=1)
    expect(page.get_by_role("row").nth(3)).to_be_in_viewport()


def test_base_behind_only_by_keys(page: Page, address: str) -> None:
    """A link in the answer leads to them; the filter that is on is marked, and the list goes on."""
    page.goto(f"{address}/images/node-22")
    behind = page.get_by_role("region", name="Status").get_by_role("link", name=re.compile("behind"))
    behind.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("state=behind"))
    expect(page.locator(".counts [aria-current]")).to_contain_text("Behind")
    expect(page.get_by_role("row")).to_have_count(51)
    expect(page.locator("td[data-label=Contains]").first).to_contain_text("Behind")
    page.get_by_role("link", name="Next →").click()
    expect(page).to_have_url(re.compile("page=2"))


def test_base_digests_can_be_copied(page: Page, address: str) -> None:
    """The whole digest, though a short one is shown."""
    page.goto(f"{address}/images/node-22")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator("#base-dependents").get_by_role("button", name="Copy").first.click()
    assert page.evaluate("navigator.clipboard.readText()") == f"sha256:{'2' * 64}"


def test_base_history_leads_to_the_images_of_a_digest(page: Page, address: str) -> None:
    """The number of images is that of the list."""
    page.goto(f"{address}/images/node-22")
    link = page.locator(".digests-table").get_by_role("link", name=re.compile("images$")).nth(1)
    number = re.findall(r"\d+", link.inner_text())[0]
    link.click()
    expect(page.locator("main")).to_contain_text(re.compile(rf"\b{number}\b"))


def test_base_an_emergency_shows_what_it_rebuilds_and_its_result(page: Page, address: str, axe: str) -> None:
    """The number and the names before, a reason is required, and the request is shown after it."""
    page.goto(f"{address}/images/node-22")
    page.get_by_role("link", name="Emergency rebuild of everything built from it").click()
    expect(page.locator("main")).to_contain_text("301 images are rebuilt")
    expect(page.get_by_role("button", name="Emergency rebuild")).to_be_in_viewport()
    page.get_by_text("All 301 images").click()
    expect(page.get_by_role("row")).to_have_count(302)
    page.get_by_label("CVE").fill("CVE-2026-12345")
    page.get_by_label("Reason").fill("A hole in the TLS library")
    page.get_by_role("button", name="Emergency rebuild").click()
    expect(page).to_have_url(re.compile("/images/node-22"))
    expect(page.get_by_role("status").filter(has_text="A hole in the TLS library")).to_be_visible()
    assert broken_rules(page, axe) == []
    keep(page, "base-emergency-asked")


def test_base_works_without_a_script(window: Callable[..., Page], address: str) -> None:
    """The impact is a page of its own, and the export is a link."""
    page = window(script=False)
    page.goto(f"{address}/images/node-22")
    keep(page, "base-no-script")
    page.get_by_role("link", name="Which images would be rebuilt").click()
    expect(page.locator("main")).to_contain_text("need a person")
    page.go_back()
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    assert download.value.suggested_filename == "dependents-node-22.csv"
