"""Tests of the pages that show images."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from catalog.image import VerificationDocument, VerificationOutcome
from provider.ports import ReportedProblem
from tests.provider.web_images import NOW, MemoryIndex, dependency, digest, managed, rebuild, update, varied_images
from tests.provider.web_part import web


@pytest.fixture(name="index")
def made_index() -> MemoryIndex:
    """An index with varied images."""
    return MemoryIndex(varied_images())


@pytest.fixture(name="client")
def made_client(index: MemoryIndex) -> FlaskClient:
    """A client on this machine."""
    return web(index).test_client()


def test_the_start_page_redirects_to_the_images(client: FlaskClient) -> None:
    """This is true without the release tracker."""
    assert client.get("/").headers["Location"] == "/images"


def test_the_list_shows_every_image_with_its_status_in_words(client: FlaskClient, index: MemoryIndex) -> None:
    """It shows all thirteen images, and reads only one page of them."""
    page = client.get("/images").text
    assert all(f'href="/images/{name}"' in page for name in index.images)
    assert "Up to date" in page
    assert "Not checked yet." in page
    assert index.asked == ["page"]


def test_a_digest_that_never_changed_shows_since_when() -> None:
    """The list and the detail page show the day of the baseline; an image that was not checked shows that instead."""
    same = managed("same", digest_since=NOW - timedelta(days=9))
    moved = managed("moved", digest_since=NOW - timedelta(days=1), last_updated=NOW - timedelta(days=1))
    client = web(MemoryIndex([same, moved, managed("new", digest=None)])).test_client()
    page = client.get("/images").text
    assert page.count("No change since") == 1
    assert ">1 Mar</time>" in page
    assert "1 day ago" in page
    assert "Not checked yet" in page
    assert ">1 Mar</time>" in client.get("/images/same").text


def test_filters_work_as_a_form(client: FlaskClient) -> None:
    """The form keeps its values, and only matching images are shown."""
    page = client.get("/images?q=&status=&role=base&registry=docker.io").text
    assert set(re.findall(r'href="/images/([a-z-]+)"', page)) == {"node", "debian", "syntax"}
    assert '<option value="base" selected>' in page
    assert 'value="docker.io"' in page


@pytest.mark.parametrize(
    ("query", "says"),
    [("?q=zzz", "No image matches"), ("?page=9", "past the end")],
)
def test_an_empty_list_says_what_to_do(client: FlaskClient, query: str, says: str) -> None:
    """Each kind of empty list has its own message."""
    assert says in client.get(f"/images{query}").text
    assert "images.yaml" in web(MemoryIndex()).test_client().get("/images").text


def test_many_images_come_in_pages() -> None:
    """The second page has the rest, and keeps the filters."""
    client = web(MemoryIndex(managed(f"app-{number:03}") for number in range(60))).test_client()
    first = client.get("/images?role=managed").text
    assert "Page 1 of 2" in first
    assert 'rel="next" href="/images?role=managed&amp;page=2"' in first
    assert "app-059" in client.get("/images?role=managed&page=2").text


def test_an_image_shows_all_known_values(client: FlaskClient, index: MemoryIndex) -> None:
    """Status, reason, next rebuild, digest, dependencies, dependents, history, rebuilds and enrollment are shown."""
    page = client.get("/images/backstage").text
    for text in (
        "node:22 changed on 5 Mar 2026; rebuild on or after 12 Mar 2026 (7-day delay).",
        'title="2026-03-12 12:00 UTC" data-local="clock">12 Mar 2026, 12:00 UTC</time> <span class="quiet">(in 2 days)',
        f"ghcr.io/acme/backstage:latest@sha256:{'b' * 64}",
        'href="/images/node"',
        'href="/images/search"',
        "https://github.com/acme/x/actions/runs/9",
        "First digest",
        "workflow: backstage.yml",
    ):
        assert text in page
    assert index.asked == ["neighbours"]


def test_a_dependency_shows_what_the_image_was_built_from(client: FlaskClient) -> None:
    """Digests are short with the whole one as title; the evidence is in words; the status has its sign."""
    page = client.get("/images/backstage").text
    for text in (
        f'<td data-label="Built from"><span class="copyable"><code title="{digest("d")}">sha256:{"d" * 12}</code>',
        '<span class="line quiet">verified in the built image</span>',
        f'<td data-label="Newest"><span class="copyable"><code title="{digest("a")}">sha256:{"a" * 12}</code>',
        "for linux/amd64",
        "Watched</span>",
        "Not known",
    ):
        assert text in page, text
    doubtful = client.get("/images/search").text
    assert "! assumed: nothing shows it" in doubtful
    assert "Waiting</span>" in doubtful


def test_a_dependency_shows_whether_its_newest_digest_is_signed() -> None:
    """With who signed it, or why it is not used; so does the history of a base image."""
    signed = VerificationDocument(digest("a"), VerificationOutcome.VERIFIED, NOW, by="keys/team.pem")
    failed = replace(signed, outcome=VerificationOutcome.FAILED, by=None, reason="has no <signature>")
    one = managed("one", dependencies=(replace(dependency("node"), newest=digest("a"), verification=signed),))
    two = managed("two", dependencies=(replace(dependency("node"), newest=digest("a"), verification=failed),))
    node = managed("node", updates=(replace(update(1, "a", None), verifications=(signed, failed)),))
    client = web(MemoryIndex([one, two, node])).test_client()

    assert "✓ signed, verified with keys/team.pem" in client.get("/images/one").text
    assert "✕ not verified: has no &lt;signature&gt;" in client.get("/images/two").text
    page = client.get("/images/node").text
    assert page.index("✓ signed") < page.index("✕ not verified")


def test_a_dependent_shows_its_status(client: FlaskClient) -> None:
    """A dependent that is not well is found without opening each one."""
    page = client.get("/images/debian").text
    assert re.search(r'href="/images/payments-api">payments-api</a> <span class="sign bad">.*Failed', page)
    assert re.search(r'href="/images/reports">reports</a> <span class="sign wait">.*Held', page)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("owner=group:default/team-a&status=unverified", {"assumer"}),
        ("dependsOn=debian", {"payments-api", "reports"}),
        (f"builtFrom={digest('d')}", {"backstage"}),
        (f"builtFrom={digest('d')}&transitive=true", {"backstage", "search"}),
        (f"builtFrom={digest('d')}&transitive=true&status=rebuilding", {"search"}),
        ("builtFrom=&transitive=true&role=base&registry=docker.io&sort=-lastBuilt", {"node", "debian", "syntax"}),
    ],
)
def test_the_page_takes_the_filters_of_the_api(client: FlaskClient, query: str, found: set[str]) -> None:
    """The links to statuses, sort orders and pages keep them."""
    page = client.get(f"/images?{query}").text
    assert set(re.findall(r'<th scope="row"><a href="/images/([a-z-]+)"', page)) == found
    if "builtFrom=s" in query:
        assert f"builtFrom={digest('d').replace(':', '%3A')}" in page.replace(
            "builtFrom=sha256:", "builtFrom=sha256%3A"
        )
        assert "Built from <code>sha256:dddddddddddd</code>" in page


@pytest.mark.parametrize("query", ["builtFrom=node:22", "builtFrom=sha256:4a84", "status=fine", "role=king", "sort=x"])
def test_a_filter_that_no_image_can_match_is_a_page_that_says_so(client: FlaskClient, query: str) -> None:
    """The unfiltered list would be a wrong answer."""
    answer = client.get(f"/images?{query}")
    assert (answer.status_code, answer.mimetype) == (422, "text/html")
    assert f"Query parameter {query.partition('=')[0]}" in answer.text


def test_the_new_statuses_have_words_of_their_own(client: FlaskClient) -> None:
    """Unknown and unverified images are not shown as up to date, and the reason names the dependency."""
    page = client.get("/images?status=unverified").text
    assert "Unverified</span>" in page
    assert "Which digest of node:22 it was built from is not known" in page
    assert "Unknown</span>" in client.get("/images/gateway").text


def test_an_image_shows_its_problems(client: FlaskClient) -> None:
    """The last error, unresolved arguments and a failed discovery are shown."""
    failed = client.get("/images/payments-api").text
    assert "The build ended with exit code 1." in failed
    for text in ("Line 3: <code>BASE_TAG</code>", "Line 9: <code>RUNTIME</code>", "Give ARG RUNTIME", "Line 12: COPY"):
        assert text in failed, text
    assert "acme/collector has no branch main." in client.get("/images/collector").text


def test_problems_of_the_config_repository_are_shown_above_the_list(client: FlaskClient, index: MemoryIndex) -> None:
    """Who pushed a mistake finds it with file, line and correction; without problems there is no banner."""
    assert "in the config repository</summary>" not in client.get("/images").text
    message = "'7x' is not a duration; write for example 12h, 7d or 2w"
    index.report(
        [
            ReportedProblem("badentry", "text", message, "images.yaml", 12, "rebuildDelay"),
            ReportedProblem("", "text", "<b>3 of 9 images would be removed"),
        ],
        NOW,
    )
    page = client.get("/images").text
    for text in (
        "2 problems in the config repository</summary>",
        "<code>images.yaml:12</code> <strong>badentry</strong>: <code>rebuildDelay</code>: &#39;7x&#39; is not a",
        "&lt;b&gt;3 of 9 images",
    ):
        assert text in page, text
    assert "<details open>" in page
    index.report([ReportedProblem(f"app-{number}", "text", "wrong") for number in range(40)], NOW)
    assert "<details>\n<summary>" in client.get("/images?q=zzz").text


def test_untrusted_text_is_never_markup() -> None:
    """Texts are escaped, and only web addresses become links."""
    hostile = managed(
        "app", title="<script>alert(1)</script>", rebuilds=(rebuild(1, url="javascript:alert(1)", reason="<b>now"),)
    )
    client = web(MemoryIndex([hostile])).test_client()
    page = client.get("/images/app").text + client.get("/images").text
    assert "<script>alert" not in page
    assert "<b>now" not in page
    assert "javascript:" not in page


@pytest.mark.parametrize("path", ["/images", "/images/backstage", "/images/nobody", "/api/docs"])
def test_pages_load_nothing_from_other_sites(client: FlaskClient, path: str) -> None:
    """Every asset is served by this service; the policy refuses others; nothing is inline."""
    answer = client.get(path)
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert not re.search(r"<script(?! src)|\sstyle=|\son[a-z]+=", answer.text)
    for asset in re.findall(r'<(?:link|script)[^>]*(?:href|src)="([^"]+)"', answer.text):
        assert asset.startswith(("/static/", "/bootstrap/static/"))
        with client.get(asset) as served:
            assert served.status_code == 200


def test_the_documentation_shows_every_resource(client: FlaskClient) -> None:
    """It has the parameters and the schemas."""
    page = client.get("/api/docs").text
    for text in ("/api/v1/images/{name}/impact", "dependsOn", 'id="schema-Image"', "nextEligibleAt"):
        assert text in page
