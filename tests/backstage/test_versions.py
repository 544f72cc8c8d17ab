"""The tab Versions."""

import json
import re

import pytest
from playwright.sync_api import Page, expect

from demo.connected import Connected
from demo.sample_history import OTHER_TAGS, VERSIONS
from tests.backstage.conftest import SignIn

pytestmark = pytest.mark.backstage

TAB = "/catalog/default/resource/portal/versions"
TOTAL = len(VERSIONS) + len(OTHER_TAGS) + 1
"""With `latest`, the enrolled tag."""


def _tags(page: Page) -> list[str]:
    """The tags in the order of the table."""
    rows = page.get_by_role("row").filter(has=page.get_by_role("rowheader"))
    return [row.get_by_role("rowheader").inner_text().split()[0] for row in rows.all()]


def test_req_12_1_the_tags_of_the_registry_are_shown(sign_in: SignIn) -> None:
    """req_12_2: each version has its tag, digest and platforms; the enrolled tag is marked; the total is true.

    The sizes of a multi-platform image are in its details, which the service reads when they are opened.
    """
    page = sign_in("joe", TAB)

    expect(page.get_by_text(f"{TOTAL} tags")).to_be_visible()
    page.get_by_role("searchbox", name="Tag contains").fill("1.8.0")
    row = page.get_by_role("row", name=re.compile("1.8.0"))
    expect(row.get_by_text(re.compile("sha256:[0-9a-f]{12}")).first).to_be_visible()
    expect(row.get_by_text("linux/arm64").first).to_be_visible()
    _opens_details(page, "1.8.0")
    page.get_by_role("searchbox", name="Tag contains").fill("latest")
    expect(page.get_by_text("Enrolled tag")).to_be_visible()


def test_versions_are_cards_on_a_phone(sign_in: SignIn) -> None:
    """Nothing is cut off or scrolls sideways; the digest is copied and the details open as in the table."""
    page = sign_in("joe", TAB, phone=True)
    cards = page.get_by_role("list", name="Versions")
    expect(cards.get_by_role("listitem").first).to_be_visible()
    expect(page.get_by_role("grid")).to_have_count(0)
    assert cards.evaluate("(list) => list.scrollWidth <= list.clientWidth && list.clientWidth <= innerWidth")

    page.get_by_role("searchbox", name="Tag contains").fill("1.8.0")
    expect(page.get_by_text("1 tag")).to_be_visible()
    expect(cards.get_by_text(re.compile("sha256:[0-9a-f]{12}")).first).to_be_visible()
    expect(cards.get_by_text("linux/arm64").first).to_be_visible()
    _opens_details(page, "1.8.0")


def _opens_details(page: Page, tag: str) -> None:
    """By keyboard: the size of a pull, and each platform with its size and digest; the focus returns."""
    button = page.get_by_role("button", name=f"Details of {tag}", exact=True)
    button.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name=f"Details of {tag}")
    expect(dialog.get_by_text(re.compile(r"\d+(\.\d+)? (B|KiB|MiB)")).first).to_be_visible()
    platform = dialog.get_by_role("listitem").filter(has_text="linux/arm64")
    expect(platform.get_by_text(re.compile(r"\d+(\.\d+)? (B|KiB|MiB)"))).to_be_visible()
    expect(platform.get_by_text(re.compile("sha256:[0-9a-f]{12}"))).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(button).to_be_focused()


def test_req_12_5_the_newest_version_is_first(sign_in: SignIn, both: Connected) -> None:
    """The page has the order of the service; this registry knows no dates, and the page says so."""
    page = sign_in("guest", TAB)
    expect(page.get_by_text(f"{TOTAL} tags")).to_be_visible()

    answer = both.person("guest").ask("/api/v1/images/portal/versions").json()
    shown = _tags(page)

    assert shown == [item["tag"] for item in answer["items"]][: len(shown)]
    assert next(tag for tag in shown if tag in VERSIONS) == VERSIONS[-1]
    expect(page.get_by_text("this registry has no dates")).to_be_visible()


def test_req_12_7_the_reference_with_its_digest_is_copied(sign_in: SignIn, both: Connected) -> None:
    """So is the command that pulls it."""
    page = sign_in("joe", TAB)
    page.get_by_role("searchbox", name="Tag contains").fill("1.8.2-rc.1")

    page.get_by_role("button", name="Copy the reference of 1.8.2-rc.1").click()
    copied = page.evaluate("navigator.clipboard.readText()")
    page.get_by_role("button", name="Copy the pull command of 1.8.2-rc.1").click()
    command = page.evaluate("navigator.clipboard.readText()")

    found = both.person("joe").ask("/api/v1/images/portal/versions?q=1.8.2-rc.1").json()["items"][0]
    assert copied == f"{both.world.registry.host}/acme/portal:1.8.2-rc.1@{found['digest']}"
    assert command == f"docker pull {copied}"


def test_req_12_8_all_versions_are_reached_page_by_page(sign_in: SignIn) -> None:
    """Every tag is on one of the pages, once; the search and the filter for versions have true totals."""
    page = sign_in("joe", TAB)
    expect(page.get_by_text(f"{TOTAL} tags")).to_be_visible()
    seen = _tags(page)
    following = page.get_by_role("button", name="Next table page")
    while following.is_enabled():
        following.click()
        expect(page.get_by_role("rowheader", name=seen[-1], exact=True)).to_have_count(0)
        seen += _tags(page)

    assert len(seen) == len(set(seen)) == TOTAL
    page.get_by_text("Only semantic versions").click()
    expect(page.get_by_text(f"{len(VERSIONS) + 1} tags")).to_be_visible()


def test_req_12_6_a_registry_that_is_down_leaves_the_last_known_list(sign_in: SignIn) -> None:
    """The page says that the list is not current, and since when. The answer of the service is changed on its way."""
    page = sign_in("jane", "/catalog")
    answers: list[str] = []

    def stale(route: object) -> None:
        found = route.fetch()  # type: ignore[attr-defined]  # Playwright's Route
        answers.append(found.text())
        route.fulfill(response=found, json={**json.loads(answers[-1]), "stale": True})  # type: ignore[attr-defined]

    page.route("**/api/v1/images/portal/versions*", stale)
    page.goto(TAB)

    expect(page.get_by_text("This is the last known list")).to_be_visible()
    assert json.loads(answers[0])["total"] == TOTAL


def test_req_12_3_versions_in_ghcr_come_from_github_s_packages(sign_in: SignIn, both: Connected) -> None:
    """With the date on which each was published; the newest is first."""
    page = sign_in("joe", "/catalog/default/resource/tools/versions")

    expect(page.get_by_text("3 tags")).to_be_visible()
    expect(page.get_by_text("this registry has no dates")).to_have_count(0)
    assert _tags(page)[-1] == "1.0.0"
    assert any("/packages/container/tools/versions" in request.path for request in both.world.github.log)


def test_req_12_4_versions_at_docker_hub_come_from_its_api(sign_in: SignIn, both: Connected) -> None:
    """With the date of the last push; the newest is first."""
    page = sign_in("joe", "/catalog/default/resource/node-22/versions")

    expect(page.get_by_text("30 tags")).to_be_visible()
    assert _tags(page)[0] == "1.29.0"
    assert any("/library/repositories/node/tags" in request.path for request in both.world.docker_hub.log)
