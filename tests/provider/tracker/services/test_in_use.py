"""Tests of keeping which versions are in use."""

from collections.abc import Mapping

import pytest

from provider.tracker.decisions.deployed.updates import TagInUse, TagsInUse
from provider.tracker.services.editing import RepositoryEditing, RepositoryRequest
from provider.tracker.services.in_use import note_versions_in_use
from tests.provider.tracker.services.tracker_world import TrackerWorld

IMAGE = "ghcr.io/acme/base"


class InUse:
    """Images that are built from one tag, or an index that cannot be read."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.failure = failure

    def read(self) -> Mapping[str, TagsInUse]:
        """What is in use."""
        if self.failure:
            raise self.failure
        return {IMAGE: TagsInUse((TagInUse("1.0.0", False, ("app",), 1),))}


def test_what_is_in_use_is_stored_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    """The log says how many repositories changed."""
    world = TrackerWorld()
    number = world.tracked(IMAGE, "1.0.0").id
    with caplog.at_level("INFO"):
        note_versions_in_use(world.store, InUse())
        note_versions_in_use(world.store, InUse())
    assert caplog.text.count("the versions in use of 1 tracked repositories changed") == 1
    assert [tag.used.tag for tag in world.store.get(number).updates.in_use] == ["1.0.0"]


def test_a_failure_stops_nothing(caplog: pytest.LogCaptureFixture) -> None:
    """It is logged, and what was known stays."""
    world = TrackerWorld()
    note_versions_in_use(world.store, InUse(OSError("the disk is full")))
    assert "the versions in use" in caplog.text


def test_tracker_a_new_container_repository_shows_at_once_what_is_in_use() -> None:
    """Adding it asks; adding a repository at GitHub does not."""
    world, asked = TrackerWorld(), list[int]()

    def note() -> None:
        asked.append(1)
        note_versions_in_use(world.store, InUse())

    editing = RepositoryEditing(world.store, world.poller, world.clock.now, note_in_use=note)
    world.publish("acme/portal", "1.0.0")
    editing.add(RepositoryRequest("acme/portal"))
    assert asked == []
    world.publish(IMAGE, "1.0.0")
    added, _ = editing.add(RepositoryRequest(IMAGE))
    assert [tag.used.tag for tag in added.updates.in_use] == ["1.0.0"]
