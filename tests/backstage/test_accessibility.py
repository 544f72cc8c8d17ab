"""What is ours in Backstage follows the rules of axe-core, light and dark; screenshots are kept for people."""

from typing import Any, Final

import pytest
from playwright.sync_api import Page, expect

from tests.backstage.conftest import SignIn
from tests.browser.conftest import installed_axe, keep

__all__ = ["installed_axe"]

pytestmark = pytest.mark.backstage

PAGES: Final = {
    "images": ("/image-factory", "portal", "main"),
    "image": ("/catalog/default/resource/portal", "Built from", "article"),
    "base-image": ("/catalog/default/resource/node-22", "Dependents", "article"),
    "versions": ("/catalog/default/resource/portal/versions", "1.8.2", "main"),
    "builds": ("/catalog/default/resource/portal/builds", "Change number", "main"),
    "home": ("/home", "Show all images", "#root"),
    "team": ("/catalog/default/group/platform", "Show all images of this team", "article"),
}
"""The address of each page, a text that it shows when it is complete, and the elements that have ours."""

_SERIOUS: Final = frozenset({"serious", "critical"})
# Small secondary text of Backstage's own cards in the dark (the GitHub Actions plugin, a group's description), and the
# links of its navigation on a phone, which have no names.
_NOT_OURS: Final = (">All Branches<", ">The team that owns the images.<", "MuiBottomNavigationAction-")


@pytest.mark.parametrize("theme", ["light", "dark", "phone"])
def test_no_serious_finding(sign_in: SignIn, axe: str, theme: str) -> None:
    """On each of our pages, tabs and cards."""
    page = sign_in("jane", dark=theme == "dark", phone=theme == "phone")
    found = []
    for name, (path, text, _) in PAGES.items():
        page.goto(path)
        expect(page.get_by_text(text).first, path).to_be_attached()
        page.wait_for_load_state("networkidle")
        # Backstage's own cards turn a wheel without a name while they load.
        expect(page.locator(".MuiCircularProgress-indeterminate"), path).to_have_count(0)
        keep(page, f"backstage-{name}-{theme}")
        found += [f"{name}: {each}" for each in _serious(page, axe, PAGES[name][2])]

    assert "\n".join(found) == ""


def _serious(page: Page, axe: str, where: str) -> list[str]:
    page.evaluate(axe)
    options = "{resultTypes: ['violations'], iframes: false}"
    run = f"where => axe.run({{include: [...document.querySelectorAll(where)]}}, {options})"
    report: dict[str, Any] = page.evaluate(run, where)
    return [
        f"{rule['id']}: {node['html']}"
        for rule in report["violations"]
        if rule["impact"] in _SERIOUS
        for node in rule["nodes"]
        if not any(mark in node["html"] for mark in _NOT_OURS)
    ]
