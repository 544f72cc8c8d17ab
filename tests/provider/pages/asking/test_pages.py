"""Tests of the pages on which people ask for something."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from catalog.image import HoldDocument, SkipDocument, Status
from provider.auth.callers import CallerRole
from provider.domain.asking.request import Outcome, RequestKind
from tests.provider.api.asking.images import asked_images
from tests.provider.operation_web import OperationWorld, headers, operation_world
from tests.provider.web_images import NOW, digest

WHY = "the certificates expired"
OWN = {"Origin": "http://factory.example"}


@pytest.fixture(name="world")
def made_world(tmp_path: Path) -> Iterator[OperationWorld]:
    """The web part; `tool` failed, and `lonely` is on hold and skips a digest."""
    images = {image.name: image for image in asked_images()}
    images["tool"] = replace(images["tool"], status=Status.FAILED, reason="rebuild r-1 failed: build.yml is missing")
    skips = (SkipDocument(digest("a"), "broken", "bob", NOW),)
    hold = HoldDocument("freeze", "jane", NOW, datetime(2026, 12, 5, tzinfo=UTC))
    images["lonely"] = replace(images["lonely"], hold=hold, skips=skips)
    with operation_world(tmp_path, list(images.values())) as world:
        yield world


def page(world: OperationWorld, path: str, role: CallerRole = CallerRole.ADMIN) -> str:
    """The text of a page."""
    answer = world.client.get(f"/images/{path}", headers=headers(role))
    assert answer.status_code == 200
    return answer.text


def send(world: OperationWorld, path: str, role: CallerRole = CallerRole.ADMIN, /, **fields: str) -> tuple[int, str]:
    """The status of the answer to a form, and where it leads or what it shows."""
    answer = world.client.post(f"/images/{path}", data=fields, headers={**headers(role), **OWN})
    return answer.status_code, answer.headers.get("Location") or answer.text


def buttons(text: str) -> list[str]:
    """The kinds of requests that a page offers."""
    found = re.search(r'<nav class="buttons[^>]*>(.*?)</nav>', text, re.DOTALL)
    return re.findall(r"/ask/([a-z]+)", found[1]) if found else []


@pytest.mark.parametrize(
    ("role", "name", "kinds"),
    [
        (CallerRole.ADMIN, "api", ["rebuild", "emergency", "hold", "skip"]),
        (CallerRole.ADMIN, "lonely", ["rebuild", "emergency", "release", "unskip"]),
        (CallerRole.ADMIN, "loose", ["hold", "skip"]),
        (CallerRole.ADMIN, "node", ["emergency"]),
        (CallerRole.REBUILD, "api", ["rebuild"]),
        (CallerRole.EMERGENCY, "api", ["emergency"]),
        (CallerRole.EMERGENCY, "node", ["emergency"]),
        (CallerRole.REBUILD, "node", []),
        (CallerRole.READ, "api", []),
    ],
)
def test_a_page_has_buttons_for_what_the_caller_may_do(
    world: OperationWorld, role: CallerRole, name: str, kinds: list[str]
) -> None:
    """And for what the image can; others do not see them."""
    assert buttons(page(world, name, role)) == kinds


def test_a_rebuild_is_asked_for_and_shown_until_it_is_carried_out(world: OperationWorld) -> None:
    """After the form the page says what happens next, and then how it ended."""
    form = page(world, "api/ask/rebuild")
    assert 'name="reason"' in form
    assert " required" in form
    status, address = send(world, "api/ask/rebuild", reason=f" {WHY} ", cve="CVE-2026-12345")
    assert (status, address) == (303, "/images/api?asked=request-1")
    (request,) = world.people.open()
    assert (request.kind, request.reason, request.cve) == (RequestKind.REBUILD, WHY, "CVE-2026-12345")
    shown = page(world, "api?asked=request-1")
    assert request.next_step in shown
    assert re.search(f"Requested by admin .*: {WHY}", re.sub(r"<[^>]*>", "", shown))
    world.people.close({"request-1": Outcome(done=True, message="api: rebuild requested")}, NOW)
    assert "Done: api: rebuild requested" in page(world, "api?asked=request-1")
    assert "Done" not in page(world, "api")
    (record,) = world.get("/api/v1/audit")["items"]
    assert (record["action"], record["outcome"], record["reason"]) == ("rebuild", "done", WHY)


def test_an_emergency_shows_first_what_it_covers(world: OperationWorld) -> None:
    """With who cannot be built and why, and what it ignores."""
    shown = re.sub(r"<[^>]*>", " ", page(world, "node/ask/emergency"))
    assert "loose cannot be built: the enrollment names no workflow" in shown
    assert "tool is rebuilt although autoRebuild is off" in shown
    assert "after runtime" in shown
    assert send(world, "node/ask/emergency", reason=WHY)[0] == 303
    (request,) = world.people.open()
    assert request.images == ("runtime", "tool", "api")
    status, text = send(world, "unused/ask/emergency", reason=WHY)
    assert status == 409
    assert "No managed image is built from unused, so there is nothing to rebuild." in text


@pytest.mark.parametrize(
    ("path", "fields", "message"),
    [
        ("api/ask/rebuild", {"reason": " "}, "Say why; other people read it."),
        ("api/ask/rebuild", {"reason": "x" * 501}, "Longer than 500 characters."),
        ("api/ask/emergency", {"reason": WHY, "cve": "CVE-1"}, "Not an id of the CVE program; write CVE-2026-12345."),
        ("api/ask/hold", {"reason": WHY, "until": "soon"}, "Not a date; write 2026-12-05."),
        (
            "api/ask/hold",
            {"reason": WHY, "until": "2026-03-10"},
            "This day has begun already in UTC; choose a later one.",
        ),
        ("api/ask/skip", {"reason": WHY, "digest": "abc"}, "Not a digest; write sha256: followed by 64"),
        ("lonely/ask/unskip", {}, "Not a digest; write sha256: followed by 64"),
    ],
)
def test_a_wrong_field_keeps_what_was_written(
    world: OperationWorld, path: str, fields: dict[str, str], message: str
) -> None:
    """The message is at the field, and nothing is asked for."""
    status, text = send(world, path, **fields)
    assert status == 422
    assert message in text
    assert 'aria-invalid="true"' in text
    assert all(f'value="{value}"' in text for value in fields.values() if value.strip())
    assert world.people.open() == []


def test_a_hold_a_release_and_a_skip_are_asked_for(world: OperationWorld) -> None:
    """Each on its page; the hold and the skip that are there are shown with who and why."""
    assert send(world, "api/ask/hold", reason=WHY, until="2026-12-05")[0] == 303
    assert send(world, "lonely/ask/release")[0] == 303
    assert send(world, "api/ask/skip", reason=WHY, digest=digest("b"))[0] == 303
    assert send(world, "lonely/ask/unskip", digest=digest("a"))[0] == 303
    assert [request.kind.value for request in world.people.open()] == ["hold", "release", "skip", "unskip"]
    shown = " ".join(re.sub(r"<[^>]*>", " ", page(world, "lonely")).split())
    assert "On hold by jane until 5 Dec 2026, 00:00 UTC (in 9 months) : freeze" in shown
    assert "is skipped by bob: broken" in shown
    assert digest("b") in page(world, f"api/ask/skip?digest={digest('b')}")


def test_the_failed_card_says_what_to_do(world: OperationWorld) -> None:
    """With the button for who may, and with who may for others."""
    assert "Correct what failed, then rebuild it." in page(world, "tool")
    assert '<a class="button first" href="/images/tool/ask/rebuild">Rebuild</a>' in page(world, "tool")
    others = page(world, "tool", CallerRole.READ)
    assert "group:default/team-a and admins may rebuild it" in others
    assert "ask/rebuild" not in others


def test_forms_are_refused_from_elsewhere_and_from_who_may_not(world: OperationWorld) -> None:
    """The refused attempt of a caller is in the audit."""
    elsewhere = {**headers(CallerRole.ADMIN), "Origin": "https://elsewhere.example"}
    answer = world.client.post("/images/api/ask/hold", data={"reason": WHY}, headers=elsewhere)
    assert answer.status_code == 403
    assert send(world, "api/ask/hold", CallerRole.REBUILD, reason=WHY)[0] == 403
    assert [record["outcome"] for record in world.get("/api/v1/audit")["items"]] == ["not-allowed"]
    assert world.people.open() == []


@pytest.mark.parametrize("path", ["api/ask/nothing", "node/ask/hold", "none/ask/rebuild"])
def test_there_is_no_other_page(world: OperationWorld, path: str) -> None:
    """For a base image only the emergency."""
    client: FlaskClient = world.client
    assert client.get(f"/images/{path}", headers=headers(CallerRole.ADMIN)).status_code == 404
