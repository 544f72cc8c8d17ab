"""Tests of adding and changing tracked repositories."""

import pytest

from provider.errors import Conflict, Duplicate
from provider.tracker.decisions.addresses import InvalidRepositoryAddress
from provider.tracker.decisions.kinds import RepositoryType, TagForm
from provider.tracker.decisions.outcomes import Found
from provider.tracker.decisions.release import FoundRelease
from provider.tracker.services.editing import RepositoryRequest
from proxy.errors import Unavailable
from tests.provider.tracker.services.tracker_world import TrackerWorld

PATH = "acme/portal"


def test_tracker_an_address_is_checked_before_it_is_saved() -> None:
    """The check returns type, name, latest release and number of releases, and writes nothing."""
    world = TrackerWorld()
    world.publish(PATH, "1.0.0", "1.1.0", "2.0.0-rc.1")
    checked = world.editing.check(RepositoryRequest(f"https://github.com/{PATH}/releases"))

    assert (checked.fields.address.type, checked.fields.name) == (RepositoryType.GITHUB, "portal")
    assert (checked.latest and checked.latest.version, checked.releases, checked.problem) == ("1.1.0", 3, None)
    assert list(world.store.everything()) == []


def test_tracker_the_check_of_a_new_repository_is_its_first_poll() -> None:
    """The releases are stored at once without a message, and the next poll is due after one interval."""
    world = TrackerWorld()
    world.publish(PATH, "1.0.0")
    tracked, _ = world.editing.add(RepositoryRequest(PATH, name="Portal", notes="ours"))

    assert (tracked.name, tracked.notes, tracked.last_polled) == ("Portal", "ours", world.clock.at)
    assert tracked.latest is not None
    assert world.messages() == []
    assert world.store.due(world.clock.at, 10) == []


def test_tracker_the_same_repository_is_tracked_once() -> None:
    """Any way to write its address is refused with the existing repository, and no request is sent."""
    world = TrackerWorld()
    there = world.tracked(PATH, "1.0.0")
    asked = len(world.github.asked)
    with pytest.raises(Duplicate, match="acme/portal is already tracked as portal") as refused:
        world.editing.add(RepositoryRequest("git@github.com:Acme/Portal.git"))
    assert (refused.value.id, len(world.github.asked)) == (there.id, asked)


def test_an_address_that_cannot_be_read_is_refused_unless_unchecked() -> None:
    """With `unchecked` it is tracked and due at once, and its first poll announces nothing."""
    world = TrackerWorld()
    world.publish(PATH, "1.0.0")
    world.github.fail(PATH, Unavailable("GitHub does not answer"))
    with pytest.raises(Unavailable):
        world.editing.add(RepositoryRequest(PATH))
    assert list(world.store.everything()) == []

    tracked, checked = world.editing.add(RepositoryRequest(PATH), unchecked=True)
    assert (checked.problem, checked.releases, tracked.last_polled) == ("GitHub does not answer", None, None)
    assert [due.id for due in world.store.due(world.clock.at, 10)] == [tracked.id]


def test_an_invalid_address_is_refused() -> None:
    """An address that does not fit the given type is refused too."""
    with pytest.raises(InvalidRepositoryAddress):
        TrackerWorld().editing.check(RepositoryRequest("https://example.com/Team/App", RepositoryType.CONTAINER))


