"""Tests of the pages of versions and builds in a real browser."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from proxy.errors import StillReading, Unavailable
from tests.peers.process import wait_until
from tests.peers.served import serving
from tests.provider.pages.browsers import DESKTOP, PHONE, window
from tests.provider.pages.upstream_web import Scripted, run, varied, version
from tests.provider.web_images import NOW, digest

VERSIONS, RUNS = "/images/backstage/versions", "/images/backstage/runs"
PERIOD = 15_000
# Lists texts with too little contrast to the first opaque background (WCAG 2.2, "contrast ratio").
FAINT = """() => {
  const numbers = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = (colour) => numbers(colour).slice(0, 3)
    .map((value) => value / 255)
    .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4))
    .reduce((sum, value, place) => sum + value * [0.2126, 0.7152, 0.0722][place], 0);
  const ground = (element) => {
    const colour = getComputedStyle(element).backgroundColor;
    return (numbers(colour)[3] ?? 1) > 0 ? colour : ground(element.parentElement);
  };
  const own = (element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
  return [...document.body.querySelectorAll("*")].filter(own).filter((element) => {
    const [low, high] = [light(getComputedStyle(element).color), light(ground(element))].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05) < 4.5;
  }).map((element) => element.outerHTML);
}"""
NAMELESS = """() => [...document.querySelectorAll("input, select, button, a")]
  .filter((element) => !(element.labels?.length || element.getAttribute("aria-label") || element.textContent.trim()))
  .map((element) => element.outerHTML)"""


@pytest.fixture(name="scripted")
def made_scripted() -> Scripted:
    """Varied versions and builds."""
    return varied()


@pytest.fixture(name="address")
def served(scripted: Scripted) -> Iterator[str]:
    """The address of the pages."""
    with serving(scripted.app()) as address:
        yield address


@pytest.fixture(name="phone")
def opened() -> Iterator[Page]:
    """A narrow window."""
    with window() as page:
        yield page


@pytest.mark.parametrize(("width", "scheme"), [(PHONE, "light"), (PHONE, "dark"), (DESKTOP, "dark")])
def test_pages_fit_and_are_accessible(
    address: str, scripted: Scripted, width: int, scheme: Literal["light", "dark"]
) -> None:
    """No page scrolls sideways; contrast, names of controls and the console are fine."""
    complaints: list[str] = []
    with window(width, scheme) as page:
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        for path in ("/images/backstage", VERSIONS, f"{RUNS}?again=7", f"{VERSIONS}?q=zzz", "/images/node/runs"):
            _look(page, address + path)
        assert complaints == []
        scripted.stale = True
        _look(page, address + VERSIONS)
        scripted.error = Unavailable("ghcr.io/" + "very-long-name" * 20 + " answered 503")
        _look(page, address + RUNS)


def _look(page: Page, address: str) -> None:
    page.goto(address)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
    assert page.evaluate("[...document.querySelectorAll('.scroll')].every((e) => e.scrollWidth <= e.clientWidth)")
    assert page.evaluate(FAINT) == []
    assert page.evaluate(NAMELESS) == []


def test_versions_are_found_and_copied_by_keyboard(phone: Page, address: str) -> None:
    """The keyboard reaches the tabs, the checkbox and the copy button, which copies the whole reference."""
    phone.context.grant_permissions(["clipboard-read", "clipboard-write"])
    phone.goto(f"{address}/images/backstage")
    phone.get_by_role("link", name="Versions").press("Enter")
    phone.wait_for_url(f"**{VERSIONS}")
    expect(phone.get_by_role("link", name="Versions")).to_have_attribute("aria-current", "page")
    phone.get_by_role("checkbox", name="Only semantic versions").press("Space")
    phone.get_by_role("searchbox", name="Tag").fill("1.12.1")
    phone.keyboard.press("Enter")
    phone.wait_for_url("**/versions?q=1.12.1&semver=true")
    phone.get_by_role("button", name=f"Copy ghcr.io/acme/backstage:1.12.1@{digest('b')}").press("Enter")
    phone.get_by_text("Copied").wait_for()
    assert phone.evaluate("navigator.clipboard.readText()") == f"ghcr.io/acme/backstage:1.12.1@{digest('b')}"


def test_a_page_of_versions_completes_itself(phone: Page, address: str, scripted: Scripted) -> None:
    """Without a click; buttons that come later copy too. Then it rests."""
    scripted.complete = False
    scripted.versions = [version("1.12.1", "b", digest=None, platforms=(), size=None, pending=True)]
    phone.context.grant_permissions(["clipboard-read", "clipboard-write"])
    phone.goto(f"{address}{VERSIONS}?q=1.12")
    expect(phone.get_by_text("More details are being read")).to_be_visible()
    expect(phone.get_by_text("Loading")).to_have_count(3)

    scripted.complete = True
    scripted.versions = [version("1.12.1", "b")]
    expect(phone.get_by_text("More details are being read")).to_have_count(0)
    phone.get_by_text("Copy docker pull").click()
    phone.get_by_text("Copied").wait_for()
    assert phone.evaluate("navigator.clipboard.readText()").startswith("docker pull ghcr.io/acme/backstage:1.12.1@")
    copying = phone.get_by_role("button", name="Copy digest of 1.12.1")
    copying.click()
    expect(copying).to_have_text("Copied")
    assert phone.evaluate("navigator.clipboard.readText()") == digest("b")
    assert phone.url == f"{address}{VERSIONS}?q=1.12"
    assert len(scripted.asked) <= 3


def test_a_first_list_that_takes_long_loads_by_itself(address: str, scripted: Scripted) -> None:
    """Without scripts too: the answer says when the browser loads it again."""
    scripted.error = StillReading(
        "the list of tags is still being read, 12,300 tags so far", NOW + timedelta(seconds=1)
    )
    with window(scripts=False) as page:
        page.goto(f"{address}{VERSIONS}?q=1.12")
        expect(page.get_by_text("12,300 tags so far")).to_be_visible()
        scripted.error = None
        expect(page.get_by_role("rowheader", name="1.12.1")).to_be_visible()


def test_every_function_works_without_scripts(address: str, scripted: Scripted) -> None:
    """Filters, pages and re-runs are links and forms."""
    with window(scripts=False) as page:
        page.goto(f"{address}{RUNS}")
        page.get_by_role("combobox", name="Status").select_option("Failed")
        page.get_by_role("button", name="Filter").click()
        page.wait_for_url("**/runs?status=failure&branch=")
        page.get_by_role("button", name="Re-run failed jobs of Bump").first.press("Enter")
        page.wait_for_url("**/runs?status=failure&again=*")
        expect(page.get_by_text("Requested a re-run of the failed jobs")).to_be_visible()
        page.get_by_role("link", name="Next").click()
        page.wait_for_url("**/runs?status=failure&page=2")
    assert scripted.reruns == [("backstage", "backstage.yml", run(1).id, True)]


def test_a_page_of_another_site_cannot_press_the_button(phone: Page, address: str, scripted: Scripted) -> None:
    """The headers of the browser show that a form is from another site, so it is refused."""
    form = f'<form method="post" action="{address}{RUNS}/7/rerun"><button>Win</button></form>'
    elsewhere = address.replace("127.0.0.1", "localhost") + "/prize"
    phone.route(elsewhere, lambda route: route.fulfill(body=form, content_type="text/html"))
    phone.goto(elsewhere)
    with phone.expect_response("**/rerun") as answer:
        phone.get_by_role("button").click()
    assert answer.value.status == 403
    assert scripted.reruns == []


def test_the_list_refreshes_while_a_build_runs(phone: Page, address: str, scripted: Scripted) -> None:
    """The focus is kept, a failure changes nothing, and the refresh ends when no build runs."""
    phone.clock.install()
    phone.goto(f"{address}{RUNS}?refresh=true&branch=main")
    words = phone.locator("#live-status")
    expect(words).to_have_text("2 builds are running. This list refreshes every 15 seconds.")
    link = f"run-{run(1).id}"
    phone.locator(f"#{link}").focus()

    scripted.error = Unavailable("it is down")
    phone.clock.run_for(PERIOD)
    expect(words).to_contain_text("It could not be renewed: the service answered 503. Trying again.")
    expect(phone.locator(f"#{link}")).to_be_visible()

    scripted.error, scripted.runs = None, [run(0), run(1)]
    phone.clock.run_for(PERIOD)
    expect(words).to_have_text("No builds are running.")
    assert phone.evaluate("document.activeElement.id") == link
    assert [query.refresh for query in scripted.asked] == [True, False, False]

    sent = _requests(phone)
    phone.clock.run_for(4 * PERIOD)
    assert phone.evaluate("document.getElementById('builds').dataset.live") == "0"
    assert sent == []


def test_a_page_in_the_background_sends_no_requests(phone: Page, address: str, scripted: Scripted) -> None:
    """A tab in the background sends no request, and it refreshes when it is shown again."""
    phone.clock.install()
    phone.goto(address + RUNS)
    phone.evaluate("""() => {
        Object.defineProperty(document, "hidden", { configurable: true, get: () => window.away });
        window.away = true;
        document.dispatchEvent(new Event("visibilitychange"));
    }""")
    sent = _requests(phone)
    phone.clock.run_for(4 * PERIOD)
    assert phone.evaluate("document.hidden")
    assert sent == []
    phone.evaluate("() => { window.away = false; document.dispatchEvent(new Event('visibilitychange')); }")
    wait_until(lambda: len(scripted.asked) == 2, "the list is asked for again")
    assert sent == [address + RUNS]


def _requests(page: Page) -> list[str]:
    """The addresses of all requests from now on; the browser asks for the icon when it likes."""
    sent: list[str] = []
    page.on("request", lambda request: None if request.url.endswith("/icon.svg") else sent.append(request.url))
    return sent
