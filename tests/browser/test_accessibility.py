"""Every page follows the rules of axe-core: on a desktop, in the dark theme and on a phone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from provider.auth.access import Access
from provider.auth.callers import CallerRole, ServiceToken
from provider.ports import ReportedProblem
from provider.tracker.decisions.kinds import RepositoryType
from proxy.errors import Unavailable
from proxy.secrets.secret import Secret
from tests.browser.conftest import broken_rules, keep
from tests.peers.served import serving
from tests.provider.tracker.pages.tracker_pages_web import TrackerWorld
from tests.provider.web_images import NOW, digest

pytestmark = pytest.mark.backstage

PATHS = {
    "list": "/",
    "no-match": "/?q=nothing-like-this",
    "repository": "/repositories/1",
    "failing": "/repositories/4",
    "release": "/repositories/1/releases/2",
    "new": "/repositories/new",
    "edit": "/repositories/1/edit",
    "delete": "/repositories/1/delete",
    "transfer": "/repositories/transfer",
    "new-release": "/repositories/1/releases/new",
    "edit-release": "/repositories/1/releases/2/edit",
    "images": "/images",
    "images-built-from": f"/images?builtFrom={digest('d')}&transitive=true",
    "image-dependent": "/images/search",
    "refused": "/images?digest=sha256:1",
    "image": "/images/payments-api",
    "documentation": "/api/docs",
    "not-found": "/repositories/999",
}


@pytest.mark.parametrize("theme", ["desktop", "dark", "phone"])
def test_tracker_pages_are_for_everybody(
    window: Callable[..., Page], address: str, world: TrackerWorld, axe: str, theme: str
) -> None:
    """No page breaks a rule or is wider than the window; a screenshot of each page is saved."""
    for url in ("https://github.com/acme/tool", "https://git.example.org/team/library", "ghcr.io/acme/app"):
        world.add(url, notes="Ask Mia before updating.")
    failing = world.add_unpolled("https://git.example.org/team/a-long-name-that-is-hard-to-remember", "a-long-name" * 6)
    path = "git.example.org/team/a-long-name-that-is-hard-to-remember"
    world.sources[RepositoryType.GIT].fail(path, Unavailable("git.example.org cannot be reached"))
    with pytest.raises(Unavailable):
        world.parts.poller.poll_one(failing)
    wrong = "'7x' is not a duration; write for example 12h, 7d or 2w"
    world.index.report(
        [ReportedProblem("app", wrong, wrong, "images.d/a-long-team-name.yaml", 12, "rebuildDelay")], NOW
    )
    page = window(dark=theme == "dark", phone=theme == "phone")
    for name, path in PATHS.items():
        page.goto(address + path)
        keep(page, f"{name}-{theme}")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
        assert broken_rules(page, axe) == [], name


def test_tracker_the_empty_list_and_refused_forms_are_for_everybody(page: Page, address: str, axe: str) -> None:
    """The empty list and forms with errors follow the rules too."""
    page.goto(address)
    assert broken_rules(page, axe) == []
    keep(page, "empty")
    page.goto(f"{address}/repositories/new")
    page.get_by_label("Address").fill("not an address")
    page.get_by_role("button", name="Check").click()
    page.locator("#url-error").wait_for()
    assert broken_rules(page, axe) == []


def test_people_sign_in_and_out(window: Callable[..., Page], world: TrackerWorld, axe: str) -> None:
    """On a phone, a protected page leads to the sign-in form and back, and signing out works."""
    token = ServiceToken("mia", CallerRole.READ, Secret("a-token-for-mia"))
    world.add("https://github.com/acme/tool")
    page = window(phone=True)
    with serving(world.app(Access((token,)))) as address:
        page.goto(f"{address}/repositories/1")
        assert broken_rules(page, axe) == []
        page.get_by_label("Service token").fill("wrong")
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_text("Unknown token")).to_be_visible()
        assert broken_rules(page, axe) == []
        keep(page, "login-phone")
        page.get_by_label("Service token").fill("a-token-for-mia")
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("tool")
        expect(page.get_by_role("button", name="Poll now")).to_have_count(0)
        assert broken_rules(page, axe) == []
        keep(page, "signed-in-phone")
        page.get_by_role("button", name="Sign out").click()
        page.goto(address)
        expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
