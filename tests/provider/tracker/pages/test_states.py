"""Tests of how pages show that polls wait, fail or have been given up."""

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from provider.tracker.decisions.kinds import RepositoryType
from provider.tracker.decisions.outcomes import Found, PollFailure
from provider.tracker.decisions.polling import after_poll
from proxy.errors import NotFound, OutsideFailure, Unavailable
from tests.provider.tracker.pages.tracker_pages_web import TrackerWorld, release

PATH = "acme/tool"


@pytest.fixture(name="world")
def made_world() -> TrackerWorld:
    """One repository, polled once."""
    world = TrackerWorld()
    world.publish(RepositoryType.GITHUB, PATH, release("1.0.0"))
    world.add(f"https://github.com/{PATH}")
    return world


def fail(world: TrackerWorld, error: OutsideFailure) -> None:
    """Let the next poll fail with this error."""
    world.sources[RepositoryType.GITHUB].fail(PATH, error)
    polled = world.parts.poller.poll(world.store.get(1))
    world.store.record([polled.result])


def pages(client: FlaskClient) -> tuple[str, str]:
    """The row of the repository in the list, and the state on its own page."""
    row = client.get("/").text.partition('<td class="state-cell">')[2].partition("</td>")[0]
    section = client.get("/repositories/1").text.partition('aria-label="State">')
    return row, f"{section[0][-60:]}{section[2].partition('</section>')[0]}"


def test_tracker_a_rate_limit_is_calm_on_pages(world: TrackerWorld) -> None:
    """The pages show until when they wait; nothing is red, and a filter finds these repositories."""
    fail(world, Unavailable("api.github.com: the rate limit is used up", world.now + timedelta(minutes=20)))
    client = world.client()
    row, section = pages(client)
    until = world.now + timedelta(minutes=20)
    for text in (row, section):
        assert f"{until:%H:%M} UTC" in text
        assert "Waiting" in text
        assert "in 20 minutes" in text
        assert "bad" not in text
    assert "calm" in section
    assert "the rate limit is used up" in section
    assert "1 repository" in client.get("/?state=waiting").text
    assert "No repository matches" in client.get("/?state=error").text


def test_tracker_a_rate_limit_hides_no_failure(world: TrackerWorld) -> None:
    """What failed before is shown below."""
    fail(world, NotFound("there is no repository acme/tool"))
    assert "there is no repository acme/tool" in pages(world.client())[0]
    fail(world, Unavailable("slow down", world.now + timedelta(minutes=20)))
    row, section = pages(world.client())
    assert "in 20 minutes" in row
    assert "The last poll that was answered failed" in section
    assert "there is no repository acme/tool" in section


def test_tracker_a_dead_repository_stays_dead_while_its_host_limits_requests(world: TrackerWorld) -> None:
    """It is not shown as one that only waits."""
    for _ in range(100):
        failed = after_poll(world.now, world.store.get(1), (), PollFailure("gone"), timedelta(hours=1))
        world.store.record([failed])
    fail(world, Unavailable("slow down", world.now + timedelta(minutes=20)))
    assert "Dead" in pages(world.client())[0]


@pytest.mark.parametrize("taken", [False, True])
def test_tracker_pages_show_a_rename(world: TrackerWorld, taken: bool) -> None:
    """With the name before; if the new address is tracked already, both pages say so."""
    if taken:
        world.add_unpolled("https://github.com/globex/tool", "other")
    found = Found(None, (), number=7, path="globex/tool")
    world.store.record([after_poll(world.now, world.store.get(1), (), found, timedelta(hours=1))])
    client = world.client()
    row = client.get("/?sort=dateAdded&q=" + ("acme" if taken else "globex")).text.partition("<tbody>")[2]
    section = client.get("/repositories/1").text
    if taken:
        assert "Is globex/tool now, which is tracked already" in row
        assert "<code>globex/tool</code> now, which is tracked already; delete one of both" in section
    else:
        assert "Renamed from acme/tool" in row
        assert "Renamed from <code>acme/tool</code>, noticed" in section
        assert "https://github.com/globex/tool" in section


@pytest.mark.parametrize(
    ("later", "words"),
    [
        (timedelta(0), "next poll in 1 hour"),
        (timedelta(minutes=59, seconds=30), "next poll in a moment"),
        (timedelta(hours=1), "next poll is due now"),
        (timedelta(hours=30), "next poll is due now"),
    ],
)
def test_tracker_a_poll_that_is_due_is_not_in_the_past(world: TrackerWorld, later: timedelta, words: str) -> None:
    """Its time is shown as long as it is ahead."""
    client = world.client()
    world.now += later
    assert words in re.sub(r"<[^>]+>", "", pages(client)[1])


def test_tracker_a_repository_without_releases_leads_to_its_settings() -> None:
    """They may leave out what it publishes."""
    world = TrackerWorld()
    number = world.add_unpolled(f"https://github.com/{PATH}", "tool")
    found = Found(None, ())
    world.store.record([after_poll(world.now, world.store.get(number), (), found, timedelta(hours=1))])
    page = world.client().get(f"/repositories/{number}").text.partition("No releases found.")[2]
    assert f'<a href="/repositories/{number}/edit">change which versions count</a>' in page
