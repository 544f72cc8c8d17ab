"""The pages of rebuilds, changes of base images, the audit and problems."""

import csv
import html
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from provider.auth.access import Access
from provider.auth.callers import CallerRole, ServiceToken
from proxy.secrets.secret import Secret
from tests.provider.pages.records.records_web import (
    SECRET,
    RecordsWorld,
    fill_audit,
    fill_problems,
    records_world,
    some_images,
)

PAGES = ("/rebuilds", "/changes", "/audit", "/problems")


@pytest.fixture(name="world")
def made_world(tmp_path: Path) -> Iterator[RecordsWorld]:
    """Two images of two teams, their base image, acts and problems."""
    with records_world(tmp_path, some_images()) as world:
        fill_audit(world)
        fill_problems(world)
        yield world


def rows(page: str) -> list[str]:
    """The text of each row of the table of a page, with one space between words."""
    (body,) = re.findall(r"<tbody>(.*?)</tbody>", page, re.DOTALL) or [""]
    cells = re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL)
    return [" ".join(html.unescape(re.sub(r"<[^>]+>", " ", cell.replace("<wbr>", ""))).split()) for cell in cells]


def test_a_rebuild_says_when_on_what_who_why_and_how_it_ended(world: RecordsWorld) -> None:
    """Each in words; the newest request is first, and the usual period is seven days."""
    page = world.page("/rebuilds")
    found = rows(page)

    assert [row.split()[:2] for row in found] == [
        ["shop-0000", "running-0"],
        ["app-0000", "late-0"],
        ["app-0000", "urgent-0"],
        ["app-0000", "failed-0"],
    ]
    assert "docker.io/library/node:22 sha256:aaaaaaaaaaaa → to sha256:cccccccccccc" in found[1]
    assert "node moved and has aged 7 days." in found[1]
    assert "8 d 1 d after the delay Build: 1 d" in found[1]
    assert "verified in the built image" in found[1]
    assert "user:default/mia Emergency CVE-2026-1 openssl" in found[2]
    assert "✕ Failed Run of app-0000 failed-0 ↗ exit code 1" in found[3]
    assert "↻ Running" in found[0]
    assert "https://github.com/acme/x/actions/runs/1" in page


def test_rebuilds_have_their_figures_above(world: RecordsWorld) -> None:
    """They are those of the period and the filters, and lead to the rebuilds that they count."""
    page = world.page("/rebuilds")

    (summary,) = re.findall(r'<section class="summary".*?</section>', page, re.DOTALL)
    words = " ".join(html.unescape(re.sub(r"<[^>]+>", " ", summary)).split())
    assert "Rebuilds 4 2 success 1 failed 1 in progress" in words
    assert "From change to rebuild, median 7 d 90% within 8 d, longest 8 d" in words
    assert "Behind now 1 image longest since 1 Mar" in words
    assert "image-factory 3 decided by the service user:default/mia 1" in words
    assert "/rebuilds?conclusion=failure" in summary
    assert "requestedBy=user:default/mia" in summary


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("last=24h", ["running-0", "late-0"]),
        ("last=all&conclusion=success", ["late-0", "urgent-0", "old-0"]),
        ("since=2026-01-01&until=2026-02-01", ["old-0"]),
        ("until=2026-03-07", ["failed-0", "old-0"]),
        ("owner=group:default/shop", ["running-0"]),
        ("owner=group:default/shop, group:default/team-a", ["running-0", "late-0", "urgent-0", "failed-0"]),
        ("image=app-0000&cve=cve-2026-1", ["urgent-0"]),
        ("requestedBy=user:default/mia", ["urgent-0"]),
        ("requestedBy=image-factory&last=24h", ["running-0", "late-0"]),
        ("mine=true", []),
    ],
)
def test_the_csv_has_all_that_the_page_filters(world: RecordsWorld, query: str, ids: list[str]) -> None:
    """The link leads to the API with the same filters, whose times are those of the page."""
    page = world.page(f"/rebuilds?{query}")
    assert [row.split()[1] for row in rows(page)] == ids

    (link,) = re.findall(r'<a class="csv" href="([^"]+)"', page)
    table = world.client.get(html.unescape(link))
    assert table.status_code == 200, table.text
    assert [row["id"] for row in csv.DictReader(io.StringIO(table.text))] == ids


