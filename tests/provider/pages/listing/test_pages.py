"""Tests of the page with the list of images."""

import csv
import html
import io
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from catalog.image import Evidence, Image, Status
from provider.auth.access import Access
from provider.auth.callers import Caller, CallerRole
from tests.provider.web_images import NOW, MemoryIndex, base, dependency, digest, managed, rebuild, varied_images
from tests.provider.web_part import web

DAY = timedelta(days=1)


def client_of(*images: Image) -> FlaskClient:
    """A client on this machine."""
    return web(MemoryIndex(images)).test_client()


def names(page: str) -> list[str]:
    """The names of the images on a page, in its order."""
    return re.findall(r'<th scope="row"><a href="/images/([a-z0-9-]+)"', page)


def row(page: str, name: str) -> str:
    """The text of one row, without its tags."""
    (found,) = [each for each in re.findall(r"<tr>.*?</tr>", page, re.DOTALL) if f'href="/images/{name}" title' in each]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", found.replace("<wbr>", ""))).split())


def test_what_needs_attention_is_first() -> None:
    """Without a sort order in the address; another order keeps its way back."""
    client = client_of(
        managed("good"), managed("broken", status=Status.FAILED), base("node"), managed("unsure", status=Status.UNKNOWN)
    )
    assert names(client.get("/images").text) == ["broken", "unsure", "good", "node"]
    by_name = client.get("/images?sort=name").text
    assert names(by_name) == ["broken", "good", "node", "unsure"]
    assert 'aria-sort="ascending"><a href="/images?sort=-name"' in by_name
    assert '<a href="/images">needing attention first</a>' in by_name


def test_a_row_shows_what_is_asked_for_most() -> None:
    """Reason only where it is not well, owner, criticality, what it is built from since when, and since when behind."""
    edge = replace(dependency("node"), built_on=digest("a"), evidence=Evidence.PASSED, built_on_since=NOW - 5 * DAY)
    late = managed(
        "late",
        dependencies=(edge, dependency("debian")),
        status=Status.WAITING,
        reason="node:22 changed on 5 Mar",
        behind_since=NOW - 3 * DAY,
        digest_since=NOW - 40 * DAY,
        enrollment={"criticality": "high"},
    )
    page = client_of(late, managed("fine", last_updated=NOW - 2 * DAY), base("node")).get("/images").text

    assert row(page, "late") == (
        "◷ Waiting late node:22 changed on 5 Mar ghcr.io/acme/late:latest team-a High "
        "aaaaaaaaaaaa 5 Mar +1 No change since 29 Jan 7 Mar"
    )
    assert row(page, "fine") == "✓ Up to date fine ghcr.io/acme/fine:latest team-a Normal 2 days ago No"
    assert row(page, "node") == "◉ Watched node node:22 platform 3 days ago"


def test_what_is_not_known_is_said() -> None:
    """An image that is unknown is not shown as one that is not behind, and an assumed digest is no proof."""
    edge = replace(dependency("node"), built_on=digest("a"), evidence=Evidence.ASSUMED, built_on_since=NOW)
    unsure = managed("unsure", status=Status.UNVERIFIED, reason="which digest", dependencies=(edge,))
    page = (
        client_of(unsure, managed("new", "node", status=Status.UNKNOWN, digest=None, reason="new")).get("/images").text
    )

    assert row(page, "unsure").endswith("aaaaaaaaaaaa not proven No change recorded Not known")
    assert row(page, "new").endswith("node not known Not checked yet Not known")


@pytest.mark.parametrize(
    ("text", "found", "says"),
    [
        (digest("d"), {"backstage"}, "Digest sha256:dddddddddddd: images that have it, or were built from it directly"),
        ("d" * 12, {"backstage"}, "Digest sha256:dddddddddddd"),
        (f"{'d' * 12}&transitive=true", {"backstage", "search"}, "or were built from it, also through other images"),
        ("debian:22", {"debian", "payments-api", "reports"}, "Reference docker.io/library/debian:22"),
        ("docker.io/library/debian", {"debian", "payments-api", "reports"}, "Repository docker.io/library/debian"),
        ("debian", {"debian", "payments-api", "reports"}, "Image debian: it, and images that depend on it directly"),
        ("debian&as=text", {"debian"}, "Names, repositories and titles that contain “debian”"),
        ("cve-2026-12345", {"urgent"}, "CVE-2026-12345: images for which people asked"),
        ("payments-ap", {"payments-api"}, "that contain “payments-ap”"),
    ],
)
def test_the_search_says_what_it_looked_for(text: str, found: set[str], says: str) -> None:
    """Digest, reference, base image, vulnerability or text; other meanings are one link away."""
    urgent = managed("urgent", rebuilds=(replace(rebuild(1), cve="CVE-2026-12345"),))
    page = client_of(*varied_images(), urgent).get(f"/images?q={text}").text

    assert set(names(page)) == found
    assert says in " ".join(html.unescape(re.sub(r"<(?!wbr)[^>]+>|<wbr>", "", page)).split())


