"""Tracked repositories in a real browser."""

import re
import threading
from collections.abc import Callable, Collection

import pytest
from playwright.sync_api import Dialog, Page, expect

from provider.tracker.decisions.kinds import RepositoryType
from provider.tracker.decisions.outcomes import Found, UnchangedList
from provider.tracker.decisions.repository import Address
from provider.tracker.decisions.wanted import WantedVersions
from proxy.errors import Unavailable
from tests.browser.conftest import broken_rules, crowd, keep
from tests.provider.tracker.pages.tracker_pages_web import TrackerWorld, release

ADDRESSES = {
    RepositoryType.GITHUB: ("https://github.com/acme/tool", "GitHub", "1.1.0"),
    RepositoryType.GIT: ("https://git.example.org/team/library.git", "Git", "v0.44.0"),
    RepositoryType.CONTAINER: ("ghcr.io/acme/app", "Container", "3.2.1"),
}


@pytest.fixture(name="tracked")
def made_tracked(world: TrackerWorld) -> TrackerWorld:
    """All repositories are tracked, and sixty more."""
    for address, _, _ in ADDRESSES.values():
        world.add(address, notes="Ask Mia before updating.")
    for number in range(60):
        world.add_unpolled(f"https://github.com/acme/z{number}", f"zebra-{number:02}")
    return world


@pytest.mark.parametrize("script", [True, False], ids=["with-script", "without"])
@pytest.mark.parametrize("kind", list(RepositoryType))
def test_tracker_a_repository_of_each_type_is_added(
    window: Callable[..., Page], address: str, world: TrackerWorld, kind: RepositoryType, script: bool
) -> None:
    """Its address is checked, the result is shown, and after a poll its releases are shown."""
    url, words, version = ADDRESSES[kind]
    page = window(script=script)
    page.goto(address)
    page.get_by_role("link", name="Add a repository", exact=True).click()
    page.get_by_label("Address").fill(url)
    page.get_by_role("button", name="Check").click()
    found = page.get_by_role("region", name="Result of the check")
    expect(found).to_contain_text(words)
    expect(found).to_contain_text(version)
    keep(page, f"found-{kind}")
    page.get_by_label("Name").fill("My name for it")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("My name for it")
    expect(page.get_by_role("link", name=version, exact=True).first).to_be_visible()
    path = {"github": "acme/tool", "git": "git.example.org/team/library", "container": "ghcr.io/acme/app"}[kind]
    world.publish(kind, path, release("9.0.0"))
    page.get_by_role("button", name="Poll now").click()
    expect(page.get_by_text("Polled. 1 new release.")).to_be_visible()
    expect(page.get_by_role("heading", name="9.0.0")).to_be_visible()


@pytest.mark.parametrize(
    "options",
    [{}, {"script": False}, {"dark": True}, {"phone": True}],
    ids=["with-script", "without", "dark", "phone"],
)
def test_tracker_a_component_is_tracked_with_a_filter_and_its_preview(
    window: Callable[..., Page], address: str, world: TrackerWorld, axe: str, options: dict[str, bool]
) -> None:
    """The page asks which component is meant, and shows what counts; another part of the address is added beside it."""
    tags = ("controller-v1.10.4", "controller-v1.11.2", "helm-chart-4.10.4", "helm-chart-4.11.2", "nightly-20260828")
    world.publish(RepositoryType.GITHUB, "acme/mono", *map(release, tags))
    crowd(world)
    page, kind = window(**options), "-".join(options) or "desktop"
    for name, component in (("controller", "controller-v1.11.2"), ("chart", "helm-chart-4.11.2")):
        page.goto(f"{address}/repositories/new")
        page.get_by_label("Address").fill("acme/mono")
        page.get_by_role("button", name="Check").click()
        expect(page.get_by_text("Which one do you mean?")).to_be_visible()
        if name == "controller":
            keep(page, f"choose-{kind}")
            assert "script" in options or broken_rules(page, axe) == []
        page.get_by_role("button", name=component).click()
        found = page.get_by_role("region", name="Result of the check")
        expect(found).to_contain_text(component)
        expect(found).to_contain_text("3 left out by the filter")
        page.get_by_label("No versions that match").fill("10")
        page.get_by_role("button", name="Preview").click()
        expect(found).to_contain_text("4 left out by the filter")
        if name == "controller":
            keep(page, f"preview-{kind}")
        page.get_by_label("Name").fill(name)
        page.get_by_label("Name").press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text(name)
        expect(page.get_by_role("listitem").filter(has_text=component).first).to_be_visible()
    page.goto(address)
    for name in ("controller", "chart"):
        expect(page.get_by_role("link", name=name, exact=True)).to_be_visible()


