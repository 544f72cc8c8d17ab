"""Checks on the pages of images: when they happen, and the form that asks for one."""

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType

import pytest

from provider.auth.callers import CallerRole
from provider.ports import Beat
from tests.provider.operation_web import OperationWorld, headers, operation_world
from tests.provider.web_images import NOW

OURS = {"Origin": "http://factory.example", "Sec-Fetch-Site": "same-origin"}
PAGES = ("/images", "/images/node")
FORMS = {"/images": "/checks", "/images/node": "/images/node/checks"}


@pytest.fixture(name="world")
def made_world(tmp_path: Path) -> Iterator[OperationWorld]:
    """The web part over a database; the worker has reported."""
    with operation_world(tmp_path) as world:
        world.beats.beat(Beat("worker", NOW - timedelta(minutes=5), None))
        yield world


def page(world: OperationWorld, path: str, role: CallerRole = CallerRole.REBUILD) -> str:
    """The text of a page, without repeated spaces."""
    answer = world.client.get(path, headers=headers(role))
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", answer.text)


def post(
    world: OperationWorld,
    path: str,
    role: CallerRole = CallerRole.REBUILD,
    sent: Mapping[str, str] = MappingProxyType(OURS),
) -> int:
    """Send the form; returns the status."""
    return world.client.post(path, headers={**headers(role), **sent}).status_code


@pytest.mark.parametrize("path", PAGES)
def test_a_page_shows_when_each_part_is_checked(world: OperationWorld, path: str) -> None:
    """The last and the next check of images; the list has those of all parts, also of those without a report."""
    text = page(world, path)

    assert re.search(r"Last check <time[^>]*>5 minutes ago</time>, next check <time[^>]*>in 10 minutes</time>", text)
    parts = re.search(r"Images and rebuilds</th>.*5 minutes ago.*Tracked repositories</th>.*Not checked yet", text)
    assert bool(parts) is (path == "/images")


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("minutes", [15, 16, 90])
def test_a_check_whose_time_has_come_is_due(world: OperationWorld, path: str, minutes: int) -> None:
    """No time in the past is shown as that of the next check."""
    world.beats.beat(Beat("worker", NOW - timedelta(minutes=minutes), None))
    text = page(world, path)

    assert re.search(r"Last check <time[^>]*>[^<]* ago</time>; the next one is due", text)
    assert bool(re.search(r"Images and rebuilds</th>.*?>Due</td>", text)) is (path == "/images")


@pytest.mark.parametrize("path", PAGES)
def test_a_check_that_ended_early_says_why(world: OperationWorld, path: str) -> None:
    """Without its secrets."""
    world.beats.beat(Beat("worker", NOW, "https://jane:hunter2-hunter2@git.example.org cannot be reached"))

    text = page(world, path)
    assert "The last check ended early: " in text
    assert "hunter2" not in text


@pytest.mark.parametrize("path", PAGES)
def test_the_form_asks_for_a_check(world: OperationWorld, path: str) -> None:
    """The page then shows that it is requested in place of the form, until it is done; the audit has it."""
    assert f'action="{FORMS[path]}"' in page(world, path)
    answer = world.client.post(FORMS[path], headers={**headers(CallerRole.REBUILD), **OURS})

    assert (answer.status_code, answer.headers["Location"]) == (303, path)
    names = () if path == "/images" else ("node",)
    assert [request.names for request in world.requests.open()] == [names]
    assert "A check is requested or running" in page(world, path)
    assert f'action="{FORMS[path]}"' not in page(world, path)
    (record,) = world.get("/api/v1/audit")["items"]
    assert (record["action"], record["name"], record["outcome"]) == ("check", "node" if names else "all", "done")

    world.requests.done(world.requests.open())
    assert f'action="{FORMS[path]}"' in page(world, path)


def test_a_check_of_one_image_is_shown_where_it_belongs(world: OperationWorld) -> None:
    """A check of everything is one of each image; that of another image is not."""
    assert post(world, "/images/debian/checks") == 303
    assert "requested or running" not in page(world, "/images/node")
    assert "requested or running" not in page(world, "/images")
    assert post(world, "/checks") == 303
    assert "requested or running" in page(world, "/images/node")


@pytest.mark.parametrize("path", PAGES)
def test_who_may_not_ask_sees_no_form(world: OperationWorld, path: str) -> None:
    """And is refused; the refusal is in the audit."""
    assert FORMS[path] not in page(world, path, CallerRole.READ)
    assert post(world, FORMS[path], CallerRole.READ) == 403
    assert world.requests.open() == []
    (record,) = world.get("/api/v1/audit")["items"]
    assert (record["caller"], record["outcome"]) == ("read", "not-allowed")


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize(
    "sent", [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}]
)
def test_a_page_elsewhere_cannot_ask(world: OperationWorld, path: str, sent: dict[str, str]) -> None:
    """The form is accepted from our own pages alone."""
    assert post(world, FORMS[path], sent=sent) == 403
    assert world.requests.open() == []


def test_an_image_that_does_not_exist_is_not_found(world: OperationWorld) -> None:
    """Nothing is asked for, and a page does not take the parameters of others."""
    assert post(world, "/images/none/checks") == 404
    assert world.requests.open() == []
    assert world.client.post("/checks?names=node", headers={**headers(CallerRole.REBUILD), **OURS}).status_code == 422
