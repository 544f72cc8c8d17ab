"""The page of a base image, and the pages of its dependents, its digests and its impact."""

import re
from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from catalog.image import Failure, Image, Status
from tests.fakes.image_graphs import FakeImageGraphs
from tests.provider.pages.base.base_world import NEW, NODE, OLD, world
from tests.provider.web_images import NOW, MemoryIndex, base, digest, managed
from tests.provider.web_part import web


def _client(*images: Image) -> FlaskClient:
    index = MemoryIndex(images)
    return web(index, graphs=FakeImageGraphs(index)).test_client()


def _rows(page: str) -> list[str]:
    """The names in the first column of the table of dependents, or of impacts."""
    return re.findall(r'<th scope="row"><a href="/images/([a-z0-9-]+)">', page[: page.find("graph-title")])


@pytest.fixture(name="client")
def made_client() -> FlaskClient:
    """Eighteen services, six of them over a managed image."""
    return _client(*world(18))


def test_the_answer_is_first(client: FlaskClient) -> None:
    """The digest now, since when, how it was seen, and how many images are behind and since when."""
    page = client.get("/images/node-22").text
    answer = page[page.index('aria-label="Status"') : page.index('id="dependents-title"')]
    assert f'data-copy="docker.io/library/node:22@{NEW}"' in answer
    assert '<time datetime="2026-03-08T12:00:00Z"' in answer
    assert "detected by poll" in answer
    assert "last checked" in answer
    words = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", answer))
    assert "19 images are built from it: 10 behind, for longest since 8 Mar 2026, 12:00 UTC" in words
    assert "2 not known, 7 on the newest digest." in words
    assert 'href="/images/node-22/dependents?state=behind"' in answer


def test_those_that_are_behind_are_listed_first(client: FlaskClient) -> None:
    """With the digest, the evidence, the image between, and since when."""
    page = client.get("/images/node-22").text
    assert len(_rows(page)) == 15
    assert page.index(">Behind<") < page.index(">Not known</span>")
    assert f'<code title="{OLD}">sha256:{"2" * 12}</code>' in page
    assert "verified in the built image" in page
    assert 'over <a href="/images/base-node">base-node</a>' in page
    assert 'href="/images/node-22/dependents">All 19</a>' in page


def test_the_history_says_how_many_images_are_built_from_each_digest(client: FlaskClient) -> None:
    """The link finds these images; what has the same content says so, and so do signatures."""
    page = client.get("/images/node-22").text
    history = page[page.index('id="digests-title"') :]
    assert f'href="/images?builtFrom={OLD}&amp;transitive=true">10 images</a>' in history
    assert "the same content as the digest before" in history
    assert "signed, verified with keys/team.pem" in history
    assert history.count(">Current<") == 1
    found = client.get(f"/api/v1/images?builtFrom={OLD}&transitive=true").get_json()
    assert found["total"] == 10


def test_the_page_has_the_graph_and_loads_the_impact(client: FlaskClient) -> None:
    """Without a script the impact is a link."""
    page = client.get("/images/node-22").text
    assert 'class="graph-box"' in page
    assert 'hx-get="/images/node-22/impact?rows=10"' in page
    assert '<a href="/images/node-22/impact">' in page


def test_an_error_is_shown_with_what_stays_known() -> None:
    """A base that cannot be read any more."""
    failed = replace(
        NODE, status=Status.ERROR, reason="docker.io says 404", last_error=Failure(NOW, "docker.io says 404")
    )
    page = _client(failed).get("/images/node-22").text
    assert "docker.io says 404" in page
    assert "what was known before stays" in page
    assert "No image is built from it." in page


def test_a_base_that_was_never_checked_says_so() -> None:
    """There is no digest, no time and no history."""
    new = base(
        "new", status=Status.UNKNOWN, reason="not checked yet", digest=None, last_updated=None, digest_since=None
    )
    page = _client(new, managed("app", "new")).get("/images/new").text
    assert "not checked yet" in page
    assert "No digest recorded yet." in page
    assert re.search(r"<strong>1</strong> image is built from it: none is known to be behind", page)


def test_dependents_are_filtered_and_paged() -> None:
    """The filter is in the address, also of the export."""
    client = _client(*world(300))
    page = client.get("/images/node-22/dependents?state=behind").text
    assert len(_rows(page)) == 50
    assert "168 of 301 images" in page
    assert 'rel="next" href="/images/node-22/dependents?state=behind&amp;page=2"' in page
    assert 'href="/api/v1/images/node-22/dependents?format=csv&amp;state=behind"' in page
    assert 'state=behind" aria-current="true"' in page
    assert "past the end" in client.get("/images/node-22/dependents?state=behind&page=9").text
    assert "No image matches" in client.get("/images/node-22/dependents?state=unused").text
    assert _rows(client.get("/images/dockerfile-1/dependents?state=unused").text) == ["base-node"]
    export = client.get("/api/v1/images/node-22/dependents?format=csv&state=behind")
    assert len(export.text.splitlines()) == 169


def test_a_managed_image_has_dependents_and_an_impact_too(client: FlaskClient) -> None:
    """Its own page is that of a managed image."""
    assert len(_rows(client.get("/images/base-node/dependents").text)) == 6
    assert "6 images" in client.get("/images/base-node/impact").text
    assert 'id="digests-title"' not in client.get("/images/base-node").text


def test_the_impact_says_when_and_why_not(client: FlaskClient) -> None:
    """A person has to act for an image on hold, and for what is built from it."""
    page = client.get("/images/node-22/impact").text
    assert "17 images are rebuilt without a person" in page
    assert "2 need a person" in page
    assert "will not be built automatically: it is on hold" in page
    few = client.get("/images/node-22/impact?rows=10").text
    assert len(_rows(few)) == 10
    assert ">All 19</a>" in few


def test_nothing_would_be_rebuilt_for_an_image_without_dependents(client: FlaskClient) -> None:
    """The page says it in a sentence."""
    assert "No image would be rebuilt" in client.get("/images/team-0-service-000/impact").text
    assert "No image depends on" in client.get("/images/team-0-service-000/dependents").text


def test_the_whole_history_has_pages() -> None:
    """A base that moves daily has hundreds of digests."""
    update = NODE.updates[0]
    long = replace(NODE, updates=tuple(replace(update, digest=digest(f"{number:064x}"[-1])) for number in range(250)))
    client = _client(long)
    assert 'href="/images/node-22/digests">All 250</a>' in client.get("/images/node-22").text
    assert "Page 1 of 3" in client.get("/images/node-22/digests").text
    assert "past the end" in client.get("/images/node-22/digests?page=4").text


@pytest.mark.parametrize("path", ["dependents", "digests", "impact"])
def test_an_unknown_image_and_a_wrong_query_are_refused(client: FlaskClient, path: str) -> None:
    """As on every page."""
    assert client.get(f"/images/nothing/{path}").status_code == 404
    assert client.get(f"/images/node-22/{path}?states=behind").status_code == 422
