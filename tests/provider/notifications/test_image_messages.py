"""What is told of images."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from catalog.image import Conclusion, Failure
from provider.domain.snapshot import Snapshot
from provider.domain.state import ImageState, RebuildStage, RebuildState
from provider.notifications.image_messages import NewMessages, new_messages
from provider.notifications.message import Message
from tests.provider.domain.samples import HOUR, START, image

Marks = Mapping[str, str]
DOWN = Failure(START, "registry.example.com is down")


def record(number: int, *, settled: bool = False, conclusion: Conclusion | None = None) -> RebuildState:
    """The rebuild of that number, asked for at that hour."""
    stage = RebuildStage.COMPLETED if settled else RebuildStage.DISPATCHED
    found = RebuildState(f"r-{number}", "key", START + number * HOUR, START, (), (), "node:22 moved")
    return replace(found, stage=stage, settled=settled, conclusion=conclusion)


def over(number: int, conclusion: Conclusion = Conclusion.SUCCESS) -> RebuildState:
    """That one, at its end."""
    return record(number, settled=True, conclusion=conclusion)


def snapshot(*images: ImageState, problems: tuple[tuple[str, str], ...] = ()) -> Snapshot:
    """Snapshot with these images."""
    return Snapshot("1", {}, {each.name: each for each in images}, {}, problems=problems)


def with_rebuilds(*records: RebuildState, name: str = "portal") -> Snapshot:
    """Snapshot with an image that was rebuilt so."""
    return snapshot(replace(image(name), rebuilds=records))


def told(found: NewMessages) -> list[tuple[str, object]]:
    """Rebuilds with their states, failures with their titles."""
    rebuilds = [(story.id, story.body["state"]) for story in found.rebuilds]
    return [*rebuilds, *((story.kind, story.body["title"]) for story in found.failures)]


def after(first: Snapshot, *looks: Snapshot) -> list[list[tuple[str, object]]]:
    """What each look after the first tells."""
    marks: Marks = new_messages(START, None, first).marks
    found = []
    for hour, each in enumerate(looks, 1):
        now = new_messages(START + hour * HOUR, marks, each)
        marks = now.marks
        found.append(told(now))
    return found


def test_the_first_look_is_silent() -> None:
    """Whatever is there: failures, rebuilds that ended and one that runs; later nothing of it is told either."""
    there = snapshot(
        replace(image("portal"), rebuilds=(over(1, Conclusion.FAILURE), record(2)), error=DOWN), problems=(("", "x"),)
    )
    first = new_messages(START, None, there)

    assert (first.rebuilds, first.failures) == ((), ())
    assert told(new_messages(START + HOUR, first.marks, there)) == []


def test_a_rebuild_is_one_story_from_beginning_to_end() -> None:
    """Its end is told once."""
    running = replace(record(1), url="https://ci.example.com/1")
    looks = after(with_rebuilds(), *(with_rebuilds(each) for each in (record(1), running, over(1), over(1))))

    assert looks == [[("rebuild:r-1", "dispatched")], [("rebuild:r-1", "running")], [("rebuild:r-1", "success")], []]


def test_a_rebuild_that_ends_as_the_next_begins_is_told_too() -> None:
    """Both are told, and so is the end of a rebuild that began and ended between two looks."""
    looks = after(with_rebuilds(), with_rebuilds(record(1)), with_rebuilds(over(1), over(2), record(3)))

    assert looks[1] == [("rebuild:r-1", "success"), ("rebuild:r-2", "success"), ("rebuild:r-3", "dispatched")]


def test_the_history_of_an_image_that_comes_later_is_not_told() -> None:
    """Only what is under way."""
    assert after(snapshot(), with_rebuilds(over(1), record(2))) == [[("rebuild:r-2", "dispatched")]]


def test_a_failure_is_told_when_it_begins_and_when_it_ends() -> None:
    """Not at every look; another message of the same failure is no news."""
    well, ill = snapshot(image()), snapshot(replace(image(), error=DOWN))
    other = snapshot(replace(image(), error=Failure(START, "no answer")))
    looks = after(well, ill, ill, other, well, well)

    assert looks == [
        [("failure", "portal cannot be looked at")],
        [],
        [],
        [("failure", "portal can be looked at again")],
        [],
    ]


def test_a_failed_rebuild_is_a_failure_until_one_succeeds() -> None:
    """A second one that fails too is no change of state."""
    bad = over(1, Conclusion.FAILURE)
    looks = after(
        with_rebuilds(),
        with_rebuilds(bad),
        with_rebuilds(bad, over(2, Conclusion.CANCELLED)),
        with_rebuilds(bad, over(2, Conclusion.CANCELLED), over(3)),
    )

    assert [look[-1] for look in looks] == [
        ("failure", "the rebuild of portal failed"),
        ("rebuild:r-2", "cancelled"),
        ("failure", "portal was rebuilt again"),
    ]


def test_what_fails_together_is_one_story() -> None:
    """A registry that is down is one message, with the first fifty images in it."""
    well = [image(f"image-{number}") for number in range(80)]
    marks = new_messages(START, None, snapshot(*well)).marks
    found = new_messages(START, marks, snapshot(*(replace(each, error=DOWN) for each in well)))

    (story,) = found.failures
    assert story.body["title"] == "80 images cannot be looked at"
    assert story.body["count"] == 80
    assert isinstance(story.body["items"], list)
    assert len(story.body["items"]) == 50


def test_problems_of_the_configuration_come_and_go() -> None:
    """By their words; what was wrong is said when it is right."""
    wrong = snapshot(problems=(("portal", "images.yaml:3: no tag"),))
    moved = snapshot(problems=(("portal", "images.yaml:9: no tag"),))
    marks = new_messages(START, new_messages(START, None, snapshot()).marks, wrong).marks
    end = new_messages(START, new_messages(START, marks, moved).marks, snapshot())

    assert told(new_messages(START, marks, moved)) == []
    assert told(end) == [("failure", "a problem of the configuration is solved")]
    assert end.failures[0].body["items"] == [{"name": "", "message": "images.yaml:9: no tag", "page": False}]


def test_what_is_tracked_no_more_has_not_recovered() -> None:
    """An image that is removed while it is in error is no news."""
    assert after(snapshot(), snapshot(replace(image(), error=DOWN)), snapshot())[1] == []


STATES = st.lists(st.tuples(st.sampled_from(["a", "b", "c"]), st.booleans()), max_size=3)


@given(st.lists(STATES, max_size=8))
def test_beginnings_and_ends_alternate(looks: list[list[tuple[str, bool]]]) -> None:
    """For each image, whatever happens, no beginning follows a beginning and no end an end."""
    marks: Marks = {}
    begun: set[str] = set()
    for number, look in enumerate(looks):
        now = START + timedelta(hours=number)
        found = snapshot(*(replace(image(name), error=DOWN if ill else None) for name, ill in look))
        change = new_messages(now, marks, found)
        for name, is_over in _named(change.failures):
            assert (name in begun) is is_over
            (begun.discard if is_over else begun.add)(name)
        begun &= set(found.images)
        marks = change.marks


def _named(messages: tuple[Message, ...]) -> list[tuple[str, bool]]:
    found = []
    for story in messages:
        assert isinstance(story.body["items"], list)
        found += [(item["name"], story.body["over"] is True) for item in story.body["items"]]
    return found
