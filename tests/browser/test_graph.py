"""The graph around an image in a browser: a hundred nodes, keys, zoom, the table, and without a script."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import broken_rules, keep
from tests.fakes.image_graphs import FakeImageGraphs
from tests.peers.served import serving
from tests.provider.pages.base.base_world import world
from tests.provider.web_images import MemoryIndex, base, managed
from tests.provider.web_part import web

pytestmark = pytest.mark.backstage


@pytest.fixture(name="address", scope="module")
def served() -> Iterator[str]:
    """A base image with 300 services, a cycle, an image with a long name, and one alone."""
    index = MemoryIndex(
        [
            *world(300),
            managed("cycle-a", "cycle-c"),
            managed("cycle-b", "cycle-a"),
            managed("cycle-c", "cycle-b", "debian-12"),
            base("a-very-long-name-" * 11),
            managed("on-a-long-name", "a-very-long-name-" * 11, "nowhere"),
            managed("alone"),
        ]
    )
    with serving(web(index, graphs=FakeImageGraphs(index))) as address:
        yield address


@pytest.mark.parametrize("theme", ["desktop", "dark", "phone"])
@pytest.mark.parametrize("name", ["node-22", "base-node", "cycle-a", "on-a-long-name", "alone"])
def test_graph_is_for_everybody(window: Callable[..., Page], address: str, axe: str, name: str, theme: str) -> None:
    """No rule of axe-core is broken, no page is wider than the window, and no drawing is higher than it."""
    page = window(dark=theme == "dark", phone=theme == "phone")
    page.goto(f"{address}/images/{name}/graph")
    keep(page, f"graph-{name}-{theme}")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert broken_rules(page, axe) == []
    for box in page.locator(".graph-box").all():
        size = box.bounding_box()
        assert size
        assert size["height"] <= page.evaluate("innerHeight")


def test_graph_draws_a_hundred_images_without_overlaps(page: Page, address: str) -> None:
    """The image in the middle is in view at the start, and every label is inside its box."""
    page.goto(f"{address}/images/node-22/graph")
    assert page.locator(".node").count() >= 100
    expect(page.locator(".node.current")).to_be_in_viewport()
    overlapping = page.evaluate(
        """() => {
          const boxes = [...document.querySelectorAll(".drawn .node rect")].map((each) => each.getBoundingClientRect());
          return boxes.filter((one, index) => boxes.slice(index + 1).some((other) =>
            one.left < other.right && other.left < one.right &&
            one.top < other.bottom && other.top < one.bottom)).length;
        }"""
    )
    assert overlapping == 0
    outside = page.evaluate(
        """() => [...document.querySelectorAll(".drawn .node")].filter((node) => {
          const box = node.querySelector("rect").getBoundingClientRect();
          return [...node.querySelectorAll("text")].some((text) => text.getBoundingClientRect().right > box.right);
        }).map((node) => node.textContent.trim())"""
    )
    assert outside == []


def test_graph_a_name_of_200_characters_stays_in_its_box(page: Page, address: str) -> None:
    """The whole name is its label for screen readers, and in the table."""
    page.goto(f"{address}/images/on-a-long-name/graph")
    name = "a-very-long-name-" * 11
    expect(page.get_by_role("link", name=re.compile(f"Watched, {name}$"))).to_have_count(1)
    page.get_by_text("The same as a table").click()
    expect(page.get_by_role("row").filter(has_text=name).first).to_be_visible()


def test_graph_keys_go_from_node_to_node(page: Page, address: str) -> None:
    """Tab reaches the drawing after a link that skips it; arrows go along rows and columns, Enter opens the image."""
    page.goto(f"{address}/images/base-node/graph")
    page.locator(".skip-graph").focus()
    page.keyboard.press("Tab")
    expect(page.locator(".graph-box")).to_be_focused()
    page.keyboard.press("Tab")
    focused = page.locator(".drawn .node:focus")
    expect(focused).to_have_attribute("href", re.compile("dockerfile-1|node-22"))
    page.locator(".node.current").focus()
    page.keyboard.press("ArrowRight")
    expect(focused).to_have_attribute("href", re.compile("service"))
    there = focused.get_attribute("href")
    page.keyboard.press("ArrowDown")
    assert focused.get_attribute("href") != there
    page.keyboard.press("ArrowUp")
    expect(focused).to_have_attribute("href", there or "")
    page.keyboard.press("ArrowLeft")
    expect(focused).to_have_attribute("href", "/images/base-node")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("node-22|dockerfile-1"))


def test_graph_the_focused_node_is_seen(page: Page, address: str) -> None:
    """Its frame is wider than before, and it is scrolled into view."""
    page.goto(f"{address}/images/node-22/graph")
    last = page.locator(".drawn .node").last
    thin = last.locator("rect").evaluate("each => getComputedStyle(each).strokeWidth")
    page.keyboard.press("Tab")
    last.focus()
    expect(last).to_be_in_viewport()
    assert last.locator("rect").evaluate("each => getComputedStyle(each).strokeWidth") != thin


def test_graph_can_be_made_larger_and_smaller(page: Page, address: str) -> None:
    """Fit shows all of it, 100 % its full size; the buttons say what they do."""
    page.goto(f"{address}/images/node-22/graph")
    drawing, box = page.locator("svg.drawn"), page.locator(".graph-box")
    full = float((drawing.get_attribute("viewBox") or "").split()[2])
    page.get_by_role("button", name="100 %").click()
    assert float(drawing.get_attribute("width") or 0) == full
    page.get_by_role("button", name="Smaller").click()
    assert float(drawing.get_attribute("width") or 0) == pytest.approx(full / 1.25, abs=1)
    page.get_by_role("button", name="Larger").click()
    page.get_by_role("button", name="Larger").click()
    assert float(drawing.get_attribute("width") or 0) == pytest.approx(full * 1.25, abs=1)
    page.get_by_role("button", name="Fit").click()
    assert box.evaluate("each => each.scrollWidth <= each.clientWidth && each.scrollHeight <= each.clientHeight")


def test_graph_screen_readers_get_the_same_as_a_table(page: Page, address: str) -> None:
    """The drawing is a named group of links; each image of it has a row with its status and its dependencies."""
    page.goto(f"{address}/images/team-0-service-000/graph")
    group = page.get_by_role("group", name="Graph")
    links = group.get_by_role("link").all()
    assert {(link.get_attribute("aria-label") or "").split(":")[0] for link in links} == {
        "debian-12",
        "node-22",
        "team-0-service-000",
    }
    expect(group.locator('[aria-current="true"]')).to_have_count(1)
    page.get_by_text("The same as a table").click()
    row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name="team-0-service-000"))
    expect(row).to_contain_text("Failed")
    expect(row).to_contain_text(
        "node-22: sha256:222222222222, verified in the built image; behind: the newest is sha256:3"
    )


def test_graph_colours_are_those_of_the_theme(window: Callable[..., Page], address: str) -> None:
    """What is behind has another colour, another width and a dashed line, in both themes."""
    drawn = {}
    for dark in (False, True):
        page = window(dark=dark)
        page.goto(f"{address}/images/base-node/graph")
        styles = "each => [getComputedStyle(each).stroke, getComputedStyle(each).strokeDasharray]"
        drawn[dark] = page.locator(".edge.behind").first.evaluate(styles)
        assert drawn[dark] != page.locator(".edge.newest").first.evaluate(styles)
        assert drawn[dark][1] != "none"
    assert drawn[False][0] != drawn[True][0]


def test_graph_works_without_a_script(window: Callable[..., Page], address: str) -> None:
    """It has its full size, scrolls in its own box, and its links lead on; there are no buttons that do nothing."""
    page = window(script=False)
    page.goto(f"{address}/images/node-22/graph")
    keep(page, "graph-node-22-no-script")
    expect(page.locator(".graph-zoom")).to_be_hidden()
    width = page.locator("svg.drawn").bounding_box()
    assert width
    assert width["width"] > 1000
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("link", name=re.compile("more that depend on")).first.click()
    assert "dependsOn=" in page.url
    page.go_back()
    page.get_by_role("link", name="3 steps").click()
    assert page.url.endswith("depth=3")
