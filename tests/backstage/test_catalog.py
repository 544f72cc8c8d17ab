"""Images in Backstage's own catalog: entities, relations, filters, search and the graph."""

import pytest
from playwright.sync_api import expect

from tests.backstage.conftest import SignIn

pytestmark = pytest.mark.backstage

PORTAL = "/catalog/default/resource/portal"
NODE = "/catalog/default/resource/node-22"


def test_an_enrolled_image_has_an_entity(sign_in: SignIn) -> None:
    """Its page has its name, owner and type."""
    page = sign_in("jane", PORTAL)

    expect(page.get_by_role("heading", name="portal").first).to_be_visible()
    expect(page.get_by_role("link", name="platform").first).to_be_visible()
    expect(page.get_by_text("managed-image").first).to_be_visible()


def test_a_base_image_has_an_entity(sign_in: SignIn) -> None:
    """A base image that was found in a Dockerfile has a page, too."""
    page = sign_in("joe", NODE)

    expect(page.get_by_text("base-image").first).to_be_visible()


def test_the_graph_shows_what_depends_on_a_base_image(sign_in: SignIn) -> None:
    """The images that depend on node:22, directly and through another image, are nodes of the graph."""
    page = sign_in("joe", "/catalog-graph?rootEntityRefs%5B%5D=resource%3Adefault%2Fnode-22")

    for name in ("node:22", "base", "portal"):
        expect(page.get_by_text(name, exact=True).first).to_be_visible()