def test_tracker_the_list_sorts_filters_and_pages_without_a_reload(
    page: Page, address: str, tracked: TrackerWorld
) -> None:
    """Columns sort by their links and filters apply while typing; the address can be saved and opened again."""
    page.goto(address)
    page.evaluate("window.stayed = true")
    keep(page, "list")
    for words in ("Type", "Latest release", "Released", "State", "Last polled", "Added", "Repository"):
        page.get_by_role("columnheader").get_by_role("link", name=words, exact=True).click()
        expect(page.get_by_role("columnheader", name=words, exact=True)).to_have_attribute("aria-sort", "ascending")
        expect(page.get_by_role("link", name=words, exact=True)).to_be_focused()
    page.get_by_role("link", name="Next").click()
    expect(page.get_by_role("link", name="zebra-59")).to_be_visible()
    page.get_by_label("Text").press_sequentially("library")
    expect(page.get_by_text("1 repository matches")).to_be_visible()
    expect(page).to_have_url(re.compile("q=library"))
    page.get_by_label("Text").fill("")
    page.locator("#type").select_option("container")
    expect(page.get_by_role("row")).to_have_count(2)
    page.locator("#state").select_option("dead")
    expect(page.get_by_role("heading", name="No repository matches")).to_be_visible()
    assert page.evaluate("window.stayed")
    page.reload()
    expect(page.locator("#state")).to_have_value("dead")
    keep(page, "nothing-matches")


def test_tracker_the_list_works_without_script(
    window: Callable[..., Page], address: str, tracked: TrackerWorld
) -> None:
    """Filters work with their button, sorting and paging with links."""
    page = window(script=False)
    page.goto(address)
    page.locator("#type").select_option("git")
    page.get_by_role("button", name="Filter").click()
    expect(page.get_by_text("1 repository matches")).to_be_visible()
    page.get_by_role("link", name="Show all").click()
    page.locator("#by-name").click()
    expect(page.get_by_role("row").nth(1)).to_contain_text("zebra-59")


def test_tracker_a_repository_is_edited_and_deleted(page: Page, address: str, tracked: TrackerWorld) -> None:
    """Deleting asks for confirmation first."""
    page.goto(f"{address}/repositories/1")
    keep(page, "repository")
    page.get_by_role("link", name="Edit", exact=True).click()
    page.get_by_label("Name").fill("Renamed")
    page.get_by_label("Notes").fill("Two\nlines")
    keep(page, "edit")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Renamed")
    expect(page.get_by_text("Two\nlines")).to_be_visible()
    page.get_by_role("link", name="Delete", exact=True).click()
    keep(page, "delete")
    page.get_by_role("button", name="Delete repository").click()
    expect(page.get_by_text("Renamed was deleted.")).to_be_visible()
    expect(page.get_by_role("link", name="Renamed")).to_have_count(0)


def test_tracker_a_wrong_address_and_a_duplicate_are_refused(page: Page, address: str, tracked: TrackerWorld) -> None:
    """The error is at the field, which keeps its text; a duplicate has a link to the existing repository."""
    page.goto(f"{address}/repositories/new")
    field = page.get_by_label("Address")
    field.fill("javascript:alert(1)")
    page.get_by_role("button", name="Check").click()
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_value("javascript:alert(1)")
    keep(page, "wrong-address")
    field.fill("github.com/ACME/tool")
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_role("alert")).to_contain_text("already tracked")
    keep(page, "duplicate")
    page.get_by_role("link", name="Open the repository").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("tool")


