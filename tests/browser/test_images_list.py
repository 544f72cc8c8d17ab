"""The list of images in a real browser: 0 to 3,000 images, by keyboard, on a phone, without JavaScript."""

import csv
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from catalog.image import Status
from tests.browser.conftest import broken_rules, keep
from tests.peers.served import serving
from tests.population.images import population
from tests.provider.web_images import NOW, MemoryIndex, digest, managed, varied_images
from tests.provider.web_part import web

pytestmark = pytest.mark.backstage

LAPTOP = {"width": 1280, "height": 900}
ON_SCREEN = """() => [...document.querySelectorAll(".dense tbody tr")]
  .filter((row) => row.getBoundingClientRect().bottom <= innerHeight).length"""
LONG = "a-team-with-a-long-name/an-application-with-a-long-name/service:2026-11-28-release-candidate"
HYPHENS = """() => [...document.querySelectorAll('td[data-label="Reference"] code')].filter((code) => {
  const box = (node, at) => {
    const range = document.createRange();
    range.setStart(node, at);
    range.setEnd(node, at + 1);
    return range.getBoundingClientRect().top;
  };
  return [...code.childNodes].filter((node) => node.nodeType === 3).some((node) =>
    [...node.data].some((_, at) => at && box(node, at) - box(node, at - 1) > 4));
}).map((code) => code.textContent)"""


@contextmanager
def listing(count: int) -> Iterator[tuple[str, MemoryIndex]]:
    """The address of the pages with this number of images, and their index."""
    index = MemoryIndex(population(count, NOW))
    with serving(web(index)) as address:
        yield address, index


@pytest.fixture(name="varied")
def served_varied() -> Iterator[str]:
    """The address of the pages with varied images, one of them with a long reference."""
    long = managed("long-name", registry="registry.example.com:5000", repository=LONG.partition(":")[0], tag="1")
    with serving(web(MemoryIndex([*varied_images(), long]))) as address:
        yield address


@pytest.mark.parametrize("count", [300, 3000])
def test_25_images_fit_a_screen(window: Callable[..., Page], count: int) -> None:
    """In a window of 1280 by 900, with the filters and the counts above them; no row is wider than the window."""
    with listing(count) as (address, _):
        page = window()
        page.set_viewport_size(LAPTOP)  # type: ignore[arg-type]  # a TypedDict
        page.goto(f"{address}/images")
        keep(page, f"images-{count}")

        assert page.evaluate(ON_SCREEN) >= 25
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        expect(page.get_by_text(f"{count} images", exact=True)).to_be_visible()


@pytest.mark.parametrize("count", [0, 3, 300])
@pytest.mark.parametrize("theme", ["light", "dark", "phone"])
def test_the_list_is_for_everybody(window: Callable[..., Page], axe: str, count: int, theme: str) -> None:
    """With searches, empty answers and filters too."""
    with listing(count) as (address, _):
        page = window(dark=theme == "dark", phone=theme == "phone")
        queries = ["", "?q=node:22", "?q=nothing-like-this", "?behind=true&sort=behindSince", f"?q={digest('e')[7:19]}"]
        for number, query in enumerate(queries if count == 300 or theme == "light" else [""]):
            page.goto(f"{address}/images{query}")
            keep(page, f"images-{count}-{number}-{theme}")
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), query
            assert broken_rules(page, axe) == [], query


def test_an_empty_list_leads_on(window: Callable[..., Page]) -> None:
    """It says how an image is enrolled; there is nothing to filter."""
    with listing(0) as (address, _):
        page = window()
        page.goto(f"{address}/images")

        expect(page.get_by_role("heading", name="No images yet")).to_be_visible()
        assert page.get_by_role("search").count() == 0


def test_the_list_is_sorted_and_searched_by_keyboard(window: Callable[..., Page], varied: str) -> None:
    """Tab reaches the search field, the filters and the columns in their order; Enter uses them."""
    page = window()
    page.goto(f"{varied}/images")
    page.get_by_role("searchbox").focus()
    names = []
    for _ in range(5):
        page.keyboard.press("Tab")
        names.append(page.evaluate("document.activeElement.name"))
    assert names == ["owner", "criticality", "role", "registry", "behind"]

    page.get_by_role("link", name="Behind since").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/images?sort=behindSince")
    expect(page.get_by_role("columnheader", name="Behind since")).to_have_attribute("aria-sort", "ascending")
    page.get_by_role("link", name="Behind since").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/images?sort=-behindSince")

    page.get_by_role("searchbox").fill("debian:22")
    page.keyboard.press("Enter")
    expect(page.get_by_text("this image, and images that depend on it")).to_be_visible()
    expect(page.get_by_role("row")).to_have_count(4)


@pytest.mark.parametrize("script", [True, False])
def test_a_search_says_what_it_took_and_goes_through_parents(
    window: Callable[..., Page], varied: str, *, script: bool
) -> None:
    """The address has all of it, so that it can be shared; no script is needed."""
    page = window(script=script)
    page.goto(f"{varied}/images")
    page.get_by_role("searchbox").fill("d" * 12)
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("row")).to_have_count(2)
    expect(page.get_by_text("Digest sha256:dddddddddddd")).to_be_visible()
    page.get_by_role("link", name="Also through other images").click()
    expect(page.get_by_role("row")).to_have_count(3)
    page.get_by_role("link", name="Search names for").click()
    expect(page.get_by_role("heading", name="No image matches")).to_be_visible()
    page.get_by_role("link", name="Clear all").click()
    page.get_by_label("Kind").select_option("base")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("row")).to_have_count(5)
    assert "role=base" in page.url


def test_the_list_is_downloaded(window: Callable[..., Page], varied: str, tmp_path: Path) -> None:
    """All images of the filters, in the order of the page."""
    page = window()
    page.goto(f"{varied}/images?status=failed,waiting,held&sort=name")
    with page.expect_download() as started:
        page.get_by_role("link", name="CSV").click()
    file = tmp_path / "images.csv"
    started.value.save_as(file)

    assert started.value.suggested_filename == "images.csv"
    with file.open(newline="", encoding="utf-8") as opened:
        assert [row["name"] for row in csv.DictReader(opened)] == page.locator(".dense tbody th").all_inner_texts()


def test_the_list_renews_itself_and_keeps_the_focus(window: Callable[..., Page]) -> None:
    """A status changes without a reload; a person who reads by keyboard stays where she was."""
    with listing(3) as (address, index):
        page = window()
        page.clock.install()
        page.goto(f"{address}/images")
        name = page.locator(".dense tbody th a").last.inner_text()
        page.get_by_role("link", name=name, exact=True).focus()
        index.replace([replace(image, status=Status.FAILED) for image in index.images.values()], {})
        page.clock.run_for(16_000)

        expect(page.locator(".dense tbody .sign").first).to_contain_text("Failed")
        assert page.evaluate("document.activeElement.textContent") == name


def test_images_are_cards_on_a_phone(window: Callable[..., Page], varied: str) -> None:
    """Each value has its label, the order can be chosen, and references break after `/` and `:` only."""
    page = window(phone=True)
    page.goto(f"{varied}/images")
    keep(page, "images-cards")

    assert not page.locator(".dense thead").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate(HYPHENS) == []
    page.get_by_label("Sort").select_option("name")
    page.get_by_role("button", name="Search").click()
    page.wait_for_url("**sort=name*")
    assert page.locator(".dense tbody th").first.inner_text() == "assumer"
