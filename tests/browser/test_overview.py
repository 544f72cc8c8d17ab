"""The overview in a real browser, and how pages renew their parts."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask, render_template_string
from playwright.sync_api import Page, Request, expect

from catalog.image import Status
from provider.auth.access import Access
from provider.auth.callers import CallerRole, ServiceToken
from provider.ports import ReportedProblem
from provider.store.engine import migrate, open_engine
from proxy.secrets.secret import Secret
from tests.browser.conftest import broken_rules, keep
from tests.peers.served import serving
from tests.provider.overview_world import OverviewWorld, behind, organization
from tests.provider.web_images import managed

pytestmark = pytest.mark.backstage

PERIOD = 10_000
MINUTE = 60_000
WRONG = "'7x' is not a duration; write for example 12h, 7d or 2w"
HIDE = """(away) => {
    Object.defineProperty(document, "hidden", { configurable: true, get: () => away });
    document.dispatchEvent(new Event("visibilitychange"));
}"""
PARTS = """{% extends "layout.html" %}{% from "live.html" import live, live_script, live_status %}
{% block scripts %}{{ live_script() }}{% endblock %}
{% block content %}{{ live_status() }}<div id="list" {{ live(10, words) }}><p>Turn {{ turn }}</p>
<details><summary>First</summary><p>one</p></details>
<details open><summary>Second</summary><p>two</p></details>
<pre tabindex="0"><code>{{ "wide " * 200 }}</code></pre>
{% for name in names %}<a href="/images/{{ name }}">{{ name }}</a> {% endfor %}
<button type="button">Press</button></div>
<div id="form" {{ live(10) }}><p>Form {{ turn }}</p><label>Text <input></label></div>
{% endblock %}"""


@pytest.fixture(name="world")
def made_world(tmp_path: Path) -> Iterator[OverviewWorld]:
    """Nothing is tracked; a database of its own."""
    engine = open_engine(f"sqlite:///{tmp_path / 'index.db'}")
    migrate(engine)
    yield OverviewWorld(engine)
    engine.dispose()


@pytest.fixture(name="address")
def served(world: OverviewWorld) -> Iterator[str]:
    """The address of the pages."""
    with serving(world.app()) as address:
        yield address


def fill(world: OverviewWorld, count: int) -> None:
    """Track so many images, with everything that an overview can show."""
    world.put(organization(count))
    world.check()
    world.release("1.0.0", "1.1.0", "2.0.0-rc.1")
    problem = ReportedProblem("payments-api", WRONG, WRONG, "images.d/a-team-with-a-long-name.yaml", 12, "rebuildDelay")
    world.report(problem, ReportedProblem("", "x", "not YAML: mapping values are not allowed here", "images.yaml", 3))


def asked(page: Page) -> list[str]:
    """The requests for the page itself from now on."""
    sent: list[str] = []

    def note(request: Request) -> None:
        if request.resource_type == "fetch":
            sent.append(request.url)

    page.on("request", note)
    return sent


@pytest.mark.parametrize("theme", ["desktop", "dark", "phone"])
@pytest.mark.parametrize("count", [0, 3, 300, 3_000])
def test_the_overview_is_for_everybody(
    window: Callable[..., Page], world: OverviewWorld, address: str, axe: str, theme: str, count: int
) -> None:
    """It breaks no rule and is never wider than the window; screenshots are saved."""
    if count:
        fill(world, count)
    page = window(dark=theme == "dark", phone=theme == "phone")
    page.goto(f"{address}/overview")
    keep(page, f"overview-{count}-{theme}")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert broken_rules(page, axe) == []


def test_the_overview_is_used_by_keyboard(page: Page, world: OverviewWorld, address: str) -> None:
    """Tab reaches the skip link, the brand, the menu and then the answer; Enter opens the list behind it."""
    fill(world, 300)
    page.goto(f"{address}/overview")
    reached = []
    for _ in range(8):
        page.keyboard.press("Tab")
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
        reached.append(page.evaluate("document.activeElement.textContent.trim()"))
    assert reached[:4] == ["Skip to content", "Image Factory", "Overview", "Images"]
    answer = page.get_by_role("link", name="200 of 300")
    answer.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/images?role=managed&status=up-to-date")
    page.get_by_role("link", name="Image Factory").press("Enter")
    page.wait_for_url("**/overview")


def test_the_overview_works_without_scripts(window: Callable[..., Page], world: OverviewWorld, address: str) -> None:
    """Everything is there, and images and releases are one click away."""
    fill(world, 300)
    page = window(script=False)
    page.goto(f"{address}/overview")
    expect(page.get_by_role("heading", name="Behind for longest")).to_be_visible()
    expect(page.get_by_role("row")).to_have_count(10 + 1 + 5 + 1)
    page.get_by_role("link", name="80 Behind").click()
    page.wait_for_url("**/images?behind=true&*")
    page.get_by_role("link", name="Overview").click()
    page.get_by_role("link", name="All releases").click()
    page.wait_for_url("**/releases?since=*")


def test_a_change_is_shown_within_seconds(page: Page, world: OverviewWorld, address: str) -> None:
    """Without a click; the focus stays on its link, and the page at its place."""
    world.put([behind("late", 3), behind("later", 2), managed("app")])
    page.clock.install()
    page.goto(f"{address}/overview")
    expect(page.get_by_text("1 of 3 managed images is proven up to date")).to_be_visible()
    link = page.get_by_role("link", name="later", exact=True)
    link.focus()
    page.evaluate("scrollTo(0, 50)")

    world.put([managed("late"), behind("later", 2), managed("app")])
    page.clock.run_for(PERIOD)
    expect(page.get_by_text("2 of 3 managed images are proven up to date")).to_be_visible()
    expect(page.get_by_role("link", name="late", exact=True)).to_have_count(0)
    expect(link).to_be_focused()
    assert page.evaluate("scrollY") == 50
    expect(page.get_by_role("status")).to_have_text("")


def test_a_page_that_cannot_be_renewed_says_how_old_it_is(page: Page, world: OverviewWorld, address: str) -> None:
    """It stays as it was, tries again in growing pauses, and says when it is new again."""
    world.put([managed("app")])
    page.clock.install()
    page.goto(f"{address}/overview")
    sent = asked(page)
    page.route("**/overview", lambda route: route.abort())
    page.clock.run_for(PERIOD)
    words = page.get_by_role("status")
    expect(words).to_have_text(
        re.compile(r"Shown as of \d\d:\d\d, less than a minute old\. .*the service does not answer\. Trying again\.")
    )
    page.clock.run_for(3 * MINUTE)
    expect(words).to_contain_text("3 minutes old")
    expect(page.get_by_text("1 of 1 managed image is proven up to date")).to_be_visible()
    assert len(sent) <= 6

    page.unroute("**/overview")
    page.route("**/overview", lambda route: route.fulfill(status=404, body="gone"))
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(words).to_contain_text("the service answered 404")
    page.unroute("**/overview")
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(words).to_have_text(re.compile(r"Renewed at \d\d:\d\d\."))


def test_a_page_in_the_background_rests(page: Page, world: OverviewWorld, address: str) -> None:
    """It asks for nothing, and at once when it is shown again."""
    world.put([managed("app")])
    page.clock.install()
    page.goto(f"{address}/overview")
    page.evaluate(HIDE, True)
    sent = asked(page)
    page.clock.run_for(10 * MINUTE)
    assert sent == []
    world.put([managed("app"), managed("other")])
    page.evaluate(HIDE, False)
    expect(page.get_by_text("2 of 2 managed images are proven up to date")).to_be_visible()
    assert sent == [f"{address}/overview"]


def test_a_person_who_was_signed_out_is_told(page: Page, world: OverviewWorld, axe: str) -> None:
    """With a link that leads to the sign-in and back; the page stays readable."""
    world.put([managed("app")])
    token = ServiceToken("mia", CallerRole.READ, Secret("a-token-for-mia"))
    page.clock.install()
    with serving(world.app(Access((token,)))) as address:
        page.goto(f"{address}/overview")
        page.get_by_label("Service token").fill("a-token-for-mia")
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/overview")
        page.context.clear_cookies()
        page.clock.run_for(PERIOD)
        expect(page.get_by_role("status")).to_contain_text("You are signed out.")
        expect(page.get_by_text("1 of 1 managed image is proven up to date")).to_be_visible()
        assert broken_rules(page, axe) == []
        page.get_by_role("link", name="Sign in again").click()
        page.wait_for_url("**/login?next=%2Foverview")


@pytest.fixture(name="parts")
def served_parts(world: OverviewWorld) -> Iterator[tuple[str, dict[str, object]]]:
    """A page with parts of every kind, and what it shows."""
    shown: dict[str, object] = {"turn": 1, "names": ["a", "b", "c"], "words": ""}
    app: Flask = world.app()
    app.add_url_rule("/parts", "pages.parts", lambda: render_template_string(PARTS, **shown))
    with serving(app) as address:
        yield f"{address}/parts", shown


def test_what_a_person_did_stays(page: Page, parts: tuple[str, dict[str, object]]) -> None:
    """Open and closed details, the place in a scrolled box, and the focus on a link that has moved."""
    address, shown = parts
    page.clock.install()
    page.goto(address)
    page.evaluate("document.querySelector('pre').scrollTo(300, 0)")
    page.get_by_text("First").click()
    page.get_by_text("Second").click()
    page.get_by_role("link", name="c", exact=True).focus()

    shown.update(turn=2, names=["x", "a", "b", "c"], words="Two.")
    page.clock.run_for(PERIOD)
    expect(page.get_by_text("Turn 2")).to_be_visible()
    expect(page.get_by_role("status")).to_have_text("Two.")
    assert page.evaluate("[...document.querySelectorAll('details')].map((each) => each.open)") == [True, False]
    expect(page.get_by_role("link", name="c", exact=True)).to_be_focused()
    assert page.evaluate("document.querySelector('pre').scrollLeft") == 300

    page.get_by_role("button", name="Press").focus()
    shown["turn"] = 3
    page.clock.run_for(PERIOD)
    expect(page.get_by_text("Turn 3")).to_be_visible()
    expect(page.get_by_role("button", name="Press")).to_be_focused()


def test_nothing_changes_below_a_person_who_types_or_selects(page: Page, parts: tuple[str, dict[str, object]]) -> None:
    """Other parts do; the part follows when the person has left it."""
    address, shown = parts
    page.clock.install()
    page.goto(address)
    page.get_by_label("Text").fill("half a wor")
    shown["turn"] = 2
    page.clock.run_for(PERIOD)
    expect(page.get_by_text("Turn 2")).to_be_visible()
    expect(page.get_by_text("Form 1")).to_be_visible()
    expect(page.get_by_label("Text")).to_have_value("half a wor")

    page.get_by_text("Turn 2").click(click_count=3)
    shown["turn"] = 3
    page.clock.run_for(PERIOD)
    expect(page.get_by_text("Form 3")).to_be_visible()
    expect(page.get_by_text("Turn 2")).to_be_visible()
    page.clock.fast_forward(MINUTE)
    page.clock.run_for(PERIOD)
    expect(page.get_by_role("status")).to_contain_text("What you select or edit is not renewed meanwhile.")
    page.evaluate("getSelection().removeAllRanges()")
    page.clock.run_for(PERIOD)
    expect(page.get_by_text("Turn 3")).to_be_visible()
    expect(page.get_by_role("status")).to_have_text("")


def test_a_part_without_changes_is_not_replaced(page: Page, parts: tuple[str, dict[str, object]]) -> None:
    """Its elements are the same ones."""
    address, shown = parts
    page.clock.install()
    page.goto(address)
    mark = "() => ['list', 'form'].forEach((id) => { document.getElementById(id).mark = 1; })"
    marks = "() => ['list', 'form'].map((id) => document.getElementById(id).mark ?? 0)"
    page.evaluate(mark)
    page.clock.run_for(PERIOD)
    page.wait_for_function(f"() => ({marks})().every((mark) => mark === 0)")
    page.evaluate(mark)
    with page.expect_request_finished(lambda request: request.resource_type == "fetch"):
        page.clock.run_for(PERIOD)
    shown["names"] = ["z"]
    page.clock.run_for(PERIOD)
    expect(page.get_by_role("link", name="z", exact=True)).to_be_visible()
    assert page.evaluate(marks) == [0, 1]


@pytest.mark.parametrize(
    ("status", "listed"),
    [
        (Status.FAILED, "failed,error"),
        (Status.UNVERIFIED, "unknown,unverified"),
        (Status.DUE, "rebuilding,due,waiting"),
        (Status.HELD, "held"),
    ],
)
def test_each_number_leads_to_its_images(
    page: Page, world: OverviewWorld, address: str, status: Status, listed: str
) -> None:
    """The list has as many rows as the number says."""
    world.put([*(managed(f"app-{number}", status=status) for number in range(3)), managed("fine")])
    page.goto(f"{address}/overview")
    page.get_by_role("link", name="3 ", exact=False).first.click()
    page.wait_for_url(f"**/images?role=managed&status={listed}")
    expect(page.get_by_role("link", name="app-", exact=False)).to_have_count(3)
