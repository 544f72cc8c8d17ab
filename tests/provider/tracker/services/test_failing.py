"""Tests of repositories whose polls fail for long, through polls that are recorded."""

from datetime import timedelta

import pytest

from provider.tracker.decisions.polling import DEAD_AFTER
from provider.tracker.decisions.repository import RepositoryState
from proxy.errors import AddressRefused, Garbage, NotFound, OutsideFailure, Refused, Unavailable
from tests.provider.tracker.services.tracker_world import TrackerWorld

GITHUB, GIT, CONTAINER = "acme/app", "git.example.com/team/app", "ghcr.io/team/app"


def poll(world: TrackerWorld, hours: int = 1) -> None:
    """Poll the repository each hour, and record the results."""
    for _ in range(hours):
        world.wait()
        if world.store.due(world.clock.at, 1):
            world.store.record([world.poller.poll(world.store.get(1)).result])


def fail(world: TrackerWorld, path: str, error: OutsideFailure) -> None:
    """Let all polls of a path fail."""
    for source in (world.github, world.git, world.container):
        source.fail(path, error)


def titles(world: TrackerWorld) -> list[object]:
    """What was announced about the polls."""
    return [message.body["title"] for message in world.messages()]


@pytest.mark.parametrize("path", [GITHUB, GIT, CONTAINER])
@pytest.mark.parametrize(
    "error",
    [
        NotFound("404: it does not exist, or the service's token may not see it"),
        Refused("401 (Bad credentials): it does not accept the service's credentials"),
        Unavailable("the host does not answer"),
        Garbage("the answer is no list"),
        AddressRefused("10.0.0.1 is a private address"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_tracker_a_repository_that_cannot_be_polled_is_told_once(path: str, error: OutsideFailure) -> None:
    """After a day, with its cause, whatever its type; then when it is given up, and when it can be read again."""
    world = TrackerWorld()
    world.tracked(path, "1.0.0")
    fail(world, path, error)
    poll(world, 24)
    assert titles(world) == []
    poll(world, 30)
    assert titles(world) == ["app: its releases could not be read for a day"]
    items = world.messages()[0].body["items"]
    assert isinstance(items, list)
    assert [each["message"] for each in items] == [str(error)]
    poll(world, DEAD_AFTER + 60)
    assert titles(world)[1:] == ["app: too many polls failed, so it is polled once a day only"]
    assert world.store.get(1).state is RepositoryState.DEAD

    for source in (world.github, world.git, world.container):
        source.heal()
    world.publish(path, "1.1.0")
    poll(world, 25)
    assert titles_after_recovery(world) == ["app: its releases can be read again"]
    assert world.store.get(1).state is RepositoryState.OK


def titles_after_recovery(world: TrackerWorld) -> list[object]:
    """The titles of messages without releases, after the first two; a release that came out meanwhile is announced."""
    releases = [message for message in world.messages() if "releases" in message.body]
    assert len(releases) == 1
    return [message.body["title"] for message in world.messages() if "title" in message.body][2:]


def test_tracker_a_failure_of_some_hours_is_not_told() -> None:
    """Nor several short ones over days."""
    world = TrackerWorld()
    world.tracked(GITHUB, "1.0.0")
    for _ in range(4):
        fail(world, GITHUB, NotFound("gone"))
        poll(world, 20)
        world.github.heal()
        poll(world, 2)
    assert titles(world) == []


def test_tracker_a_rate_limit_for_days_is_not_told() -> None:
    """Its host works, and names a time each time."""
    world = TrackerWorld()
    world.tracked(GITHUB, "1.0.0")
    for _ in range(60):
        fail(world, GITHUB, Unavailable("slow down", world.clock.at + timedelta(hours=2)))
        poll(world)
    tracked = world.store.get(1)
    assert (titles(world), tracked.state, tracked.failures) == ([], RepositoryState.WAITING, 0)
