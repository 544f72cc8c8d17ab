"""GET /api/v1/webhooks and the page /webhooks: what arrived, and what became of it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from provider.webhook_ports import Delivery
from tests.provider.web_images import NOW
from tests.provider.webhook_web import SHARED, WebhookWorld, webhook_world
from tests.provider.webhooks.deliveries import QUAY_PUSH, github_sample


@pytest.fixture(name="world")
def made_world(tmp_path: Path) -> Iterator[WebhookWorld]:
    """A push that is done, one that is ignored, and an open one of Quay."""
    with webhook_world(tmp_path) as world:
        world.github(github_sample("push.0", ref="refs/heads/main"), delivery="1")
        world.inbox.done([world.inbox.open(1)[0].number], "read the Dockerfile of portal again")
        world.github(github_sample("push.0"), delivery="2")
        world.client.post(f"/webhooks/quay/{SHARED}", json=QUAY_PUSH)
        yield world


def items(world: WebhookWorld, query: str = "") -> list[dict[str, Any]]:
    """The deliveries that a reader gets."""
    found: list[dict[str, Any]] = world.read(f"/api/v1/webhooks{query}").get_json()["items"]
    return found


def test_each_delivery_shows_what_it_was_about_and_what_became_of_it(world: WebhookWorld) -> None:
    """The newest first."""
    quay, ignored, done = items(world)

    assert done == {
        "at": "2026-03-10T12:00:00Z",
        "sender": "github",
        "id": "1",
        "kind": "push",
        "about": ["branch main of Codertocat/Hello-World"],
        "state": "done",
        "reason": "",
        "outcome": "read the Dockerfile of portal again",
    }
    assert (ignored["state"], ignored["about"]) == ("ignored", [])
    assert ignored["reason"] == "a tag was pushed; Dockerfiles are read from branches"
    assert (quay["state"], quay["about"]) == ("open", ["quay.io/octo/app:1.2.0", "quay.io/octo/app:latest"])


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("?sender=github", ["2", "1"]),
        ("?state=done", ["1"]),
        ("?sender=github&state=ignored", ["2"]),
        ("?sender=nobody", []),
        ("?since=2026-03-10T12:00:01Z", []),
        ("?until=2026-03-10T12:00:00Z", []),
        ("?sender=github&page=2&pageSize=1", ["1"]),
    ],
)
def test_deliveries_are_filtered(world: WebhookWorld, query: str, ids: list[str]) -> None:
    """By sender, state and time."""
    assert [item["id"] for item in items(world, query)] == ids


@pytest.mark.parametrize("query", ["?state=lost", "?since=yesterday", "?from=github", "?format=csv&page=1"])
def test_a_wrong_filter_is_refused(world: WebhookWorld, query: str) -> None:
    """A filter that is ignored would look honoured."""
    assert world.read(f"/api/v1/webhooks{query}").status_code == 422


def test_the_list_is_there_as_csv(world: WebhookWorld) -> None:
    """All deliveries in one document."""
    lines = world.read("/api/v1/webhooks?format=csv").text.splitlines()

    assert lines[0] == "at,sender,id,kind,about,state,reason,outcome"
    assert len(lines) == 4


def test_the_page_shows_the_same(world: WebhookWorld) -> None:
    """It is in the navigation, for every reader."""
    page = world.read("/webhooks").text

    for text in ("branch main of Codertocat/Hello-World", "read the Dockerfile of portal again", "a tag was pushed"):
        assert text in page
    assert '<a href="/webhooks" aria-current="page">Webhooks</a>' in page
    assert "No delivery matches" in world.read("/webhooks?sender=nobody").text
    assert "past the end" in world.read("/webhooks?page=9").text
    assert world.read("/webhooks?state=lost").status_code == 422


def test_the_page_has_pages(world: WebhookWorld) -> None:
    """Fifty deliveries on each."""
    for number in range(60):
        world.inbox.take(Delivery("harbor", f"h-{number}", NOW, "PUSH_ARTIFACT", reason="a test"))

    assert "Page 1 of 2" in world.read("/webhooks?sender=harbor").text
    assert "Page 2 of 2" in world.read("/webhooks?sender=harbor&page=2").text


def test_neither_is_for_everybody(world: WebhookWorld) -> None:
    """A caller is needed, unlike for the addresses of the senders."""
    assert world.client.get("/api/v1/webhooks").status_code == 401
    assert world.client.get("/webhooks").status_code == 401


def test_before_the_first_delivery_the_page_says_what_to_do(tmp_path: Path) -> None:
    """It names the settings and the document."""
    folder = tmp_path / "empty"
    folder.mkdir()
    with webhook_world(folder) as empty:
        page = empty.read("/webhooks").text

    assert "IMAGE_FACTORY_GITHUB_WEBHOOK_SECRET" in page
    assert "docs/webhooks.md" in page
