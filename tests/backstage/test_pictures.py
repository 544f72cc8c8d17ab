"""The pictures of docs/backstage.md: made from the real pages, and copied there by `make pictures`."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.backstage.conftest import SignIn

pytestmark = pytest.mark.backstage

ROOT = Path(__file__).parents[2]
MADE = ROOT / "artifacts" / "pictures"
PICTURES = {
    "image": ("/catalog/default/resource/portal", "Built from"),
    "versions": ("/catalog/default/resource/portal/versions", "1.8.2"),
    "builds": ("/catalog/default/resource/portal/builds", "Change number"),
    "images": ("/image-factory", "portal"),
}


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_of_the_guide_is_made(sign_in: SignIn, name: str) -> None:
    """As a member of the team that owns the images sees it; the guide shows the last one that was kept."""
    path, text = PICTURES[name]
    page = sign_in("jane", path)
    expect(page.get_by_text(text).first).to_be_visible()
    page.wait_for_load_state("networkidle")
    MADE.mkdir(parents=True, exist_ok=True)

    page.screenshot(path=MADE / f"backstage-{name}.png")

    assert f"(pictures/backstage-{name}.png)" in (ROOT / "docs" / "backstage.md").read_text("utf-8")
