"""What people ask for from the page of an image."""

import pytest
from playwright.sync_api import expect

from demo.connected import Connected
from tests.backstage.conftest import SignIn

pytestmark = pytest.mark.backstage

API = "/catalog/default/resource/api"


def test_an_owner_asks_for_a_rebuild(sign_in: SignIn, both: Connected) -> None:
    """The build starts with the reason, and the page shows the rebuild."""
    before = len(both.world.builds)
    page = sign_in("jane", API)

    page.get_by_role("button", name="Rebuild", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Reason").fill("The package index was stale")
    dialog.get_by_role("button", name="Rebuild", exact=True).click()

    expect(dialog.get_by_text("The request is accepted")).to_be_visible()
    both.backstage.wait_for(lambda: len(both.world.builds) > before, 30)
    name, inputs = both.world.builds[-1]
    assert name == "api"
    assert "The package index was stale" in inputs["image_factory_reason"]
    dialog.get_by_role("button", name="Done").click()
    expect(page.get_by_text("requested by user:default/jane").first).to_be_visible()


def test_an_owner_holds_an_image_and_releases_it(sign_in: SignIn, both: Connected) -> None:
    """The card says who holds it and why, and offers to release it."""
    page = sign_in("jane", API)

    page.get_by_role("button", name="Hold", exact=True).click()
    page.get_by_role("dialog").get_by_label("Reason").fill("The release is being tested")
    page.get_by_role("dialog").get_by_role("button", name="Hold", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Done").click()
    expect(page.get_by_text("On hold: The release is being tested")).to_be_visible()
    page.get_by_role("button", name="Release", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Release", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Done").click()

    expect(page.get_by_text("On hold: The release is being tested")).to_have_count(0)
    assert any("api" in message and "hold" in message.lower() for message in both.world.commits())


def test_somebody_else_has_no_buttons(sign_in: SignIn) -> None:
    """Joe reads everything and may ask for nothing."""
    page = sign_in("joe", API)
    expect(page.get_by_text("Built from").first).to_be_visible()

    for name in ("Rebuild", "Emergency rebuild", "Hold", "Check now"):
        expect(page.get_by_role("button", name=name, exact=True)).to_have_count(0)