def test_an_owner_is_found_by_the_search_and_the_filter() -> None:
    """By its reference or its name; both at once must hold together."""
    client = client_of(*varied_images())
    by_search = names(client.get("/images?q=team-a").text)

    assert by_search == names(client.get("/images?owner=GROUP:default/team-a").text) != []
    assert names(client.get("/images?q=team-a&owner=group:default/platform").text) == []
    assert "Owner <b>group:default/team-a</b>" in client.get("/images?q=team-a").text


def test_the_status_counts_hold_for_the_other_filters() -> None:
    """Each leads to these images; the chosen status leads back."""
    client = client_of(
        managed("one", status=Status.FAILED, owner="group:default/b"),
        managed("two", status=Status.FAILED),
        managed("three"),
    )
    page = client.get("/images?owner=group:default/b&status=failed").text

    assert re.findall(r"</span>\s*<b>(\d+)</b>", page) == ["1"]
    assert '<a href="/images?owner=group:default/b" aria-current="true">' in html.unescape(page)
    assert 'name="status" value="failed"' in page


def test_my_teams_are_those_of_the_caller(monkeypatch: pytest.MonkeyPatch) -> None:
    """A link with this filter shows each person the own images; who has no known teams is told so."""
    client = client_of(managed("mine"), managed("other", owner="group:default/b"))
    unknown = client.get("/images?mine=true").text
    assert names(unknown) == []
    assert "Your teams are not known" in unknown
    assert 'name="mine"' not in client.get("/images").text

    caller = Caller("jane", CallerRole.READ, frozenset({"group:default/team-a", "user:default/jane"}))
    monkeypatch.setattr("provider.auth.rights.current_caller", lambda: caller)
    assert 'name="mine"' in client.get("/images").text
    page = client.get("/images?mine=true").text
    assert names(page) == ["mine"]
    assert names(client.get("/images?mine=true&owner=group:default/b").text) == []
    assert "owner=group:default/team-a,user:default/jane" in html.unescape(page).replace("%3A", ":").replace("%2C", ",")


@pytest.mark.parametrize(
    "query",
    ["", "?q=debian:22", "?q=dddddddddddd&transitive=true", "?status=failed,waiting&sort=-name", "?q=debian&as=text"],
)
def test_the_list_is_downloaded_as_it_is_shown(query: str) -> None:
    """The link to the CSV file has the filters and the order."""
    client = client_of(*varied_images())
    page = client.get(f"/images{query}").text
    (link,) = re.findall(r'<a href="([^"]+)" download>CSV</a>', page)
    answer = client.get(html.unescape(link))

    assert answer.mimetype == "text/csv"
    assert [each["name"] for each in csv.DictReader(io.StringIO(answer.text, newline=""))] == names(page) != []


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("?q=eeeeeeeeeeee", "Search through other images too"),
        ("?q=CVE-2020-12345", "Search names for"),
        ("?q=zzz", "Change the filters"),
        ("?status=held&q=payments", "No image matches"),
    ],
)
def test_an_empty_answer_leads_on(query: str, says: str) -> None:
    """To what may have been meant, and to the whole list."""
    page = client_of(*varied_images()).get(f"/images{query}").text

    assert says in page
    assert "show all images" in page


def test_the_queries_are_as_many_for_many_images() -> None:
    """The index is asked for one page, whatever the filters."""
    index = MemoryIndex(managed(f"app-{number:03}", "node") for number in range(200))
    client = web(index, Access()).test_client()
    for query in ("", "?q=node", "?q=app-001&sort=-behindSince", "?status=failed&page=4"):
        index.asked.clear()
        client.get(f"/images{query}")
        assert index.asked == ["page"], query
