"""The page /simulate in a real browser: light, dark, on a phone, by keyboard, without JavaScript."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import broken_rules, keep
from tests.peers.served import serving
from tests.provider.simulation_world import SimulationWorld

pytestmark = pytest.mark.backstage

QUESTION = "/simulate?rebuildDelay=0,1d,3d,7d&window=2h"


@pytest.fixture(name="simulations")
def made_world() -> SimulationWorld:
    """Twelve images with forty days of history."""
    return SimulationWorld()


@pytest.fixture(name="site")
def served(simulations: SimulationWorld) -> Iterator[str]:
    """The address of the pages."""
    with serving(simulations.app()) as address:
        yield address


@pytest.mark.parametrize("theme", ["desktop", "dark", "phone"])
def test_the_page_is_for_everybody(window: Callable[..., Page], site: str, axe: str, theme: str) -> None:
    """The form, the answer, a mistake and an owner without images break no rule and fit the window."""
    page = window(dark=theme == "dark", phone=theme == "phone")
    paths = {
        "form": "/simulate",
        "answer": QUESTION,
        "mistake": "/simulate?rebuildDelay=soon&since=3",
        "nobody": "/simulate?owner=group:default/a-team-with-a-long-name-that-owns-nothing-at-all",
    }
    for name, path in paths.items():
        page.goto(site + path)
        for summary in page.locator("summary").all():
            summary.click()
        keep(page, f"simulate-{name}-{theme}")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
        assert broken_rules(page, axe) == [], name


def test_a_question_is_asked_by_keyboard(page: Page, site: str) -> None:
    """The delays are typed, Enter asks, and tables that are wider than the window can be reached and scrolled."""
    page.goto(f"{site}/simulate")
    page.get_by_label("Rebuild delays").focus()
    page.keyboard.press("Control+a")
    page.keyboard.type("12h,2d")
    page.keyboard.press("Enter")
    expect(page.get_by_role("columnheader", name="12h delay").first).to_be_visible()
    region = page.get_by_role("region", name="Figures of each policy")
    region.focus()
    expect(region).to_be_focused()
    page.get_by_text("The same as a table").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("rowheader", name="20 Oct")).to_be_visible()


def test_it_works_without_javascript(window: Callable[..., Page], site: str) -> None:
    """The form, the answer and the pictures, which say what they show."""
    page = window(script=False)
    page.goto(f"{site}/simulate")
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_role("columnheader", name="3d delay").first).to_be_visible()
    expect(page.get_by_role("img", name="3d delay: from ")).to_be_visible()
    page.get_by_label("Owner").fill("group:default/payments")
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_role("heading", name="4 images, 40 days")).to_be_visible()
