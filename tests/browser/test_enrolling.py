"""Enrolling, changing and removing an image in a real browser."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import broken_rules, keep
from tests.peers.served import serving
from tests.provider.api.enrolling.enrolling_world import ADMIN, EnrollingWorld, enrolling_world
from tests.provider.web_images import managed

_LONG = "registry.a-long-host-name-of-a-company.example"


@pytest.fixture(name="enrolling")
def made_world(tmp_path: Path) -> Iterator[EnrollingWorld]:
    """The web part over a config repository, with one image."""
    with enrolling_world(tmp_path) as world:
        world.index.images["app"] = managed("app")
        yield world


@pytest.fixture(name="site")
def served(enrolling: EnrollingWorld) -> Iterator[str]:
    """The address of the pages."""
    with serving(enrolling.client.application) as address:
        yield address


def signed_in(page: Page, address: str, path: str) -> None:
    """Open a page as an admin."""
    page.goto(address + path)
    page.get_by_label("Service token").fill(ADMIN)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Sign in")


def fill(page: Page, name: str = "fresh") -> None:
    """Fill in the form."""
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Registry", exact=True).fill("ghcr.io")
    page.get_by_label("Repository", exact=True).fill(f"acme/{name}")
    page.get_by_label("Source repository").fill("acme/portal")
    page.get_by_label("Workflow").fill("b.yml")


@pytest.mark.parametrize("script", [True, False], ids=["with-script", "without"])
def test_an_image_is_enrolled_changed_and_removed(
    window: Callable[..., Page], enrolling: EnrollingWorld, site: str, script: bool
) -> None:
    """Check shows what would be committed; then the commit, the waiting page, a change and a removal."""
    page = window(script=script)
    signed_in(page, site, "/images")
    page.get_by_role("link", name="Enroll an image").click()
    fill(page)
    page.get_by_role("button", name="Check").click()
    expect(page.get_by_label("Difference")).to_contain_text("+- name: fresh")
    expect(page.get_by_label("Name", exact=True)).to_have_value("fresh")
    page.get_by_role("button", name="Enroll").click()
    expect(page.get_by_text("fresh was enrolled in commit")).to_be_visible()
    expect(page.get_by_text("The worker is about to apply the entry.")).to_be_visible()
    enrolling.index.images["fresh"] = managed("fresh")
    if not script:
        page.get_by_role("link", name="Look again").click()
    expect(page).to_have_url(f"{site}/images/fresh")
    expect(page.get_by_text("fresh was enrolled in commit")).to_be_visible()
    page.get_by_role("link", name="Change").click()
    page.get_by_label("Title").fill("Fresh bread")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("fresh was changed in commit")).to_be_visible()
    page.get_by_role("link", name="Remove").click()
    page.get_by_role("button", name="Remove image").click()
    expect(page.get_by_text("fresh was removed in commit")).to_be_visible()
    assert enrolling.remote.git("rev-list", "--count", "HEAD").strip() == "4"


def test_the_form_checks_while_a_person_types(page: Page, enrolling: EnrollingWorld, site: str) -> None:
    """One request at a time; what is missing is no error yet, and the focus stays in its field."""
    running, most = 0, 0
    sent: list[str] = []
    signed_in(page, site, "/images/new")

    def began(text: str) -> None:
        nonlocal running, most
        sent.append(text)
        running += 1
        most = max(most, running)

    def ended() -> None:
        nonlocal running
        running -= 1

    page.on("request", lambda request: began(request.post_data or "") if request.method == "POST" else None)
    page.on("requestfinished", lambda request: ended() if request.method == "POST" else None)
    page.get_by_label("Name", exact=True).press_sequentially("Wrong!")
    expect(page.locator("#name-error")).not_to_be_empty()
    expect(page.get_by_label("Name", exact=True)).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Name", exact=True)).to_be_focused()
    expect(page.locator("#registry-error")).to_be_empty()
    page.get_by_label("Name", exact=True).fill("fresh")
    expect(page.locator("#check-words")).to_have_text("Fill in the required fields to see what would be committed.")
    expect(page.locator("#name-error")).to_be_empty()
    fill(page)
    expect(page.get_by_label("Difference")).to_contain_text("+- name: fresh")
    assert most == 1
    assert len(sent) < 12
    assert all("step=typing" in each for each in sent)
    assert enrolling.remote.git("rev-list", "--count", "HEAD").strip() == "1"


def test_the_summary_of_errors_has_the_focus_and_leads_to_the_fields(page: Page, site: str) -> None:
    """By keyboard alone, into a disclosure too."""
    signed_in(page, site, "/images/new")
    page.get_by_label("Name", exact=True).fill("fresh")
    page.locator("summary").filter(has_text="platforms").click()
    page.get_by_label("Platforms").fill("linux")
    page.get_by_role("button", name="Enroll").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#error-summary")).to_be_focused()
    page.get_by_role("link", name="Rebuild policy: Platforms").press("Enter")
    expect(page.get_by_label("Platforms")).to_be_focused()
    expect(page.get_by_label("Platforms")).to_have_value("linux")


@pytest.mark.parametrize("theme", ["desktop", "dark", "phone"])
def test_the_forms_are_for_everybody(
    window: Callable[..., Page], enrolling: EnrollingWorld, site: str, axe: str, theme: str
) -> None:
    """No page breaks a rule of axe-core or is wider than the window; what is pressed is 44 pixels high."""
    enrolling.index.images["child"] = managed("child", "app")
    page = window(dark=theme == "dark", phone=theme == "phone")
    signed_in(page, site, "/images/new")

    def look(name: str) -> None:
        keep(page, f"enroll-{name}-{theme}")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
        assert broken_rules(page, axe) == [], name

    look("new")
    small = "[...document.querySelectorAll('.enroll :is(input:not([type=hidden]), select, textarea, .btn, summary)')]"
    assert (
        page.evaluate(f"{small}.filter(e => e.checkVisibility() && e.getBoundingClientRect().height < 44).length") == 0
    )
    fill(page)
    page.get_by_role("button", name="Check").click()
    page.get_by_label("Difference").wait_for()
    look("checked")
    page.get_by_label("Registry", exact=True).fill(f"https://{_LONG}/{'x' * 80}")
    page.get_by_label("Rebuild delay").fill("7x")
    page.get_by_role("button", name="Enroll").click()
    page.locator("#error-summary").wait_for()
    look("refused")
    page.goto(f"{site}/images/app/edit")
    look("edit")
    page.goto(f"{site}/images/app/remove")
    look("remove")
    page.goto(f"{site}/images/app")
    look("image")
    page.goto(f"{site}/images")
    look("list")
    page.goto(f"{site}/images/new")
    fill(page)
    page.get_by_role("button", name="Enroll").click()
    page.get_by_text("fresh was enrolled in commit").wait_for()
    look("enrolled")
