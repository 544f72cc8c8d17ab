"""The page of a graph."""

import re
from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from catalog.image import Image, Status
from tests.fakes.image_graphs import FakeImageGraphs
from tests.provider.web_images import MemoryIndex, base, dependency, digest, managed, varied_images
from tests.provider.web_part import web


def _client(*images: Image) -> FlaskClient:
    index = MemoryIndex(images)
    return web(index, graphs=FakeImageGraphs(index)).test_client()


def test_each_image_is_a_link_with_its_status_in_words() -> None:
    """The image in the middle is marked; a line says what it means."""
    page = _client(*varied_images()).get("/images/backstage/graph").text

    for name in ("node", "syntax", "backstage", "search"):
        assert f'href="/images/{name}"' in page
    assert 'href="/images/backstage" aria-current="true" aria-label="backstage: Waiting"' in page
    assert "backstage is built from node: sha256:dddddddddddd, verified in the built image; behind" in page
    assert "4 of 4 images" in page


def test_the_table_says_the_same() -> None:
    """Every image of the drawing has a row with its status and what it depends on."""
    page = _client(*varied_images()).get("/images/backstage/graph").text
    table = page[page.index("<table") :]

    assert re.findall(r'<th scope="row"><a href="/images/([a-z]+)">', table) == [
        "node",
        "syntax",
        "backstage",
        "search",
    ]
    assert "node: sha256:dddddddddddd, verified in the built image; behind: the newest is sha256:aaaaaaaaaaaa" in table
    assert "backstage: sha256:cccccccccccc, assumed: nothing shows it" in table


def test_what_is_left_out_leads_to_the_list() -> None:
    """With the filter that finds exactly these images."""
    many = [managed(f"app-{number:03}", "node") for number in range(300)]
    page = _client(base("node"), *many).get("/images/node/graph").text

    assert "100 of 301 images" in page
    assert 'href="/images?dependsOn=node" aria-label="and 201 more that depend on node"' in page
    assert "and 201 more" in page


@pytest.mark.parametrize(("query", "found"), [("", False), ("?depth=3", True)])
def test_the_number_of_steps_can_be_chosen(query: str, *, found: bool) -> None:
    """The one that is shown is marked."""
    chain = [base("a"), managed("b", "a"), managed("c", "b"), managed("d", "c")]
    page = _client(*chain).get(f"/images/a/graph{query}").text
    assert ('href="/images/d"' in page) is found
    assert f'depth={3 if found else 2}" aria-current="true"' in page


@pytest.mark.parametrize("query", ["?depth=0", "?depth=11", "?depth=two", "?levels=2"])
def test_a_wrong_number_is_refused(query: str) -> None:
    """As in the API."""
    assert _client(base("a")).get(f"/images/a/graph{query}").status_code == 422


def test_an_image_without_neighbours_says_so() -> None:
    """There is no empty drawing."""
    page = _client(managed("app")).get("/images/app/graph").text
    assert "no image depends on it" in page
    assert "<svg" not in page


def test_an_unknown_image_is_not_found() -> None:
    """Also one that images depend on, which is shown without a link."""
    client = _client(managed("app", "unknown"))
    assert client.get("/images/unknown/graph").status_code == 404
    page = client.get("/images/app/graph").text
    assert "Not tracked" in page
    assert 'href="/images/unknown"' not in page


def test_texts_of_others_are_no_markup() -> None:
    """A name, a reason or a reference is shown as it is."""
    evil = replace(dependency('x"><script>'), built_on=digest("d"), newest=digest("a"))
    page = _client(managed("app", status=Status.ERROR, reason="<b>broken</b>", dependencies=(evil,)))
    text = page.get("/images/app/graph").text
    assert "<script>" not in text
    assert "<b>" not in text


def test_names_of_200_characters_are_cut_in_the_drawing_alone() -> None:
    """The title, the label for screen readers and the table have the whole name."""
    name = "a-very-long-name-" * 12
    text = _client(base(name), managed("app", name)).get("/images/app/graph").text
    assert re.search(r'<text class="name"[^>]*>a-very-l[^<]{1,14}…[^<]{1,14}</text>', text)
    assert text.count(name) >= 4