def test_a_repository_without_a_given_name_has_the_name_from_its_source(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that a person gives wins over the name from the source."""
    world = TrackerWorld()
    monkeypatch.setattr(world.github, "poll", lambda *_, **__: Found("The tool", (FoundRelease("1.0.0"),)))
    assert world.editing.check(RepositoryRequest(PATH)).fields.name == "The tool"
    assert world.editing.check(RepositoryRequest(PATH, name="The portal")).fields.name == "The portal"


def test_a_change_of_name_and_notes_sends_no_request() -> None:
    """Name and notes are written without a request, and the version increases."""
    world = TrackerWorld()
    tracked = world.tracked(PATH, "1.0.0")
    asked = len(world.github.asked)
    wish = RepositoryRequest(PATH, name="Portal", notes="new", tag_form=tracked.tag_form)
    changed = world.editing.change(tracked.id, tracked.version, wish)
    assert (changed.name, changed.notes, changed.version) == ("Portal", "new", tracked.version + 1)
    assert (len(world.github.asked), changed.latest) == (asked, tracked.latest)


def test_a_new_address_is_checked_and_its_releases_are_not_announced() -> None:
    """The address is checked and its releases are not announced, as for a new repository."""
    world = TrackerWorld()
    tracked = world.tracked(PATH, "1.0.0")
    world.publish("acme/other", "5.0.0")
    changed = world.editing.change(tracked.id, tracked.version, RepositoryRequest("acme/other", tag_form=TagForm.ANY))
    assert (changed.address.path, changed.latest and changed.latest.version) == ("acme/other", "5.0.0")
    assert world.messages() == []


def test_an_old_version_changes_nothing() -> None:
    """The new address is not read either."""
    world = TrackerWorld()
    tracked = world.tracked(PATH, "1.0.0")
    world.editing.change(tracked.id, tracked.version, RepositoryRequest(PATH, name="Theirs"))
    with pytest.raises(Conflict):
        world.editing.change(tracked.id, tracked.version, RepositoryRequest("acme/other", name="Mine"))
    assert world.store.get(tracked.id).name == "Theirs"


def test_a_change_to_an_address_that_is_tracked_is_refused() -> None:
    """The refusal has the other repository."""
    world = TrackerWorld()
    one, other = world.tracked(PATH, "1.0.0"), world.tracked("acme/other", "1.0.0")
    with pytest.raises(Duplicate) as refused:
        world.editing.change(one.id, one.version, RepositoryRequest("acme/other"))
    assert refused.value.id == other.id


def test_tracker_a_filter_is_tried_before_it_is_saved() -> None:
    """The check shows what counts, what is left out, and the components; the stored releases are those that count."""
    world = TrackerWorld()
    world.publish(PATH, "controller-v1.10.0", "controller-v1.11.2", "helm-chart-4.11.2")
    everything = world.editing.check(RepositoryRequest(PATH))
    assert [choice.include for choice in everything.choices] == ["^controller-v?[0-9]", "^helm-chart-[0-9]"]
    assert everything.left_out == 0

    request = RepositoryRequest(PATH, include=everything.choices[1].include)
    checked = world.editing.check(request)
    assert ([release.version for release in checked.highest], checked.left_out) == (["helm-chart-4.11.2"], 2)
    assert checked.latest == checked.highest[0]

    tracked, _ = world.editing.add(request)
    assert [release.version for release in world.store.known(tracked.id)] == ["helm-chart-4.11.2"]
    world.publish(PATH, "helm-chart-4.12.0", "controller-v1.12.0")
    world.wait()
    polled = world.poller.poll(world.store.get(tracked.id))
    assert [news.release.version for news in polled.result.announce] == ["helm-chart-4.12.0"]


def test_tracker_an_address_can_be_checked_again_for_another_part() -> None:
    """The same filter is refused when it is saved."""
    world = TrackerWorld()
    world.tracked(PATH, "v1.0.0", "chart-2.0.0")
    assert world.editing.check(RepositoryRequest(PATH), again=True).releases == 2
    with pytest.raises(Duplicate):
        world.editing.check(RepositoryRequest(PATH))
    first, _ = world.editing.add(RepositoryRequest(PATH, include="^chart"))
    with pytest.raises(Duplicate, match="is already tracked with this filter as portal"):
        world.editing.add(RepositoryRequest(PATH, include="^chart"))
    assert first.latest is not None
    assert first.latest.version == "chart-2.0.0"


@pytest.mark.parametrize(
    ("url", "there", "told"),
    [
        # Renamed, moved to another host, or read in another way: the same releases, and a new one.
        ("acme/gateway", ("1.0.0", "1.1.0", "1.2.0"), ["1.2.0"]),
        ("https://git.example.org/acme/portal.git", ("1.0.0", "1.1.0", "1.2.0", "2.0.0"), ["2.0.0", "1.2.0"]),
        ("acme/fork", ("1.0.0", "1.1.0"), []),
        # Another project, also one whose versions are the same by chance.
        ("acme/other", ("5.0.0", "5.1.0"), []),
        ("acme/half", ("1.0.0", "7.0.0"), []),
    ],
)
def test_tracker_a_new_address_with_the_known_releases_keeps_the_baseline(
    url: str, there: tuple[str, ...], told: list[str]
) -> None:
    """What came out between the two addresses is announced; the releases of another project are not."""
    world = TrackerWorld()
    before = world.tracked(PATH, "1.0.0", "1.1.0")
    path = "git.example.org/acme/portal" if url.startswith("https") else url
    world.publish(path, *there)
    world.editing.change(before.id, before.version, RepositoryRequest(url, name="Portal"))
    announced = [message.body["releases"] for message in world.messages()]
    assert [each["version"] for some in announced if isinstance(some, list) for each in some] == told
    assert not world.store.get(before.id).baseline


def test_tracker_other_hashes_are_another_project() -> None:
    """Its first releases have the same versions, and its new ones are not announced."""
    world = TrackerWorld()
    before = world.tracked(PATH, "1.0.0")
    world.github.put("acme/other", FoundRelease("1.0.0", hash="another"), FoundRelease("9.0.0", hash="x"))
    world.editing.change(before.id, before.version, RepositoryRequest("acme/other", name="Portal"))
    assert world.messages() == []


def test_tracker_another_filter_with_another_address_is_silent() -> None:
    """What a filter lets through is no news, whatever the address."""
    world = TrackerWorld()
    world.publish(PATH, "1.0.0", "2.0.0")
    before, _ = world.editing.add(RepositoryRequest(PATH, include="^1"))
    world.publish("acme/gateway", "1.0.0", "2.0.0", "2.1.0")
    world.editing.change(before.id, before.version, RepositoryRequest("acme/gateway", name="Portal"))
    assert (world.messages(), world.store.count_releases(before.id)) == ([], 3)
