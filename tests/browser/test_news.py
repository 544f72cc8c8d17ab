"""The page of new releases in a real browser, with 200 repositories."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from provider.tracker.decisions.kinds import RepositoryType
from provider.tracker.decisions.outcomes import Found, PollFailure
from provider.tracker.decisions.polling import after_poll
from provider.tracker.decisions.release import FoundRelease
from tests.browser.conftest import NOTES, broken_rules, keep
from tests.provider.tracker.pages.tracker_pages_web import TrackerWorld, release
from tests.provider.web_images import NOW

REPOSITORIES = 200
HOUR = timedelta(hours=1)


@pytest.fixture(name="many")
def made_many(world: TrackerWorld) -> TrackerWorld:
    """Repositories with releases of two weeks, a moved tag, pre-releases, and some that fail."""
    for number in range(REPOSITORIES):
        host = ("https://github.com/acme", "https://git.example.org/team", "ghcr.io/acme")[number % 3]
        of = world.add_unpolled(f"{host}/product-{number}", f"product-{number:03}")
        first = FoundRelease("1.0.0", NOW - timedelta(days=90), hash="ab" * 20)
        _poll(world, of, timedelta(days=90), first)
        # Those of one hour come by number.
        fresh = release(f"2.{number}.0{'-rc.1' if number % 7 == 0 else ''}", number // 15, notes=NOTES)
        _poll(world, of, timedelta(hours=1 + number * 2), first, fresh)
        if number % 50 == 3:
            _poll(world, of, timedelta(minutes=30), FoundRelease("1.0.0", hash="ef" * 20), fresh)
        if number % 60 == 7:
            failure = PollFailure("the host did not answer")
            world.store.record([after_poll(NOW, world.store.get(of), world.store.known(of), failure, HOUR)])
    return world


def _poll(world: TrackerWorld, number: int, ago: timedelta, *releases: FoundRelease) -> None:
    tracked, known = world.store.get(number), world.store.known(number)
    world.store.record([after_poll(NOW - ago, tracked, known, Found(None, releases), HOUR)])


@pytest.mark.parametrize("options", [{}, {"dark": True}, {"phone": True}], ids=["desktop", "dark", "phone"])
def test_tracker_new_releases_are_for_everybody(
    window: Callable[..., Page], address: str, many: TrackerWorld, axe: str, options: dict[str, bool]
) -> None:
    """No page breaks a rule of axe-core or is wider than the window; screenshots are saved."""
    page, kind = window(**options), "-".join(options) or "desktop"
    for name, query in (("news", ""), ("news-known", "?baseline=true&q=1.0.0"), ("news-none", "?q=nothing")):
        page.goto(f"{address}/releases{query}")
        if name == "news":
            page.locator("summary").first.click()
        keep(page, f"{name}-{kind}")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
        assert broken_rules(page, axe) == [], name


def test_tracker_new_releases_are_filtered_without_a_reload(page: Page, address: str, many: TrackerWorld) -> None:
    """Filters apply while typing and are kept in the address; pages lead through all of them."""
    page.goto(address)
    page.get_by_role("link", name="What is new").click()
    page.evaluate("window.stayed = true")
    expect(page.get_by_role("heading", level=2, name="Today")).to_be_visible()
    expect(page.get_by_role("region", name="Notice")).to_contain_text("4 repositories cannot be read")
    page.get_by_label("Text").press_sequentially("product-14")
    expect(page.get_by_text("11 releases match")).to_be_visible()
    expect(page).to_have_url(re.compile("q=product-14"))
    page.locator("#prereleases").select_option("false")
    expect(page.get_by_text("8 releases match")).to_be_visible()
    page.locator("#type").select_option(RepositoryType.GIT.value)
    expect(page.get_by_text("3 releases match")).to_be_visible()
    expect(page.locator("#feed")).to_have_attribute("href", re.compile("type=git"))
    page.reload()
    expect(page.get_by_text("3 releases match")).to_be_visible()
    expect(page.locator("#type")).to_have_value("git")
    page.get_by_role("link", name="Show all").click()
    expect(page.get_by_text("200 releases")).to_be_visible()
    page.get_by_role("link", name="Next").click()
    expect(page.get_by_role("link", name="First page")).to_be_visible()


def test_tracker_new_releases_are_read_by_keyboard(page: Page, address: str, many: TrackerWorld) -> None:
    """Notes open with the keyboard, and the focus is visible."""
    page.goto(f"{address}/releases")
    page.locator("summary").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("details[open]").first).to_contain_text("What is new")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.get_by_label("Text").focus()
    page.keyboard.type("2.42")
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 release matches")).to_be_visible()


def test_tracker_new_releases_are_shown_without_script(
    window: Callable[..., Page], address: str, many: TrackerWorld
) -> None:
    """Filters work with their button, days and pages with links, and notes are unfolded by the browser."""
    page = window(script=False)
    page.goto(f"{address}/releases")
    page.locator("summary").first.click()
    expect(page.locator("details[open]").first).to_contain_text("What is new")
    page.get_by_label("From").fill((NOW - timedelta(days=1)).date().isoformat())
    page.get_by_role("button", name="Filter").click()
    expect(page.get_by_role("heading", level=2, name="Yesterday")).to_be_visible()
    assert page.get_by_role("heading", level=2).all_inner_texts()[-1] == "Yesterday"
    page.get_by_role("link", name="Last 7 days").click()
    expect(page.get_by_role("link", name="Last 7 days")).to_have_attribute("aria-current", "true")
    page.get_by_role("link", name="Next").click()
    expect(page.get_by_role("link", name="First page")).to_be_visible()


def test_tracker_the_version_that_a_search_found_is_shown(page: Page, address: str, many: TrackerWorld) -> None:
    """In the list of repositories, beside the latest release."""
    page.goto(address)
    page.get_by_label("Text").press_sequentially("v1.0")
    expect(page.get_by_text("200 repositories match")).to_be_visible()
    expect(page.get_by_role("link", name="1.0.0", exact=True).first).to_be_visible()
    keep(page, "found-version")


def test_tracker_no_word_of_the_menu_is_broken(page: Page, address: str) -> None:
    """Where not all of its links fit beside each other, whole links are in the next line; on a phone they fit."""
    page.set_viewport_size({"width": 280, "height": 640})
    page.goto(f"{address}/releases")
    links = page.get_by_role("navigation", name="Main").get_by_role("link")
    heights = [box["height"] for box in (link.bounding_box() for link in links.all()) if box]
    assert heights
    assert max(heights) < 2 * float(page.evaluate("parseFloat(getComputedStyle(document.body).lineHeight)"))
    page.set_viewport_size({"width": 390, "height": 844})
    assert len({box["y"] for box in (link.bounding_box() for link in links.all()) if box}) == 1
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
