"""Tests of /api/v1/images/NAME/timeline."""

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from provider.timeline_ports import EntryCommit, EntryHistory
from proxy.secrets.redactor import Redactor
from proxy.secrets.secret import Secret
from tests.provider.services.timelines.worlds import TimelineWorld, timeline_world
from tests.provider.web_images import NOW, base, managed, rebuild, update
from tests.provider.web_part import web

SECRET = "ghp_0123456789abcdef0123456789abcdef0123"
PATH = "/api/v1/images/app/timeline"


@pytest.fixture(name="world")
def made_world(tmp_path: Path) -> Iterator[TimelineWorld]:
    """An image with a rebuild, its base, and a commit that enrolled it."""
    app = managed("app", "node", rebuilds=(rebuild(1, reason=f"=cmd {SECRET}"),))
    with timeline_world(tmp_path, app, base("node", updates=(update(2, "a", None),))) as world:
        commit = EntryCommit(
            "c" * 40,
            NOW - timedelta(days=9),
            "app",
            "joe",
            "Change app",
            "images.yaml",
            added=False,
            removed=False,
            changes=("- rebuildDelay: 7d", f"+ token: {SECRET}"),
        )
        world.entries.found = EntryHistory([commit])
        yield world


@pytest.fixture(name="client")
def made_client(world: TimelineWorld) -> FlaskClient:
    """A client of the web part over it."""
    return web(world.index, redactor=Redactor([Secret(SECRET)]), timelines=world.timelines).test_client()


def test_each_entry_says_what_who_and_why(client: FlaskClient) -> None:
    """And the list says how much of the enrollment's history is known; no secret is in it."""
    answer = client.get(PATH)
    document = answer.get_json()
    assert [item["kind"] for item in document["items"]] == ["rebuild", "base-changed", "enrollment-changed"]
    done, moved, changed = document["items"]
    assert (done["by"], done["conclusion"], done["url"]) == (
        "image-factory",
        "success",
        "https://github.com/acme/x/actions/runs/1",
    )
    assert done["causes"][0]["name"] == "node"
    assert (moved["name"], moved["digest"], moved["previousDigest"]) == ("node", f"sha256:{'a' * 64}", None)
    assert (changed["by"], changed["commit"], changed["changes"][0]) == ("joe", "c" * 40, "- rebuildDelay: 7d")
    assert document["enrollmentHistory"] == {"complete": True, "reading": False, "problem": None}
    assert SECRET not in answer.text


def test_it_comes_in_pages_by_number_or_cursor(client: FlaskClient) -> None:
    """`next` leads through all entries."""
    path: str | None = f"{PATH}?pageSize=1"
    kinds = []
    while path:
        document = client.get(path).get_json()
        kinds += [item["kind"] for item in document["items"]]
        assert document["total"] == 3
        path = document["next"]
    assert kinds == ["rebuild", "base-changed", "enrollment-changed"]
    assert client.get(f"{PATH}?page=2&pageSize=2").get_json()["items"][0]["kind"] == "enrollment-changed"
    assert client.get(f"{PATH}?page=9").get_json()["items"] == []


def test_a_period_can_be_asked_for(client: FlaskClient) -> None:
    """By `since` and `until`; what is not a time is refused."""
    day = (NOW - timedelta(days=2)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert [item["kind"] for item in client.get(f"{PATH}?since={day}").get_json()["items"]] == [
        "rebuild",
        "base-changed",
    ]
    assert [item["kind"] for item in client.get(f"{PATH}?until={day}").get_json()["items"]] == ["enrollment-changed"]
    for refused in ("since=yesterday", "until=2026", "cursor=x", "page=0", "sort=at", "format=xml"):
        assert client.get(f"{PATH}?{refused}").status_code == 422, refused


def test_csv_has_all_entries_in_one_document(client: FlaskClient) -> None:
    """Causes and changed lines are one cell each; no cell is a formula or has a secret."""
    answer = client.get(f"{PATH}?format=csv")
    assert answer.content_type == "text/csv; charset=utf-8"
    assert 'filename="timeline-app.csv"' in answer.headers["Content-Disposition"]
    (done, _, changed) = csv.DictReader(io.StringIO(answer.text, newline=""))
    assert done["causes"].startswith("docker.io/library/node:22 sha256:")
    assert not done["reason"].startswith("=")
    assert changed["changes"].splitlines()[0].lstrip("'") == "- rebuildDelay: 7d"
    assert SECRET not in answer.text


def test_what_git_does_not_know_is_said(client: FlaskClient, world: TimelineWorld) -> None:
    """While git is being read, and where it cannot be; the rest is there."""
    world.entries.found = replace(world.entries.found, commits=(), reading=True)
    assert client.get(PATH).get_json()["enrollmentHistory"]["reading"] is True
    world.entries.found = EntryHistory(problem="there is no checkout")
    document = client.get(PATH).get_json()
    assert document["enrollmentHistory"] == {"complete": False, "reading": False, "problem": "there is no checkout"}
    assert document["total"] == 2


def test_an_unknown_image_is_404(client: FlaskClient) -> None:
    """The message says where to look."""
    answer = client.get("/api/v1/images/none/timeline")
    assert (answer.status_code, "GET /api/v1/images" in answer.get_json()["message"]) == (404, True)
