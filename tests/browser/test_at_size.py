"""Every page of the navigation with no image, with three, with 300 and with 3,000, as different people use it.

Screenshots for people are kept in `artifacts/screenshots/SIZE/PAGE-WINDOW.png`.
"""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page

from tests.browser.at_size import MANY, OTHERS, PAGES, SIZES, keep, pages_at, service_at_size
from tests.browser.conftest import broken_rules

pytestmark = pytest.mark.backstage

# Those that a person can see and that are not disabled; one button of a group of radio buttons stands for all.
CONTROLS = """() => {
  const all = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")];
  const seen = (control) => control.checkVisibility({ visibilityProperty: true }) && !control.disabled
    && control.type !== "hidden" && control.tabIndex >= 0;
  const groups = new Set();
  window.controls = all.filter((control) => {
    if (!seen(control) || control.type !== "radio") return seen(control);
    return !groups.has(control.name) && groups.add(control.name);
  });
  window.reached = new Set();
  document.addEventListener("focusin", ({ target }) => {
    window.reached.add(target.type === "radio" ? window.controls.find(({ name }) => name === target.name) : target);
    // In a drawing the frame of the part that has the focus is thick instead.
    const marked = target instanceof SVGElement
      ? parseFloat(getComputedStyle(target.querySelector("rect")).strokeWidth) > 2
      : getComputedStyle(target).outlineStyle !== "none";
    if (!marked) window.unmarked = target.outerHTML.slice(0, 200);
  });
  document.activeElement?.blur();
  return window.controls.length;
}"""
MISSED = """() => [
  ...window.controls.filter((one) => !window.reached.has(one)).map((one) => one.outerHTML.slice(0, 200)),
  ...(window.unmarked ? [`without a focus ring: ${window.unmarked}`] : []),
]"""
WITHOUT_SCRIPT = """() => [...document.querySelectorAll("button")].filter((button) =>
  button.checkVisibility() && !(button.form && button.type === "submit")).map((button) => button.outerHTML)"""
LABELS_ALONE = """() => [...document.querySelectorAll("td[data-label]")].filter((cell) =>
  cell.checkVisibility() && !cell.innerText.trim()).map((cell) => cell.outerHTML)"""
_TABS_AT_ONCE = 40


@pytest.fixture(name="count", scope="module", params=SIZES)
def number_of_images(request: pytest.FixtureRequest) -> int:
    """The number of images in the service."""
    count: int = request.param
    return count


@pytest.fixture(name="site", scope="module")
def served(count: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a service with this number of images."""
    with service_at_size(tmp_path_factory.mktemp(f"{count}-images"), count) as address:
        yield address


def test_every_page_of_the_navigation_is_looked_at(window: Callable[..., Page], site: str) -> None:
    """A page that joins the navigation joins the table of these tests too."""
    page = window()
    page.goto(f"{site}/images")
    links = page.locator("header a").evaluate_all("all => all.map((link) => new URL(link.href).pathname)")
    paths = {address.partition("?")[0] for address in (*PAGES.values(), *OTHERS.values())}
    assert set(links) - paths == set()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_page_at_size_follows_the_rules_of_accessibility(
    window: Callable[..., Page], site: str, count: int, axe: str, theme: str
) -> None:
    """Without an error in the console, and without a horizontal scroll bar."""
    page = window(dark=theme == "dark")
    for name, path in pages_at(count).items():
        page.goto(site + path)
        keep(page, count, f"{name}-{theme}")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
        # The rules of the dark theme differ only in its colours, and one size has all parts.
        if theme == "light" or count == MANY:
            assert broken_rules(page, axe) == [], name


def test_a_page_at_size_fits_a_phone(window: Callable[..., Page], site: str, count: int) -> None:
    """No page is wider than a window of 390 pixels, and no cell shows its label without a value."""
    page = window(phone=True)
    for name, path in pages_at(count).items():
        page.goto(site + path)
        keep(page, count, f"{name}-phone")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
        assert page.evaluate(LABELS_ALONE) == [], name


def test_the_keyboard_alone_reaches_every_control(window: Callable[..., Page], site: str, count: int) -> None:
    """Each with a visible focus."""
    page = window()
    for name, path in pages_at(count).items():
        page.goto(site + path)
        controls = page.evaluate(CONTROLS)
        # Parts that scroll take the focus too.
        for _ in range(2 * controls // _TABS_AT_ONCE + 1):
            for _ in range(_TABS_AT_ONCE):
                page.keyboard.press("Tab")
            if not page.evaluate(MISSED):
                break
        assert page.evaluate(MISSED) == [], name


def test_pages_work_without_javascript(window: Callable[..., Page], site: str, count: int) -> None:
    """Each has its heading, and no button that would do nothing."""
    page = window(script=False)
    for name, path in pages_at(count).items():
        page.goto(site + path)
        assert page.locator("h1").count() == 1, name
        assert page.evaluate(WITHOUT_SCRIPT) == [], name
