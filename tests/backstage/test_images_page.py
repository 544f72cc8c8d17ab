"""The page Images, and the cards of the home page and of a team."""

import re

import pytest
from playwright.sync_api import expect

from demo.connected import Connected
from tests.backstage.conftest import SignIn
from tests.peers.backstage_person import Person

pytestmark = pytest.mark.backstage

PAGE = "/image-factory"


def _total(person: Person, query: str = "") -> int:
    return int(person.ask(f"/api/v1/images?{query}").json()["total"])


def test_all_images_are_listed_with_what_needs_attention_first(sign_in: SignIn, both: Connected) -> None:
    """The order and the total are those of the service."""
    person = both.person("joe")
    page = sign_in("joe", PAGE)

    expect(page.get_by_text(f"{_total(person)} images")).to_be_visible()
    first = person.ask("/api/v1/images?sort=attention").json()["items"][0]["name"]
    expect(page.get_by_role("rowheader").first).to_contain_text(first)


def test_filters_are_kept_in_the_address(sign_in: SignIn, both: Connected) -> None:
    """A person filters by what an image depends on, and shares the address; another person sees the same."""
    total = _total(both.person("joe"), "dependsOn=node-22&role=managed")
    page = sign_in("jane", f"{PAGE}?dependsOn=node-22&role=managed")
    expect(page.get_by_text(f"{total} images")).to_be_visible()
    page.get_by_role("searchbox", name=re.compile("Search")).first.fill("portal")
    expect(page.get_by_text("1 image", exact=True)).to_be_visible()
    expect(page).to_have_url(re.compile("q=portal"))

    other = sign_in("joe", page.url.removeprefix(both.backstage.url))

    expect(other.get_by_text("1 image", exact=True)).to_be_visible()
    expect(other.get_by_role("link", name="portal", exact=True)).to_be_visible()


def test_images_are_found_by_the_digest_they_are_built_from(sign_in: SignIn, both: Connected) -> None:
    """As a security engineer asks: who still is built from this digest?"""
    person = both.person("joe")
    digest = person.ask("/api/v1/images/api").json()["dependencies"][0]["builtOn"]
    total = _total(person, f"builtFrom={digest}")
    page = sign_in("joe", f"{PAGE}?builtFrom={digest}")

    expect(page.get_by_text(f"{total} image" + ("" if total == 1 else "s"), exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="api", exact=True)).to_be_visible()


def test_the_page_leads_to_enrolling(sign_in: SignIn) -> None:
    """With the template of the scaffolder."""
    page = sign_in("jane", PAGE)

    page.get_by_role("link", name="Enroll an image").first.click()

    expect(page.get_by_text("Enrolls a container image in Image Factory").first).to_be_visible()


def test_the_home_page_and_the_page_of_a_team_have_a_card(sign_in: SignIn) -> None:
    """Both count the images by status."""
    page = sign_in("jane", "/home")
    expect(page.get_by_text("Show all images").first).to_be_visible()

    page.goto("/catalog/default/group/platform")

    expect(page.get_by_text("Images of this team").first).to_be_visible()
    expect(page.get_by_text("Show all images of this team").first).to_be_visible()
