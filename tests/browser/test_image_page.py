"""The page of an image in a real browser: what it says, and what people ask for on it, with a worker that does it."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from catalog.image import Conclusion, Evidence, Failure, HoldDocument, Image, SkipDocument, Status
from provider.services.asking.asking import Asking
from provider.services.reacting.wanted import Wanted
from provider.services.timelines.timelines import Timelines
from provider.timeline_ports import EntryCommit, EntryHistory
from tests.browser.conftest import broken_rules, keep
from tests.fakes.image_graphs import FakeImageGraphs
from tests.fakes.person_requests import FakePersonRequests
from tests.fakes.timeline_rows import FakeTimelineRows
from tests.peers.served import serving
from tests.provider.services.timelines.worlds import ScriptedEntries
from tests.provider.services.world import Company, settled
from tests.provider.web_images import NOW, MemoryIndex, base, dependency, digest, managed, rebuild, update
from tests.provider.web_part import web

PERIOD = 15_000
DAY = timedelta(days=1)


@pytest.fixture(name="company")
def made_company() -> Company:
    """An organisation whose image `portal` was built from a digest that is not known."""
    return settled()


@pytest.fixture(name="site")
def served(company: Company) -> Iterator[str]:
    """The address of its pages."""
    numbers = itertools.count(1)
    asking = Asking(company.index, company.requests, lambda: company.now, lambda: f"request-{next(numbers)}")
    with serving(web(company.index, asking=asking)) as address:
        yield address


def status_of(page: Page) -> Locator:
    """The answer of the page."""
    return page.get_by_role("region", name="Status", exact=True)


def press_until(page: Page, name: str) -> None:
    """Press Tab until the element with this text or label has the focus."""
    found = (
        "(() => { const e = document.activeElement; return (e.labels?.[0]?.textContent || e.textContent).trim(); })()"
    )
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate(found).startswith(name):
            return
    raise AssertionError(f"no key leads to {name}")


def test_a_rebuild_is_asked_for_by_keyboard_and_its_result_appears_by_itself(
    page: Page, company: Company, site: str
) -> None:
    """From the button over its confirmation to the run that the worker starts; nothing is reloaded."""
    page.clock.install()
    page.goto(f"{site}/images/portal")
    expect(status_of(page)).to_contain_text("Unverified")
    press_until(page, "Rebuild")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Rebuild: portal")
    press_until(page, "Reason")
    page.keyboard.type("openssl is broken")
    page.keyboard.press("Enter")
    expect(page.get_by_text("The worker carries it out within seconds.")).to_be_visible()
    expect(page.get_by_text(": openssl is broken.")).to_be_visible()

    company.round.react(Wanted())
    page.clock.run_for(PERIOD)
    expect(page.get_by_text("Done: portal: rebuild requested by")).to_be_visible()
    expect(status_of(page)).to_contain_text("Rebuilding")
    page.clock.run_for(2 * PERIOD)
    expect(page.locator("#timeline").get_by_text("Rebuilding")).to_be_visible()
    assert company.last().reason.endswith(": openssl is broken")

    company.finish()
    company.round.react(Wanted())
    company.after(timedelta(hours=1))
    page.clock.run_for(2 * PERIOD)
    expect(status_of(page)).to_contain_text("Up to date")
    expect(page.locator("#timeline").get_by_text("Rebuild: success")).to_be_visible()


@pytest.mark.parametrize("script", [True, False], ids=["with-script", "without"])
def test_a_hold_is_asked_for_and_released(
    window: Callable[..., Page], company: Company, site: str, script: bool
) -> None:
    """With its reason and its end; the button of the other direction takes its place, also without a script."""
    page = window(script=script)
    page.goto(f"{site}/images/portal")
    page.get_by_role("link", name="Hold").click()
    page.get_by_label("Reason").fill("release freeze")
    page.get_by_label("Until").fill((company.now + 5 * DAY).date().isoformat())
    page.get_by_role("button", name="Hold").click()
    expect(page.get_by_text("The worker carries it out within seconds.")).to_be_visible()
    company.round.react(Wanted())
    page.reload()
    expect(page.get_by_text("Done: ")).to_be_visible()
    expect(page.get_by_label("Requests of people")).to_contain_text("release freeze")
    expect(page.locator("#timeline").get_by_text("Held")).to_be_visible()

    page.get_by_role("link", name="Release").click()
    page.get_by_role("button", name="Release").click()
    expect(page.get_by_text("The worker carries it out within seconds.")).to_be_visible()
    company.round.react(Wanted())
    page.reload()
    expect(page.get_by_label("Requests of people")).to_have_count(0)
    expect(page.get_by_role("link", name="Hold")).to_be_visible()


def rich(name: str, **others: object) -> Image:
    """An image that shows everything that a page can show."""
    node = replace(
        dependency("node"),
        reference="docker.io/library/node:22-bookworm-slim",
        written="node:${NODE_VERSION}-bookworm-slim",
        built_on=digest("d"),
        evidence=Evidence.VERIFIED,
        newest=digest("a"),
        newest_since=NOW - 3 * DAY,
        status=Status.WATCHED,
        line=12,
        file="services/portal/Dockerfile",
    )
    assumed = replace(dependency("golang"), built_on=digest("1"), newest=digest("1"), evidence=Evidence.ASSUMED)
    failed = rebuild(20, conclusion=Conclusion.FAILURE, error="the build failed: npm install ended with 1")
    image = managed(
        name,
        title="The portal of a team with a long name",
        description="What developers open first.",
        status=Status.WAITING,
        reason="node:22-bookworm-slim changed on 7 Mar 2026; rebuild on or after 14 Mar 2026 (7-day delay).",
        behind_since=NOW - 3 * DAY,
        next_eligible_at=NOW + 4 * DAY,
        enrollment={"source": {"provider": "github", "repo": "acme/a-long-name-of-a-repository", "workflow": "b.yml"}},
        dependencies=(node, assumed),
        rebuilds=(failed, rebuild(2)),
        last_rebuild=rebuild(2),
        updates=(update(20, "b", None, 2), update(2, "f", "b")),
        system="portal",
        lifecycle="production",
        entry_file="images.d/platform.yaml",
        skips=(SkipDocument(digest("e"), "its OpenSSL is broken", "user:default/jane", NOW - DAY),),
        notes=("node:22 is pinned in the Dockerfile",),
    )
    return replace(image, **others)  # type: ignore[arg-type]  # keywords of Image


IMAGES = (
    rich("portal"),
    rich(
        "payments",
        status=Status.FAILED,
        reason="the build of 18 Feb failed",
        last_error=Failure(NOW - DAY, "npm install ended with 1"),
        next_eligible_at=None,
    ),
    rich(
        "proven",
        status=Status.UP_TO_DATE,
        reason="Built on the latest eligible digest of every base image.",
        behind_since=None,
        next_eligible_at=None,
        hold=HoldDocument("freeze", "user:default/jane", NOW - DAY, NOW + DAY),
        notes=(),
    ),
    managed("bare", dependencies=()),
    base("node", updates=(update(50, "d", None, 3), update(3, "a", "d"))),
    *(replace(managed(f"child-{number:02}", "portal"), status=list(Status)[number % 9]) for number in range(60)),
)
COMMIT = EntryCommit(
    "c" * 40,
    NOW - 5 * DAY,
    "portal",
    "user:default/jane",
    "Change the enrollment of portal",
    "images.d/platform.yaml",
    added=False,
    removed=False,
    changes=("- rebuildDelay: 3d", "+ rebuildDelay: 7d"),
)


@pytest.fixture(name="gallery")
def shown() -> Iterator[str]:
    """The address of pages of images in many states."""
    index = MemoryIndex(IMAGES)
    timelines = Timelines(FakeTimelineRows(index), ScriptedEntries(EntryHistory([COMMIT])))
    asking = Asking(index, FakePersonRequests(), lambda: NOW, lambda: "request")
    with serving(web(index, asking=asking, timelines=timelines, graphs=FakeImageGraphs(index))) as address:
        yield address


@pytest.mark.parametrize("theme", ["desktop", "dark", "phone"])
def test_pages_of_images_are_for_everybody(window: Callable[..., Page], gallery: str, axe: str, theme: str) -> None:
    """No page breaks a rule of axe-core or is wider than the window; a screenshot of each is kept."""
    page = window(dark=theme == "dark", phone=theme == "phone")
    for path in ("portal", "payments", "proven", "bare", "node", "portal/timeline"):
        page.goto(f"{gallery}/images/{path}")
        keep(page, f"image-{path.replace('/', '-')}-{theme}")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        assert broken_rules(page, axe) == [], path


def test_the_answer_is_on_the_first_screen(page: Page, gallery: str) -> None:
    """What, since when, why, what to do and its buttons, and the beginning of what it is built from."""
    page.goto(f"{gallery}/images/portal")
    for part in (status_of(page), page.get_by_role("heading", name="Built from")):
        expect(part).to_be_in_viewport()
    expect(page.get_by_role("link", name="Rebuild", exact=True)).to_be_in_viewport()
    main, side = page.locator(".image-main").bounding_box(), page.locator(".image-side").bounding_box()
    assert main is not None
    assert side is not None
    assert side["x"] >= main["x"] + main["width"], "the facts are beside it at 1280 pixels"


def test_everything_is_there_without_a_script(window: Callable[..., Page], gallery: str) -> None:
    """The table, the graph, the dependents, the timeline and the facts; buttons that need a script are not."""
    page = window(script=False)
    page.goto(f"{gallery}/images/portal")
    for name in ("Built from", "Graph", "Used by", "Timeline"):
        expect(page.get_by_role("heading", name=name, exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Copy")).to_have_count(0)
    page.get_by_text("2 changed lines").click()
    expect(page.get_by_text("+ rebuildDelay: 7d")).to_be_visible()
    page.get_by_role("link", name="10 more", exact=True).click()
    expect(page).to_have_url(f"{gallery}/images?dependsOn=portal")


def test_what_a_reader_opened_stays_open_when_the_page_renews(page: Page, gallery: str) -> None:
    """The changed lines of the timeline, and the focus."""
    page.clock.install()
    page.goto(f"{gallery}/images/portal")
    page.get_by_text("2 changed lines").click()
    with page.expect_response(lambda answer: answer.url.endswith("/images/portal")):
        page.clock.run_for(2 * PERIOD)
    expect(page.get_by_text("+ rebuildDelay: 7d")).to_be_visible()