@pytest.mark.parametrize("path", ["/changes", "/audit?outcome=done", "/problems?kind=image", "/audit?name=app-0000"])
def test_every_page_has_its_csv(world: RecordsWorld, path: str) -> None:
    """It has as many rows as the page says."""
    page = world.page(path)
    (link,) = re.findall(r'<a class="csv" href="([^"]+)"', page)
    found = list(csv.DictReader(io.StringIO(world.client.get(html.unescape(link)).text)))

    assert len(found) == len(rows(page)) > 0


def test_a_change_says_what_moved_and_how_many_images_depend_on_it(world: RecordsWorld) -> None:
    """The baseline is no change; a tag that moved back says so."""
    found = rows(world.page("/changes?last=all"))

    assert len(found) == 2
    assert found[0].startswith("node sha256:aaaaaaaaaaaa → to sha256:dddddddddddd")
    assert found[1].startswith("node sha256:dddddddddddd → to sha256:aaaaaaaaaaaa")
    assert all("periodic check 2 images depend on node" in row for row in found)


def test_the_audit_says_who_did_what_and_how_it_ended(world: RecordsWorld) -> None:
    """The usual period is thirty days; images have links, other addresses do not."""
    page = world.page("/audit")
    found = rows(page)

    assert len(found) == 3
    assert "ci Add repository /api/v1/repositories no reason given ‖ Refused" in found[0]
    assert "user:default/ben Hold shop-0000 <b>now</b> ‖ Not allowed" in found[1]
    assert "user:default/mia Rebuild app-0000 CVE-2026-1 openssl ✓ Done" in found[2]
    assert "<b>now</b>" not in page
    assert '<a href="/images/shop-0000">' in page
    assert [row.split(" Hold")[0][-3:] for row in rows(world.page("/audit?owner=group:default/shop"))] == ["ben"]


def test_a_problem_says_where_it_is_what_to_do_and_whose_it_is(world: RecordsWorld) -> None:
    """It has file and line; a problem that concerns no image is one of the operators; no secret is shown."""
    page = world.page("/problems")
    found = rows(page)

    assert len(found) == 3
    assert "badentry Enrollment ✕ '7x' is not a duration; write for example 12h, 7d or 2w Correct the file" in found[0]
    assert "images.d/shop.yaml:12 field rebuildDelay operators" in found[0]
    assert "shop-0000 Image ✕ refused" in found[1]
    assert "group:default/shop" in found[1]
    assert "worker Worker ✕ git.example.org cannot be reached Correct the cause" in found[2]
    assert rows(world.page("/problems?kind=worker")) == found[2:]
    assert rows(world.page("/problems?owner=group:default/shop")) == found[1:2]
    assert SECRET not in world.page("/problems?last=7d")


@pytest.mark.parametrize("path", PAGES)
def test_nothing_found_leads_on(tmp_path: Path, path: str) -> None:
    """An empty list says what it means, longer periods are offered, and filters can be cleared."""
    with records_world(tmp_path) as world:
        assert re.search(r'<section class="empty', world.page(path))
        assert "Look further back" in world.page(f"{path}?last=24h")
        name = {"/audit": "caller", "/problems": "name"}.get(path, "image")
        assert "clear them" in world.page(f"{path}?{name}=nothing-like-this")


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize(
    "query", ["since=yesterday", "last=1y", "colour=blue", "mine=1", "since=2026-01-01&since=2026-01-02"]
)
def test_a_filter_that_cannot_be_read_is_refused(world: RecordsWorld, path: str, query: str) -> None:
    """A list that looks filtered and is not would be believed."""
    assert world.client.get(f"{path}?{query}").status_code == 422


