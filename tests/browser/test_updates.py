"""What to update, and releases that are skipped, in a real browser."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from provider.tracker.decisions.deployed.updates import TagInUse, TagsInUse
from provider.tracker.decisions.kinds import RepositoryType
from provider.tracker.ports import OwnerList, OwnerListKind, OwnerRepository
from tests.browser.conftest import broken_rules, crowd, keep
from tests.provider.tracker.pages.tracker_pages_web import TrackerWorld, release

pytestmark = pytest.mark.backstage  # where axe-core is installed
WINDOWS = pytest.mark.parametrize(
    "options",
    [{}, {"script": False}, {"dark": True}, {"phone": True}],
    ids=["with-script", "without", "dark", "phone"],
)
NODE = "docker.io/library/node"


def _judged(page: Page, axe: str, name: str, options: dict[str, bool]) -> None:
    """The page breaks no rule and is not wider than the window; a screenshot is saved."""
    keep(page, f"{name}-{'-'.join(options) or 'desktop'}")
    if "script" not in options:
        assert broken_rules(page, axe) == [], name
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name


@WINDOWS
def test_tracker_what_to_update_is_seen_at_a_glance(
    window: Callable[..., Page], address: str, world: TrackerWorld, axe: str, options: dict[str, bool]
) -> None:
    """A button says which version runs; the list then shows what is behind, and the images' tags by themselves."""
    versions = ("20.1.0", "22.1.0", "22.9.0", "24.0.0")
    world.publish(RepositoryType.CONTAINER, NODE, *(release(each, 40 - n) for n, each in enumerate(versions)))
    for url in ("https://github.com/acme/tool", "https://git.example.org/team/library", NODE):
        world.add(url)
    crowd(world)
    images = tuple(f"payments-{each}" for each in ("api", "jobs", "web"))
    tags = (
        TagInUse("", True, ("old",), 1),
        TagInUse("20-alpine", False, images, 25),
        TagInUse("24", False, ("search",), 1),
        TagInUse("latest", False, ("lab",), 1),
    )
    world.store.note_in_use({NODE: TagsInUse(tags)})
    page = window(**options)
    page.goto(f"{address}/repositories/1")
    page.get_by_role("listitem").filter(has_text="We run 1.0.0").get_by_role("button", name="We run 1.0.0").click()
    expect(page.get_by_text("1.0.0 is the deployed version.")).to_be_visible()
    expect(page.get_by_text("1 newer version (1 minor), up to 1.1.0")).to_be_visible()
    expect(page.get_by_text("Newer than deployed")).to_have_count(1)
    _judged(page, axe, "deployed", options)

    page.goto(f"{address}/repositories/3")
    expect(page.get_by_role("heading", name="Tags in use")).to_be_visible()
    _judged(page, axe, "in-use", options)

    page.goto(f"{address}/?sort=-deployed")
    rows = page.locator("#found tbody tr")
    expect(rows.first).to_contain_text("20-alpine")
    expect(rows.nth(1)).to_contain_text("1 newer version (1 minor)")
    _judged(page, axe, "list-deployed", options)
    page.locator("#deployed").select_option("behind")
    if "script" in options:
        page.get_by_role("button", name="Filter").click()
    expect(page.get_by_text("2 repositories match")).to_be_visible()


@WINDOWS
def test_tracker_a_release_is_skipped_with_a_reason(
    window: Callable[..., Page], address: str, world: TrackerWorld, axe: str, options: dict[str, bool]
) -> None:
    """The list no longer says to update to it, everybody sees who skipped it and why, and it can be taken back."""
    world.add("https://github.com/acme/tool")
    crowd(world)
    found = (release("1.0.0", 400), release("1.1.0", 30), release("1.2.0", 2), release("1.3.0", 1))
    world.publish(RepositoryType.GITHUB, "acme/tool", *found)
    page = window(**options)
    page.goto(f"{address}/repositories/1")
    page.get_by_role("button", name="Poll now").click()
    expect(page.get_by_text("Polled. 2 new releases.")).to_be_visible()
    _judged(page, axe, "new", options)
    page.get_by_role("link", name="Skip 1.3.0").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Skip 1.3.0")
    _judged(page, axe, "skip", options)
    page.get_by_label("Reason").fill("Breaks the login; see the discussion in our chat.")
    page.get_by_label("Reason").press("Enter")
    expect(page.get_by_text("1.3.0 is skipped.")).to_be_visible()
    expect(page.get_by_text("Skipped by local")).to_contain_text("Breaks the login")
    _judged(page, axe, "skipped", options)

    page.goto(address)
    row = page.locator("#found tbody tr").first
    expect(row).to_contain_text("1.2.0")
    expect(row).to_contain_text("1.3.0 is skipped")
    expect(row).to_contain_text("1 new")
    _judged(page, axe, "list-skipped", options)

    page.get_by_role("link", name="tool", exact=True).click()
    page.get_by_role("button", name="Mark 1 new as seen").click()
    expect(page.get_by_text("Marked as seen.")).to_be_visible()
    page.get_by_role("button", name="Do not skip 1.3.0").click()
    expect(page.get_by_text("1.3.0 is not skipped any more.")).to_be_visible()
    expect(page.get_by_text("✦")).to_have_count(0)


@WINDOWS
def test_tracker_repositories_of_an_owner_are_chosen(
    window: Callable[..., Page], address: str, world: TrackerWorld, axe: str, options: dict[str, bool]
) -> None:
    """They are shown first, and those that stay checked are tracked."""
    own = (*(OwnerRepository(f"acme/app-{each}", "An app " * 9) for each in range(5)), OwnerRepository("acme/tool"))
    world.owners.lists["acme", OwnerListKind.REPOSITORIES] = OwnerList(own)
    world.add("https://github.com/acme/tool")
    page = window(**options)
    page.goto(f"{address}/repositories/transfer")
    _judged(page, axe, "transfer", options)
    page.get_by_role("link", name="Choose repositories").click()
    page.get_by_label("User or organization").fill("acme")
    page.get_by_role("button", name="Show the repositories").click()
    expect(page.get_by_text("6 repositories, 1 of them already tracked.")).to_be_visible()
    expect(page.get_by_label("acme/tool")).to_be_disabled()
    page.get_by_label("acme/app-3").uncheck()
    _judged(page, axe, "owner", options)
    page.get_by_role("button", name="Track the chosen repositories").click()
    expect(page.get_by_text("4 repositories were added.")).to_be_visible()
    assert world.store.counts().repositories == 5
