"""Images in Backstage's own catalog: entities, relations, filters, search and the graph."""

import re
from collections.abc import Collection

import pytest
from playwright.sync_api import Page, expect

from demo.connected import Connected
from tests.backstage.conftest import SignIn

pytestmark = pytest.mark.backstage

PORTAL = "/catalog/default/resource/portal"
NODE = "/catalog/default/resource/node-22"
RESOURCES = "/catalog?filters%5Bkind%5D=resource&filters%5Buser%5D=all"


def test_req_11_1_an_enrolled_image_has_an_entity(sign_in: SignIn) -> None:
    """Its page has its name, owner and type."""
    page = sign_in("jane", PORTAL)

    expect(page.get_by_role("heading", name="portal").first).to_be_visible()
    expect(page.get_by_role("link", name="platform").first).to_be_visible()
    expect(page.get_by_text("managed-image").first).to_be_visible()


def test_req_11_2_a_base_image_has_an_entity(sign_in: SignIn) -> None:
    """A base image that was found in a Dockerfile has a page, too."""
    page = sign_in("joe", NODE)

    expect(page.get_by_text("base-image").first).to_be_visible()


def test_req_11_3_dependencies_are_relations(both: Connected) -> None:
    """Each side of a dependency has the relation to the other."""
    node = both.backstage.entity("resource:default/node-22") or {}
    portal = both.backstage.entity("resource:default/portal") or {}

    assert ("dependencyOf", "resource:default/base") in _relations(node)
    assert _relations(portal) >= {
        ("dependsOn", "resource:default/base"),
        ("dependsOn", "resource:default/node-22"),
        ("dependsOn", "resource:default/busybox-1-36"),
    }


def _relations(entity: dict[str, list[dict[str, str]]]) -> set[tuple[str, str]]:
    return {(relation["type"], relation["targetRef"]) for relation in entity["relations"]}


def test_req_11_7_images_are_filtered_by_type(sign_in: SignIn) -> None:
    """The catalog's own filter for types separates managed images from base images."""
    page = sign_in("joe", f"{RESOURCES}&filters%5Btype%5D=base-image")

    _expect_rows(page, shown=("node:22", "debian:12"), hidden=("portal", "api"))


@pytest.mark.parametrize(
    ("tag", "shown", "hidden"),
    [
        ("registry:docker-io", ("node:22", "debian:12"), ("portal", "api", "base")),
        ("on:debian-12", ("api",), ("portal", "base", "node:22")),
        ("on:node-22", ("base", "portal"), ("api", "debian:12")),
    ],
)
def test_req_11_7_images_are_filtered_by_registry_and_dependency(
    sign_in: SignIn, tag: str, shown: Collection[str], hidden: Collection[str]
) -> None:
    """A person chooses a registry, or a base image, among the tags."""
    page = sign_in("joe", RESOURCES)
    expect(page.get_by_role("link", name="portal", exact=True)).to_be_visible()

    page.get_by_role("textbox", name="Tags").click()
    page.get_by_role("option", name=tag, exact=True).click()

    _expect_rows(page, shown=shown, hidden=hidden)


def _expect_rows(page: Page, *, shown: Collection[str], hidden: Collection[str]) -> None:
    for name in shown:
        expect(page.get_by_role("link", name=name, exact=True)).to_be_visible()
    for name in hidden:
        expect(page.get_by_role("link", name=name, exact=True)).to_have_count(0)


@pytest.mark.parametrize(("query", "found"), [("portal", "portal"), ("library/node", "node:22"), ("acme/api", "api")])
def test_req_11_7_images_are_found_by_search(sign_in: SignIn, both: Connected, query: str, found: str) -> None:
    """The search finds an image by its name and by its repository."""
    page = sign_in("joe")
    expect(page.get_by_role("link", name="Search")).to_be_visible()

    def seen() -> bool:
        page.goto(f"/search?query={query}")
        link = page.get_by_role("link", name=found, exact=True).first
        page.get_by_role("heading", name="Search").first.wait_for()
        return bool(link.count())

    # Backstage builds its index a few seconds after its start, and then every ten minutes.
    both.backstage.wait_for(seen, 60)


def test_req_11_8_the_graph_shows_what_depends_on_a_base_image(sign_in: SignIn) -> None:
    """The images that depend on node:22, directly and through another image, are nodes of the graph."""
    page = sign_in("joe", "/catalog-graph?rootEntityRefs%5B%5D=resource%3Adefault%2Fnode-22")

    for name in ("node:22", "base", "portal"):
        expect(page.get_by_text(name, exact=True).first).to_be_visible()


def test_req_11_8_the_page_of_an_image_has_its_part_of_the_graph(sign_in: SignIn) -> None:
    """What portal depends on is beside it."""
    page = sign_in("guest", PORTAL)

    for name in ("base", "busybox:1.36", "node:22"):
        expect(page.get_by_text(name, exact=True).first).to_be_visible()


def test_req_11_4_an_image_shows_its_bases_and_its_dependents(sign_in: SignIn) -> None:
    """`base` is built from node:22, and portal is built from `base`."""
    page = sign_in("joe", "/catalog/default/resource/base")

    bases = page.get_by_role("article", name="Base images")
    expect(bases.get_by_role("link", name=re.compile("node")).first).to_be_visible()
    dependents = page.get_by_role("article", name="Dependents")
    expect(dependents.get_by_role("link", name="portal")).to_be_visible()


def test_req_11_5_an_image_shows_digest_last_build_and_status(sign_in: SignIn, both: Connected) -> None:
    """With the reason of the status in words."""
    image = both.person("joe").ask("/api/v1/images/portal").json()
    card = sign_in("joe", PORTAL).get_by_role("article", name="Image", exact=True)

    expect(card.get_by_text(image["digest"][:19]).first).to_be_visible()
    expect(card.get_by_text(re.compile("Last rebuild"))).to_be_visible()
    expect(card.get_by_role("status").first).to_contain_text(
        re.compile("Up to date|Unverified|Waiting|Due|Rebuilding|Failed|Held")
    )


def test_a_component_depends_on_the_image_that_it_says_it_deploys(sign_in: SignIn, both: Connected) -> None:
    """The annotation of catalog/shop.yaml is a relation, which both pages show."""
    component = both.backstage.wait_for(lambda: both.backstage.entity("component:default/shop-website"), 30)
    assert ("dependsOn", "resource:default/portal") in _relations(component)

    page = sign_in("joe", PORTAL)

    expect(page.get_by_text("shop-website").first).to_be_visible()
