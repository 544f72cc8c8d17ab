"""Enrolling an image with the form of the template, as a person does."""

import pytest
from playwright.sync_api import Page, expect

from demo.connected import Connected
from demo.teams import TEAM_FILE
from demo.world import CONFIG
from tests.backstage.conftest import SignIn
from tests.peers.images import push

pytestmark = pytest.mark.backstage


def _fill(page: Page, both: Connected, name: str) -> None:
    """Fill the pages of the form, up to the review."""
    page.locator("#root_name").fill(name)
    page.locator("#root_registry").fill(both.world.registry.host)
    page.locator("#root_repository").fill(f"acme/{name}")
    page.locator("#root_owner").click()
    page.get_by_role("option", name="platform").click()
    page.get_by_role("button", name="Next").click()
    page.locator("#root_source_provider").click()
    page.get_by_role("option", name="github").first.click()
    page.locator("#root_source_repo").fill("acme/api")
    page.locator("#root_source_branch").fill("main")
    page.locator("#root_build_system").click()
    page.get_by_role("option", name="github-actions").click()
    page.locator("#root_build_workflow").fill("build.yml")
    page.get_by_role("button", name="Next").click()
    page.get_by_role("button", name="Review").click()


def test_req_11_9_an_image_is_enrolled_with_the_form(sign_in: SignIn, both: Connected) -> None:
    """req_11_10, req_11_11: from the card of the template to the commit, the discovered bases and the entity."""
    push(both.world.registry.url, "acme/api-edge", ["latest"], content="built by hand")
    page = sign_in("jane", "/create")
    page.get_by_role("button", name="Choose").nth(_card(page, "Enroll an image")).click()

    _fill(page, both, "api-edge")
    page.get_by_role("button", name="Create", exact=True).click()

    expect(page.get_by_text("debian:12").first).to_be_visible()
    both.backstage.wait_for(lambda: both.backstage.entity("resource:default/api-edge"), 60)
    assert "name: api-edge" in both.world.git.repositories.read(CONFIG, TEAM_FILE)
    page.goto("/catalog/default/resource/api-edge")
    expect(page.get_by_role("heading", name="api-edge").first).to_be_visible()
    # What was found in the Dockerfile arrives with the next discovery.
    expect(page.get_by_text("debian:12", exact=True).first).to_be_visible()


def test_req_11_9_somebody_who_may_not_enroll_is_refused_in_words(sign_in: SignIn, both: Connected) -> None:
    """Joe's team has no rule, and nothing is committed."""
    before = both.world.commits()
    page = sign_in("joe", "/create/templates/default/enroll-image")

    _fill(page, both, "not-his")
    page.get_by_role("button", name="Create", exact=True).click()

    expect(page.get_by_text("group:default/platform").first).to_be_visible()
    expect(page.get_by_text("403").first).to_be_visible()
    assert [message for message in both.world.commits() if message not in before and "not-his" in message] == []


def _card(page: Page, title: str) -> int:
    """The position of a template's card among all cards."""
    headings = page.get_by_role("heading", level=4)
    page.get_by_text(title, exact=True).first.wait_for()
    return headings.all_inner_texts().index(title)
