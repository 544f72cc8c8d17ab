"""Tests of adding and changing tracked repositories."""

import pytest

from provider.errors import Conflict, Duplicate
from provider.tracker.decisions.addresses import InvalidRepositoryAddress
from provider.tracker.decisions.outcomes import Found
from provider.tracker.decisions.release import FoundRelease
from provider.tracker.decisions.repository import RepositoryType, TagForm
from provider.tracker.services.editing import RepositoryRequest
from proxy.errors import Unavailable
from tests.provider.tracker.services.tracker_world import TrackerWorld

PATH = "acme/portal"


def test_tracker_an_address_is_looked_at_before_it_is_saved() -> None:
    """Its type is suggested, the name, the latest release and the number of releases are told; nothing is written."""
    world = TrackerWorld()
    world.publish(PATH, "1.0.0", "1.1.0", "2.0.0-rc.1")
    checked = world.editing.check(RepositoryRequest(f"https://github.com/{PATH}/releases"))

    assert (checked.fields.address.type, checked.fields.name) == (RepositoryType.GITHUB, "portal")
    assert (checked.latest and checked.latest.version, checked.releases, checked.problem) == ("1.1.0", 3, None)
    assert list(world.store.everything()) == []


def test_tracker_what_adding_found_is_the_first_poll_and_silent() -> None:
    """It is known at once and due after an interval; nobody is told."""
    world = TrackerWorld()
    world.publish(PATH, "1.0.0")
    tracked, _ = world.editing.add(RepositoryRequest(PATH, name="Portal", notes="ours"))

    assert (tracked.name, tracked.notes, tracked.last_polled) == ("Portal", "ours", world.clock.at)
    assert tracked.latest is not None
    assert world.told() == []
    assert world.store.due(world.clock.at, 10) == []


def test_tracker_the_same_repository_is_tracked_once() -> None:
    """However it is written; the refusal names the one that is there, and nobody is asked."""
    world = TrackerWorld()
    there = world.tracked(PATH, "1.0.0")
    asked = len(world.github.asked)
    with pytest.raises(Duplicate, match="acme/portal is already tracked as portal") as refused:
        world.editing.add(RepositoryRequest("git@github.com:Acme/Portal.git"))
    assert (refused.value.id, len(world.github.asked)) == (there.id, asked)


def test_an_address_that_cannot_be_read_is_refused_unless_a_person_insists() -> None:
    """Then it is due at once, and its first poll is silent."""
    world = TrackerWorld()
    world.publish(PATH, "1.0.0")
    world.github.fail(PATH, Unavailable("GitHub does not answer"))
    with pytest.raises(Unavailable):
        world.editing.add(RepositoryRequest(PATH))
    assert list(world.store.everything()) == []

    tracked, checked = world.editing.add(RepositoryRequest(PATH), unchecked=True)
    assert (checked.problem, checked.releases, tracked.last_polled) == ("GitHub does not answer", None, None)
    assert [due.id for due in world.store.due(world.clock.at, 10)] == [tracked.id]


def test_what_is_no_address_is_refused() -> None:
    """Also of the type that a person says."""
    with pytest.raises(InvalidRepositoryAddress):
        TrackerWorld().editing.check(RepositoryRequest("https://example.com/Team/App", RepositoryType.CONTAINER))


def test_the_source_names_the_repository_where_nobody_does(monkeypatch: pytest.MonkeyPatch) -> None:
    """A person's name counts before the source's."""
    world = TrackerWorld()
    monkeypatch.setattr(world.github, "poll", lambda *_, **__: Found("The tool", (FoundRelease("1.0.0"),)))
    assert world.editing.check(RepositoryRequest(PATH)).fields.name == "The tool"
    assert world.editing.check(RepositoryRequest(PATH, name="The portal")).fields.name == "The portal"


def test_a_change_of_words_asks_nobody() -> None:
    """Name and notes are written, and the version goes up."""
    world = TrackerWorld()
    tracked = world.tracked(PATH, "1.0.0")
    asked = len(world.github.asked)
    wish = RepositoryRequest(PATH, name="Portal", notes="new", tag_form=tracked.tag_form)
    changed = world.editing.change(tracked.id, tracked.version, wish)
    assert (changed.name, changed.notes, changed.version) == ("Portal", "new", tracked.version + 1)
    assert (len(world.github.asked), changed.latest) == (asked, tracked.latest)


def test_another_address_is_looked_at_and_its_releases_are_silent() -> None:
    """As one that is added."""
    world = TrackerWorld()
    tracked = world.tracked(PATH, "1.0.0")
    world.publish("acme/other", "5.0.0")
    changed = world.editing.change(tracked.id, tracked.version, RepositoryRequest("acme/other", tag_form=TagForm.ANY))
    assert (changed.address.path, changed.latest and changed.latest.version) == ("acme/other", "5.0.0")
    assert world.told() == []


def test_an_old_version_changes_nothing() -> None:
    """Nor is its address asked."""
    world = TrackerWorld()
    tracked = world.tracked(PATH, "1.0.0")
    world.editing.change(tracked.id, tracked.version, RepositoryRequest(PATH, name="Theirs"))
    with pytest.raises(Conflict):
        world.editing.change(tracked.id, tracked.version, RepositoryRequest("acme/other", name="Mine"))
    assert world.store.get(tracked.id).name == "Theirs"


def test_a_change_to_an_address_that_is_tracked_is_refused() -> None:
    """It names the other one."""
    world = TrackerWorld()
    one, other = world.tracked(PATH, "1.0.0"), world.tracked("acme/other", "1.0.0")
    with pytest.raises(Duplicate) as refused:
        world.editing.change(one.id, one.version, RepositoryRequest("acme/other"))
    assert refused.value.id == other.id
