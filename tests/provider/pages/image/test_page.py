"""The page of an image, and of everything that happened to it."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event

from catalog.image import Evidence, Failure, Image, Status
from provider.services.timelines.timelines import Timelines
from provider.store.engine import migrate, open_engine
from provider.store.graph.image_graphs import SqlImageGraphs
from provider.store.image_pages.timeline_rows import SqlTimelineRows
from provider.store.images import SqlImageIndex
from provider.timeline_ports import EntryCommit, EntryHistory
from tests.provider.services.timelines.worlds import ScriptedEntries, TimelineWorld, timeline_world
from tests.provider.web_images import NOW, MemoryIndex, base, dependency, digest, managed, rebuild, update
from tests.provider.web_part import web

NODE = replace(
    dependency("node"),
    reference="node:22-slim",
    written="node:${NODE}-slim",
    built_on=digest("d"),
    evidence=Evidence.PASSED,
    newest=digest("a"),
    newest_since=NOW - timedelta(days=3),
    status=Status.WATCHED,
    line=4,
    file="app/Dockerfile",
)


def words(page: str) -> str:
    """What the page says, without its elements."""
    return " ".join(re.sub(r"<[^>]*>", " ", page.partition("<main")[2].replace("<wbr>", "")).split())


def shown(*images: Image, name: str = "app") -> str:
    """The page of an image among these."""
    answer = web(MemoryIndex(images)).test_client().get(f"/images/{name}")
    assert answer.status_code == 200
    return answer.text


def test_the_answer_comes_first() -> None:
    """Status, since when it is behind, when it will be rebuilt, why, and what to do, before everything else."""
    image = managed(
        "app",
        status=Status.WAITING,
        reason="node:22 changed.",
        behind_since=NOW - timedelta(days=3),
        next_eligible_at=NOW + timedelta(days=4),
        dependencies=(NODE,),
    )
    said = words(shown(image, base("node")))
    assert (
        "Waiting Behind since 7 Mar 2026, 12:00 UTC ( 3 days ago ) Earliest rebuild 14 Mar 2026, 12:00 UTC (in 4 days) "
        "node:22 changed. Nothing to do: the rebuild starts by itself." in said
    )
    assert said.index("Nothing to do") < said.index("Built from") < said.index("Used by") < said.rindex("Timeline")


def test_what_it_is_built_from_is_a_table() -> None:
    """As written and as read, digest now and newest, evidence in words and explained, age against the delay, status."""
    text = shown(managed("app", dependencies=(NODE,)), base("node"))
    said = words(text)
    for part in (
        "node node:22-slim written node:${NODE}-slim Final image: FROM in app/Dockerfile, line 4",
        f"sha256:{'d' * 12} Copy passed to the build",
        f"sha256:{'a' * 12} Copy first seen 3 days ago : 3 of 7 days of its delay",
        "passed to the build the rebuild gave this digest to the workflow; the image does not show whether it was used",
        "Watched",
    ):
        assert part in said, part
    assert f'data-copy="{digest("d")}"' in text
    source = {"source": {"provider": "github", "repo": "acme/portal", "branch": "main"}}
    linked = shown(managed("app", dependencies=(NODE,), enrollment=source), base("node"))
    assert 'href="https://github.com/acme/portal/blob/main/app/Dockerfile#L4"' in linked
    same = replace(NODE, built_on=digest("a"), evidence=Evidence.VERIFIED)
    assert "✓ Same digest" in words(shown(managed("app", dependencies=(same,)), base("node")))


def test_an_error_is_shown_once() -> None:
    """Where the status says it, nothing repeats it; another error is shown with its time."""
    image = managed("app", status=Status.ERROR, reason="the registry does not answer")
    same = Failure(NOW, "The registry does not answer.")
    assert shown(replace(image, last_error=same)).lower().count("the registry does not answer") == 1
    other = shown(replace(image, last_error=Failure(NOW - timedelta(hours=2), "the tag is gone")))
    assert "Last error, since 2 hours ago : the tag is gone" in words(other)


def test_dependents_that_need_attention_come_first_and_the_rest_is_a_link() -> None:
    """With the number for each status, which lead to the filtered list."""
    many = [managed(f"child-{number:03}", "app") for number in range(60)]
    bad = replace(managed("zebra", "app"), status=Status.FAILED)
    text = shown(managed("app", "node"), base("node"), *many, bad)
    assert "61 images 1 failed 60 up to date zebra ✕ Failed child-000" in words(text)
    assert 'href="/images?dependsOn=app&amp;status=failed"' in text
    assert '<a href="/images?dependsOn=app">11 more</a>' in text
    assert "child-058" not in text


def test_it_leads_out() -> None:
    """To registry, source and run; an address that is none of the web is no link."""
    enrollment = {"source": {"provider": "github", "repo": "acme/portal", "workflow": "build.yml"}}
    text = shown(managed("app", enrollment=enrollment, last_rebuild=rebuild(7), entry_file="images.d/a.yaml"))
    for address in (
        "https://github.com/acme/portal/",
        "https://github.com/acme/portal/actions/workflows/build.yml",
        "https://github.com/acme/x/actions/runs/7",
        "https://github.com/orgs/acme/packages/container/package/app",
    ):
        assert f'<a href="{address}" rel="noreferrer">' in text, address
    assert "images.d/<wbr>a.yaml" in text
    assert "javascript:" not in shown(managed("app", last_rebuild=replace(rebuild(7), url="javascript:alert(1)")))


@pytest.fixture(name="world")
def made_world(tmp_path: Path) -> Iterator[TimelineWorld]:
    """An image with forty rebuilds, a commit that changed its entry, and an act of a person."""
    rebuilds = tuple(rebuild(number + 1) for number in range(40))
    app = managed("app", "node", rebuilds=rebuilds, last_rebuild=rebuilds[0])
    with timeline_world(tmp_path, app, base("node", updates=(update(2, "a", "b"),))) as world:
        world.act("hold", 5)
        commit = EntryCommit(
            "c" * 40,
            NOW - timedelta(hours=1),
            "app",
            "joe",
            "Wait less",
            "images.yaml",
            added=False,
            removed=False,
            changes=("- rebuildDelay: 7d", "+ rebuildDelay: 1d"),
        )
        world.entries.found = EntryHistory([commit])
        yield world


@pytest.fixture(name="client")
def made_client(world: TimelineWorld) -> FlaskClient:
    """A client of the web part over it."""
    return web(world.index, timelines=world.timelines).test_client()


def test_the_timeline_says_what_who_and_why(client: FlaskClient) -> None:
    """The newest entries, with a link to all."""
    text = client.get("/images/app").text
    said = words(text)
    for part in (
        "All 43 entries",
        "5 minutes ago ‖ Held by user:default/jane why hold",
        "1 hour ago ✎ Enrollment changed by joe",
        "Wait less (images.yaml)",
        "2 changed lines - rebuildDelay: 7d + rebuildDelay: 1d",
        f"Base changed node sha256:{'b' * 12} → sha256:{'a' * 12}",
        "Rebuild: success by the service Open the run",
    ):
        assert part in said, part
    assert text.count('class="when"') == 15


def test_all_of_the_timeline_comes_in_pages_and_for_a_period(client: FlaskClient) -> None:
    """The CSV of the API has the same period; what is not a date is refused."""
    page = client.get("/images/app/timeline").text
    assert "43 entries, newest first" in page
    assert page.count('class="when"') == 43
    assert 'href="/api/v1/images/app/timeline?format=csv"' in page
    period = client.get("/images/app/timeline?since=2026-03-09&until=2026-03-09").text
    assert "1 entry" in period
    assert "since=2026-03-09T00:00:00Z&amp;until=2026-03-10T00:00:00Z" in period
    assert "past the end" in client.get("/images/app/timeline?page=2").text
    assert "Nothing has happened" in client.get("/images/app/timeline?since=2030-01-01").text
    for refused in ("since=soon", "until=2026-13-01", "until=9999-12-31", "q=x"):
        assert client.get(f"/images/app/timeline?{refused}").status_code == 422, refused
    assert client.get("/images/none/timeline").status_code == 404


def test_what_git_does_not_know_is_said(client: FlaskClient, world: TimelineWorld) -> None:
    """While it is read, and where there is no checkout; the page waits for neither."""
    world.entries.found = EntryHistory(reading=True)
    assert "is being read from git" in client.get("/images/app").text
    world.entries.found = EntryHistory(problem="there is no checkout")
    assert (
        "Who changed its enrollment is not known, or not all of it: there is no checkout."
        in client.get("/images/app").text
    )
    assert max(world.entries.waited) < 0.1


def test_the_page_needs_the_same_number_of_queries_for_any_image(tmp_path: Path) -> None:
    """Whatever its dependents, rebuilds, digests and bases."""
    engine = open_engine(f"sqlite:///{tmp_path}/index.db")
    migrate(engine)
    index = SqlImageIndex(engine)
    bases = [base(f"base-{number}", updates=(update(5, "a", None),)) for number in range(5)]
    large = managed(
        "large",
        rebuilds=tuple(rebuild(number) for number in range(50)),
        dependencies=tuple(dependency(each.name) for each in bases),
    )
    children = [managed(f"child-{number}", "large") for number in range(80)]
    index.replace([large, managed("small"), *bases, *children], {})
    timelines = Timelines(SqlTimelineRows(engine), ScriptedEntries())
    client = web(index, timelines=timelines, graphs=SqlImageGraphs(engine)).test_client()
    queries: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *of: queries.append(of[2]))
    counts = []
    for name in ("small", "large"):
        queries.clear()
        assert client.get(f"/images/{name}").status_code == 200
        counts.append(sum(query.startswith(("SELECT", "WITH")) for query in queries))
    engine.dispose()
    assert counts == [9, 9]
