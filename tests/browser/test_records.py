"""The lists over all images in a browser: periods, filters, files, the keyboard, and a page without scripts."""

import csv
import io
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import broken_rules, keep
from tests.peers.served import serving
from tests.provider.pages.records.records_web import (
    RecordsWorld,
    fill_audit,
    fill_problems,
    records_world,
    some_images,
)

pytestmark = pytest.mark.backstage

PAGES = {
    "rebuilds": "/rebuilds",
    "rebuilds-any": "/rebuilds?last=all",
    "rebuilds-none": "/rebuilds?image=nothing-like-this",
    "changes": "/changes?last=all",
    "audit": "/audit",
    "audit-none": "/audit?last=24h&caller=nobody",
    "problems": "/problems",
}


@pytest.fixture(name="lists")
def made_world(tmp_path: Path) -> Iterator[RecordsWorld]:
    """Forty pairs of images with rebuilds, acts and problems."""
    with records_world(tmp_path, some_images(40)) as world:
        fill_audit(world, 40)
        fill_problems(world)
        yield world


@pytest.fixture(name="site")
def served(lists: RecordsWorld) -> Iterator[str]:
    """The address of the pages."""
    with serving(lists.app) as address:
        yield address


@pytest.mark.parametrize("theme", ["desktop", "dark", "phone"])
def test_the_lists_are_for_everybody(window: Callable[..., Page], site: str, axe: str, theme: str) -> None:
    """No page breaks a rule or is wider than the window; a screenshot of each is saved."""
    page = window(dark=theme == "dark", phone=theme == "phone")
    for name, path in PAGES.items():
        page.goto(site + path)
        keep(page, f"{name}-{theme}")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
        assert broken_rules(page, axe) == [], name


def test_a_person_chooses_a_period_and_filters(page: Page, site: str) -> None:
    """The address keeps both, so that it can be sent to somebody; the way back works."""
    page.goto(f"{site}/rebuilds")
    expect(page.get_by_role("status")).to_contain_text("160 rebuilds in the last 7 days")

    page.get_by_role("link", name="Any time").click()
    expect(page.get_by_role("status")).to_contain_text("200 rebuilds")
    page.get_by_label("Image", exact=True).fill("app-0007")
    page.get_by_label("Result").select_option("Failed")
    expect(page.get_by_role("status")).to_contain_text("1 rebuild that matches")
    assert "image=app-0007" in page.url
    assert "conclusion=failure" in page.url
    page.reload()
    expect(page.get_by_label("Image", exact=True)).to_have_value("app-0007")
    expect(page.get_by_role("row")).to_have_count(2)

    page.get_by_role("link", name="Clear filters").click()
    expect(page.get_by_role("status")).to_contain_text("200 rebuilds")
    page.go_back()
    expect(page.get_by_role("status")).to_contain_text("1 rebuild that matches")


def test_a_period_of_days_replaces_the_quick_ones(page: Page, site: str) -> None:
    """Both days belong to it."""
    page.goto(f"{site}/rebuilds")
    page.get_by_label("From").fill("2026-03-07")
    page.get_by_label("To", exact=True).fill("2026-03-07")
    page.get_by_role("button", name="Filter").click()

    expect(page.get_by_role("status")).to_contain_text("40 rebuilds from 2026-03-07 to 2026-03-07")
    expect(page.locator(".periods [aria-current]")).to_have_count(0)


def test_the_file_has_all_that_is_filtered(page: Page, site: str, tmp_path: Path) -> None:
    """Also what is on later pages."""
    page.goto(f"{site}/rebuilds?requestedBy=user:default/mia")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download CSV").click()
    file = tmp_path / "rebuilds.csv"
    download.value.save_as(file)

    assert download.value.suggested_filename == "rebuilds.csv"
    rows = list(csv.DictReader(io.StringIO(file.read_text("utf-8"), newline="")))
    assert [row["id"] for row in rows] == [f"urgent-{number}" for number in reversed(range(40))]


def test_pages_go_on_and_back_to_the_first(page: Page, site: str) -> None:
    """Each goes on behind the last row."""
    page.goto(f"{site}/rebuilds?last=all")
    seen: list[str] = []
    while True:
        seen += page.locator("tbody th code").all_inner_texts()
        following = page.get_by_role("link", name="Next")
        if not following.count():
            break
        first = seen[-1]
        following.click()
        expect(page.locator("tbody th code").first).not_to_have_text(first)
        expect(page.get_by_role("link", name="First page")).to_be_visible()
        page.wait_for_function("known => !known.includes(document.querySelector('tbody th code').innerText)", arg=seen)
    assert len(seen) == len(set(seen)) == 200


def test_the_figures_lead_to_their_rebuilds(page: Page, site: str) -> None:
    """The number of failed ones, and who asked."""
    page.goto(f"{site}/rebuilds")
    page.get_by_role("link", name="40 failed").click()
    expect(page.get_by_role("status")).to_contain_text("40 rebuilds in the last 7 days that match")

    page.goto(f"{site}/rebuilds")
    page.get_by_text("Who asked").click()
    page.get_by_role("link", name="user:default/mia").click()
    expect(page.get_by_role("status")).to_contain_text("40 rebuilds in the last 7 days that match")


def test_figures_that_take_long_come_later(page: Page, site: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The list is there before."""
    monkeypatch.setattr("provider.pages.records.rebuilds.MANY", 3)
    page.goto(f"{site}/rebuilds")

    expect(page.get_by_text("From change to rebuild, median")).to_be_visible()
    assert "figures" not in page.url


def test_the_keyboard_alone_filters(page: Page, site: str) -> None:
    """From the field with Enter, and along the periods with the tabulator."""
    page.goto(f"{site}/audit")
    page.get_by_label("Caller").focus()
    page.keyboard.type("user:default/ben")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("40 acts in the last 30 days that match")
    page.get_by_role("button", name="Filter").focus()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="24 hours")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("40 acts in the last 24 hours that match")


def test_the_lists_work_without_scripts(window: Callable[..., Page], site: str) -> None:
    """Filters, periods, pages and the file are forms and links."""
    page = window(script=False)
    page.goto(f"{site}/problems")
    page.locator("select[name=kind]").select_option("Enrollment")
    page.get_by_role("button", name="Filter").click()
    expect(page.locator("tbody")).to_contain_text("images.d/shop.yaml:12")
    expect(page.locator("tbody tr")).to_have_count(1)

    page.goto(f"{site}/rebuilds?last=all")
    page.get_by_role("link", name="Next").click()
    expect(page.get_by_role("link", name="First page")).to_be_visible()
    expect(page.locator("tbody tr")).to_have_count(50)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download CSV").click()
    assert download.value.suggested_filename == "rebuilds.csv"