def test_tracker_everything_is_done_by_keyboard(page: Page, address: str) -> None:
    """All steps from the skip link to a saved repository work, and the focus is always visible."""
    page.goto(address)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    _tab_to(page, "Add a repository")
    page.keyboard.press("Enter")
    page.wait_for_url("**/repositories/new")
    _tab_to(page, "url")
    page.keyboard.type("ghcr.io/acme/app")
    page.keyboard.press("Enter")
    page.get_by_role("region", name="Result of the check").wait_for()
    _tab_to(page, "Save")
    page.keyboard.press("Enter")
    page.wait_for_url("**/repositories/1")
    _tab_to(page, "Poll now")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Polled. ")).to_be_visible()


def test_tracker_waiting_is_shown(
    page: Page, address: str, tracked: TrackerWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While a source is polled, the button says so and is disabled."""
    source, answer = tracked.sources[RepositoryType.GITHUB], threading.Event()
    poll = source.poll

    def poll_slowly(
        polled: Address,
        *,
        wanted: WantedVersions,
        memory: str | None,
        known: Collection[str] = (),
        thorough: bool = True,
    ) -> Found | UnchangedList:
        answer.wait(60)
        return poll(polled, wanted=wanted, memory=memory, known=known, thorough=thorough)

    monkeypatch.setattr(source, "poll", poll_slowly)
    page.goto(f"{address}/repositories/1")
    button = page.locator("#poll")
    button.click()
    expect(page.get_by_text("Polling …")).to_be_visible()
    expect(button).to_be_disabled()
    keep(page, "polling")
    answer.set()
    expect(page.get_by_text("Polled. ")).to_be_visible()
    expect(button).to_be_enabled()


def test_tracker_failures_are_shown(window: Callable[..., Page], address: str, tracked: TrackerWorld) -> None:
    """They are in the list and on the page of the repository, readable on a phone."""
    tracked.sources[RepositoryType.GIT].fail(
        "git.example.org/team/library", Unavailable("git.example.org cannot be reached: connection refused")
    )
    page = window(phone=True)
    page.goto(f"{address}/repositories/2")
    page.get_by_role("button", name="Poll now").click()
    expect(page.get_by_role("alert")).to_contain_text("The poll failed.")
    expect(page.get_by_role("region", name="State")).to_contain_text("Failed")
    keep(page, "failing-phone")
    page.goto(f"{address}/?state=error")
    expect(page.get_by_text("cannot be reached")).to_be_visible()


def test_tracker_stored_script_never_runs(page: Page, address: str, world: TrackerWorld) -> None:
    """Stored text opens no dialog and does not navigate on any page that shows it."""
    script = "<img src=x onerror=alert(1)><script>alert(2)</script>"
    notes = f"{script}\n\n[link](javascript:alert(3)) <a href='x' hx-get='/x' hx-trigger='load'>x</a>"
    world.publish(RepositoryType.GITHUB, "acme/evil", release(f"1.0{script}", notes=notes, url="javascript:alert(4)"))
    world.add("https://github.com/acme/evil", name=script, notes=notes)
    opened: list[str] = []

    def record(dialog: Dialog) -> None:
        opened.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", record)
    for path in (
        "/",
        "/repositories/1",
        "/repositories/1/releases/4",
        "/repositories/1/edit",
        "/repositories/1/delete",
    ):
        page.goto(address + path)
        assert page.locator("[href^='javascript' i], main [onerror], main script, .notes [hx-get]").count() == 0
    assert opened == []


def _tab_to(page: Page, wanted: str) -> None:
    """Press Tab until the element with this text or id has the focus, and check that the focus is visible."""
    for _ in range(40):
        page.keyboard.press("Tab")
        focused = page.evaluate("[document.activeElement.innerText?.trim(), document.activeElement.id]")
        if wanted in focused:
            assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
            return
    raise AssertionError(f"Tab does not reach {wanted}")