@pytest.mark.parametrize("path", PAGES[:3])
@pytest.mark.parametrize(
    "query", ["after=x", "id=x", "after=soon&id=app%20x", "after=2026-01-01T00:00:00Z&id=app%20x%20y"]
)
def test_a_start_that_is_no_place_is_refused(world: RecordsWorld, path: str, query: str) -> None:
    """It is no server error."""
    assert world.client.get(f"{path}?{query}").status_code == 422


def test_pages_lead_through_all_rows_once(tmp_path: Path) -> None:
    """The next page begins after the last row; every page sends the same number of statements."""
    with records_world(tmp_path, some_images(40)) as world:
        path, found, counts = "/rebuilds?last=all", [], []
        while path:
            world.statements.clear()
            page = world.page(path)
            counts.append(len(world.statements))
            found += [row.split()[1] for row in rows(page)]
            links = re.findall(r'rel="next" href="([^"]+)"', page)
            path = html.unescape(links[0]) if links else ""
    assert len(found) == len(set(found)) == 200
    assert len(set(counts[1:])) == 1
    assert counts[0] > counts[1]


@pytest.mark.parametrize(
    "path", [*PAGES, "/rebuilds?last=all&owner=group:default/shop", "/audit?owner=group:default/shop"]
)
def test_the_number_of_statements_does_not_depend_on_the_number_of_rows(tmp_path: Path, path: str) -> None:
    """Nothing is asked for each row."""
    counts = []
    for number in (1, 30):
        (tmp_path / str(number)).mkdir()
        with records_world(tmp_path / str(number), some_images(number)) as world:
            fill_audit(world, number)
            fill_problems(world)
            world.page(path)
            world.statements.clear()
            world.page(path)
            counts.append(len(world.statements))
    assert counts[0] == counts[1] <= 15


def test_figures_of_very_many_rebuilds_come_after_the_page(
    world: RecordsWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without JavaScript a link leads to them; a page in the middle of the list has none."""
    monkeypatch.setattr("provider.pages.records.rebuilds.MANY", 3)
    page = world.page("/rebuilds?owner=group:default/team-a&last=all")
    (link,) = re.findall(r'<a href="([^"]+figures=true[^"]*)">Show the figures', page)

    assert "From change to rebuild" not in page
    assert 'hx-trigger="load"' in page
    assert "From change to rebuild" in world.page(html.unescape(link))
    assert "From change to rebuild" in world.page("/rebuilds?owner=group:default/shop")


def test_no_good_word_is_said_without_evidence(tmp_path: Path) -> None:
    """Where nothing is known, nothing is up to date, and an empty summary is not shown."""
    with records_world(tmp_path) as world:
        assert 'class="summary"' not in world.page("/rebuilds")
        assert "No problem is known" in world.page("/problems")
        assert "✓" not in world.page("/rebuilds") + world.page("/problems")
    with records_world(tmp_path, some_images()[:1]) as world:
        assert "known to be behind" not in world.page("/rebuilds")


def test_a_session_of_a_service_token_has_no_teams(tmp_path: Path) -> None:
    """The page says so instead of that there is nothing."""
    token = ServiceToken("mia", CallerRole.READ, Secret("a-token-for-mia-here"))
    with records_world(tmp_path, some_images(), Access((token,))) as world:
        answer = world.client.get(
            "/rebuilds?mine=true", headers={"X-Image-Factory-Token": "a-token-for-mia-here", "Accept": "text/html"}
        )
    assert "the teams of people who come from Backstage" in answer.text


def test_the_menu_leads_to_the_lists(world: RecordsWorld) -> None:
    """The page that is open is marked."""
    for path, label in (("/rebuilds", "Rebuilds"), ("/problems", "Problems"), ("/audit", "Audit")):
        assert f'<a href="{path}" aria-current="page">{label}</a>' in world.page(path)
