"""The page of the API in a browser: contents, finding, copying, and a page without scripts."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from provider.composition.parts import Parts
from provider.composition.web import web_app
from provider.settings import read_settings
from tests.browser.conftest import broken_rules
from tests.peers.served import serving

pytestmark = pytest.mark.backstage

REBUILDS = "#get-api-v1-rebuilds"


@pytest.fixture(name="docs", scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the page, with every operation of the service."""
    url = f"sqlite:///{tmp_path_factory.mktemp('docs') / 'factory.db'}"
    with Parts.open(read_settings({"IMAGE_FACTORY_DATABASE_URL": url})) as parts, serving(web_app(parts)) as address:
        yield f"{address}/api/docs"


@pytest.mark.parametrize("theme", ["desktop", "dark", "phone"])
def test_the_documentation_is_for_everybody(window: Callable[..., Page], docs: str, axe: str, theme: str) -> None:
    """It breaks no rule and is not wider than the window."""
    page = window(dark=theme == "dark", phone=theme == "phone")
    page.goto(docs)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert broken_rules(page, axe) == []
    page.goto(docs + REBUILDS)
    page.screenshot(path=_kept(f"api-docs-{theme}"), caret="initial")


def test_the_contents_stay_beside_what_they_lead_to(page: Page, docs: str) -> None:
    """A link of the contents shows its operation, and the contents are still there."""
    page.goto(docs)
    contents = page.get_by_role("navigation", name="Contents")
    contents.get_by_role("link", name="GET /rebuilds", exact=True).click()

    expect(page.locator(REBUILDS)).to_be_in_viewport()
    expect(contents).to_be_in_viewport()
    assert page.url.endswith(REBUILDS)


def test_on_a_phone_the_contents_are_folded(window: Callable[..., Page], docs: str) -> None:
    """They open with a tap."""
    page = window(phone=True)
    page.goto(docs)
    link = page.get_by_role("navigation", name="Contents").get_by_role("link", name="GET /rebuilds", exact=True)
    expect(link).to_be_hidden()
    page.get_by_text("What happened, and what is wrong").first.click()
    link.click()
    expect(page.locator(REBUILDS)).to_be_in_viewport()


def test_a_person_finds_an_operation_by_words(page: Page, docs: str) -> None:
    """Everything that has all the words stays, in the page and in its contents; an empty field shows all again."""
    page.goto(docs)
    every = page.locator("section.operation").count()
    page.get_by_label("Find").fill("summary ninetieth")

    expect(page.locator("section.operation:visible")).to_have_count(1)
    expect(page.locator(".docs-main h2:visible")).to_have_count(1)
    page.get_by_label("Find").fill("/rebuilds/summary")
    expect(page.locator("#get-api-v1-rebuilds-summary")).to_be_visible()
    expect(page.locator(REBUILDS)).to_be_hidden()
    page.get_by_label("Find").fill("")
    expect(page.locator("section.operation:visible")).to_have_count(every)


def test_a_command_is_copied(page: Page, docs: str) -> None:
    """With the token as a variable, so that it is in no history of a shell."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(docs)
    button = page.get_by_role("button", name="Copy the command for POST /api/v1/images/{name}/rebuilds", exact=True)
    button.click()

    expect(button).to_have_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith('curl -X POST \\\n  -H "Authorization: Bearer $TOKEN"')


def test_everything_can_be_read_without_scripts(window: Callable[..., Page], docs: str) -> None:
    """The field and the buttons, which need a script, are not there."""
    page = window(script=False)
    page.goto(docs)
    expect(page.locator("#docs-search")).to_be_hidden()
    expect(page.get_by_role("button")).to_have_count(0)
    page.get_by_role("navigation", name="Contents").get_by_role("link", name="GET /rebuilds", exact=True).click()
    section = page.locator(REBUILDS)
    expect(section).to_be_in_viewport()
    section.locator("summary").click()
    expect(section.get_by_text('"requestedBy": "image-factory"')).to_be_visible()


def _kept(name: str) -> Path:
    folder = Path(__file__).parents[2] / "artifacts" / "browser"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{name}.png"
