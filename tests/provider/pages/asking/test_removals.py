"""Tests of the form on /images with which an admin allows removals that wait."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from provider.auth.callers import CallerRole
from provider.domain.asking.request import PersonRequest, RequestKind
from provider.ports import ReportedProblem
from tests.provider.api.asking.images import asked_images
from tests.provider.operation_web import OperationWorld, headers, operation_world
from tests.provider.web_images import NOW

FILE = "images.d/a.yaml"
NAMES = tuple(f"a-{number}" for number in range(8))
OWN = {"Origin": "http://factory.example"}
FORM = {"file": FILE, "count": "8", "reason": " the team  is closed"}
BUTTON = "Allow these removals"


@pytest.fixture(name="world")
def made_world(tmp_path: Path) -> Iterator[OperationWorld]:
    """The web part while eight removals of one file wait."""
    with operation_world(tmp_path, asked_images()) as world:
        problem = ReportedProblem("", "text", "8 of the 8 images of this file would be removed", FILE, 1, removes=NAMES)
        world.index.report([ReportedProblem("app", "other", "is empty", "images.yaml", 3), problem], NOW)
        yield world


def images(world: OperationWorld, role: CallerRole = CallerRole.ADMIN) -> str:
    """The page with all images."""
    return world.client.get("/images", headers=headers(role)).text


def allow(world: OperationWorld, role: CallerRole = CallerRole.ADMIN, /, **changed: str) -> int:
    """The status of the answer to the form."""
    return world.client.post("/images/removals", data={**FORM, **changed}, headers={**headers(role), **OWN}).status_code


def test_the_names_are_shown_and_an_admin_allows_the_removals(world: OperationWorld) -> None:
    """As by the API: the request has the names, who and why, and it is in the audit; the page says what happens."""
    page = images(world)
    assert [name for name in NAMES if f'href="/images/{name}"' not in page] == []
    assert page.count(BUTTON) == 1
    assert 'name="count" value="8"' in page

    assert allow(world) == 303
    request = PersonRequest("request-1", RequestKind.REMOVALS, FILE, "the team is closed", "admin", NOW, NAMES)
    assert world.people.open() == [request]
    (record,) = world.get("/api/v1/audit")["items"]
    assert [record[key] for key in ("action", "name", "outcome")] == ["removals", FILE, "done"]
    assert f"8 images of {FILE} will be removed now" in images(world)


@pytest.mark.parametrize("role", [role for role in CallerRole if role is not CallerRole.ADMIN])
def test_others_see_the_names_and_no_form(world: OperationWorld, role: CallerRole) -> None:
    """A form that they send all the same is refused, and is in the audit."""
    page = images(world, role)
    assert (NAMES[0] in page, BUTTON in page) == (True, False)

    assert allow(world, role) == 403
    assert world.people.open() == []
    assert [record["outcome"] for record in world.get("/api/v1/audit")["items"]] == ["not-allowed"]


@pytest.mark.parametrize("changed", [{"count": "7"}, {"count": "9"}, {"file": "images.d/b.yaml"}, {"file": ""}])
def test_what_came_after_the_page_was_shown_is_not_allowed_with_it(
    world: OperationWorld, changed: dict[str, str]
) -> None:
    """The page is shown again, with the reason."""
    assert allow(world, **changed) == 303

    assert world.people.open() == []
    assert "wait, not" in images(world)


@pytest.mark.parametrize(
    "changed",
    [
        {"reason": " "},
        {"reason": "x" * 501},
        {"count": ""},
        {"count": "-1"},
        {"count": "9" * 5000},
        {"count": "\u0668"},
    ],
)
def test_a_form_that_is_not_complete_is_refused(world: OperationWorld, changed: dict[str, str]) -> None:
    """Nothing is allowed."""
    assert allow(world, **changed) == 422
    assert world.people.open() == []


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://factory.example.evil.example"])
def test_a_form_of_another_site_is_refused(world: OperationWorld, origin: str) -> None:
    """Although the browser is signed in."""
    sent = {**headers(CallerRole.ADMIN), "Origin": origin}

    assert world.client.post("/images/removals", data=FORM, headers=sent).status_code == 403
    assert world.people.open() == []


def test_without_removals_that_wait_there_is_no_form(world: OperationWorld) -> None:
    """Other problems have none."""
    world.index.report([ReportedProblem("app", "other", "is empty", "images.yaml", 3)], NOW)

    assert BUTTON not in images(world)
