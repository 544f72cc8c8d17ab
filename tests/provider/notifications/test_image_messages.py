"""Messages about images."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from catalog.image import Conclusion, Evidence, Failure
from provider.domain.snapshot import Snapshot
from provider.domain.state import ImageState, RebuildStage, RebuildState
from provider.notifications.image_messages import NewMessages, new_messages
from provider.notifications.message import Message
from tests.provider.domain.samples import HOUR, START, dependency, image

Marks = Mapping[str, str]
DOWN = Failure(START, "registry.example.com is down")


def record(number: int, *, settled: bool = False, conclusion: Conclusion | None = None) -> RebuildState:
    """The rebuild with this number, requested at this hour."""
    stage = RebuildStage.COMPLETED if settled else RebuildStage.DISPATCHED
    found = RebuildState(f"r-{number}", "key", START + number * HOUR, START, (), (), "node:22 moved")
    return replace(found, stage=stage, settled=settled, conclusion=conclusion)


def over(number: int, conclusion: Conclusion = Conclusion.SUCCESS) -> RebuildState:
    """The rebuild with this number, after its end."""
    return record(number, settled=True, conclusion=conclusion)


def snapshot(*images: ImageState, problems: tuple[tuple[str, str], ...] = ()) -> Snapshot:
    """A snapshot with these images."""
    return Snapshot("1", {}, {each.name: each for each in images}, {}, problems=problems)


def with_rebuilds(*records: RebuildState, name: str = "portal") -> Snapshot:
    """A snapshot with an image that has these rebuilds."""
    return snapshot(replace(image(name), rebuilds=records))


def titles(found: NewMessages) -> list[tuple[str, object]]:
    """The rebuilds with their states, and the failures with their titles."""
    rebuilds = [(message.id, message.body["state"]) for message in found.rebuilds]
    return [*rebuilds, *((message.kind, message.body["title"]) for message in found.failures)]


def after(first: Snapshot, *snapshots: Snapshot) -> list[list[tuple[str, object]]]:
    """The messages about each snapshot after the first."""
    marks: Marks = new_messages(START, None, first).marks
    found = []
    for hour, each in enumerate(snapshots, 1):
        now = new_messages(START + hour * HOUR, marks, each)
        marks = now.marks
        found.append(titles(now))
    return found


def test_the_first_snapshot_announces_nothing() -> None:
    """Its failures and rebuilds are not announced, and later they are not either."""
    there = snapshot(
        replace(image("portal"), rebuilds=(over(1, Conclusion.FAILURE), record(2)), error=DOWN), problems=(("", "x"),)
    )
    first = new_messages(START, None, there)

    assert (first.rebuilds, first.failures) == ((), ())
    assert titles(new_messages(START + HOUR, first.marks, there)) == []


def test_a_rebuild_is_one_message_from_begin_to_end() -> None:
    """Its end is announced once."""
    running = replace(record(1), url="https://ci.example.com/1")
    messages = after(with_rebuilds(), *(with_rebuilds(each) for each in (record(1), running, over(1), over(1))))

    assert messages == [[("rebuild:r-1", "dispatched")], [("rebuild:r-1", "running")], [("rebuild:r-1", "success")], []]


def test_a_rebuild_that_ends_when_the_next_begins_is_announced_too() -> None:
    """Both are announced, and so is a rebuild that began and ended between two snapshots."""
    messages = after(with_rebuilds(), with_rebuilds(record(1)), with_rebuilds(over(1), over(2), record(3)))

    assert messages[1] == [("rebuild:r-1", "success"), ("rebuild:r-2", "success"), ("rebuild:r-3", "dispatched")]


def test_the_history_of_a_new_image_is_not_announced() -> None:
    """Only its rebuild in progress is."""
    assert after(snapshot(), with_rebuilds(over(1), record(2))) == [[("rebuild:r-2", "dispatched")]]


def test_a_failure_is_announced_when_it_begins_and_when_it_ends() -> None:
    """It is not repeated, not even if its message changes."""
    well, ill = snapshot(image()), snapshot(replace(image(), error=DOWN))
    other = snapshot(replace(image(), error=Failure(START, "no answer")))
    messages = after(well, ill, ill, other, well, well)

    assert messages == [
        [("failure", "portal cannot be checked")],
        [],
        [],
        [("failure", "portal can be checked again")],
        [],
    ]


def test_a_failed_rebuild_is_a_failure_until_one_succeeds() -> None:
    """A second failed rebuild does not change this."""
    bad = over(1, Conclusion.FAILURE)
    messages = after(
        with_rebuilds(),
        with_rebuilds(bad),
        with_rebuilds(bad, over(2, Conclusion.CANCELLED)),
        with_rebuilds(bad, over(2, Conclusion.CANCELLED), over(3)),
    )

    assert [each[-1] for each in messages] == [
        ("failure", "the rebuild of portal failed"),
        ("rebuild:r-2", "cancelled"),
        ("failure", "a rebuild of portal succeeded again"),
    ]


def test_an_image_from_another_base_than_requested_is_announced() -> None:
    """And the build that uses the requested digest again."""
    right = image("portal", dependency())
    wrong = replace(right, dependencies=(dependency(evidence=Evidence.MISMATCH),))

    assert after(snapshot(right), snapshot(wrong), snapshot(wrong), snapshot(right)) == [
        [("failure", "portal was built from another base image than requested")],
        [],
        [("failure", "portal is built from the requested base image again")],
    ]


def test_failures_at_the_same_time_are_one_message() -> None:
    """An outage of a registry is one message, with the first fifty images."""
    well = [image(f"image-{number}") for number in range(80)]
    marks = new_messages(START, None, snapshot(*well)).marks
    found = new_messages(START, marks, snapshot(*(replace(each, error=DOWN) for each in well)))

    (message,) = found.failures
    assert message.body["title"] == "80 images cannot be checked"
    assert message.body["count"] == 80
    assert isinstance(message.body["items"], list)
    assert len(message.body["items"]) == 50


def test_configuration_problems_are_announced_when_they_begin_and_end() -> None:
    """A problem is identified by its text without the line number; the message about its end repeats it."""
    wrong = snapshot(problems=(("portal", "images.yaml:3: no tag"),))
    moved = snapshot(problems=(("portal", "images.yaml:9: no tag"),))
    marks = new_messages(START, new_messages(START, None, snapshot()).marks, wrong).marks
    end = new_messages(START, new_messages(START, marks, moved).marks, snapshot())

    assert titles(new_messages(START, marks, moved)) == []
    assert titles(end) == [("failure", "a configuration problem is solved")]
    assert end.failures[0].body["items"] == [{"name": "", "message": "images.yaml:9: no tag", "page": False}]


def test_the_failure_of_a_removed_image_is_not_announced_as_ended() -> None:
    """Removing an image that has an error announces nothing."""
    assert after(snapshot(), snapshot(replace(image(), error=DOWN)), snapshot())[1] == []


STATES = st.lists(st.tuples(st.sampled_from(["a", "b", "c"]), st.booleans()), max_size=3)


@given(st.lists(STATES, max_size=8))
def test_begins_and_ends_alternate(rounds: list[list[tuple[str, bool]]]) -> None:
    """For each image, no begin follows a begin and no end follows an end."""
    marks: Marks = {}
    begun: set[str] = set()
    for number, each in enumerate(rounds):
        now = START + timedelta(hours=number)
        found = snapshot(*(replace(image(name), error=DOWN if ill else None) for name, ill in each))
        change = new_messages(now, marks, found)
        for name, is_over in _named(change.failures):
            assert (name in begun) is is_over
            (begun.discard if is_over else begun.add)(name)
        begun &= set(found.images)
        marks = change.marks


def _named(messages: tuple[Message, ...]) -> list[tuple[str, bool]]:
    found = []
    for message in messages:
        assert isinstance(message.body["items"], list)
        found += [(item["name"], message.body["over"] is True) for item in message.body["items"]]
    return found


def test_an_image_whose_messages_cannot_be_made_stops_no_other() -> None:
    """The others are announced; its own messages follow once they can be made."""
    before = new_messages(
        START, None, snapshot(*(with_rebuilds(name=name).images[name] for name in ("evil", "portal")))
    )
    broken = with_rebuilds(replace(record(1), causes=None), name="evil").images["evil"]  # type: ignore[arg-type]
    good = with_rebuilds(record(1)).images["portal"]
    found = new_messages(START, before.marks, snapshot(broken, good))

    assert [message.subject for message in found.rebuilds] == ["portal"]
    assert found.marks["rebuilds/evil"] == before.marks["rebuilds/evil"]
    mended = with_rebuilds(record(1), name="evil").images["evil"]
    again = new_messages(START, found.marks, snapshot(mended, good))
    assert {message.subject for message in again.rebuilds} == {"evil", "portal"}
