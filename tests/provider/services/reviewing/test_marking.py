"""What is shown beside a commit of the config repository."""

from datetime import timedelta

import pytest

from provider.ports import Beat
from provider.services.reviewing.marking import PART, CommitMarks, mark_of
from proxy.errors import Refused, Unavailable
from tests.fakes.forge import FakeForge
from tests.provider.domain.samples import START, image
from tests.provider.services.enrollment_findings.asking import snapshot

PAGE = "https://factory.example.com/images"


class World:
    """A site, the stored reports, and a clock; the commit of the configuration is the position of the snapshot."""

    def __init__(self) -> None:
        self.forge = FakeForge()
        self.stored: dict[str, Beat] = {}
        self.now = START
        self.marks = self.started()

    def started(self) -> CommitMarks:
        """A new process."""
        return CommitMarks(self.forge, lambda position: f"c{position}", self, lambda: self.now, PAGE)

    def beat(self, beat: Beat) -> None:
        """See Beats."""
        self.stored[beat.part] = beat

    def beats(self) -> list[Beat]:
        """See Beats."""
        return list(self.stored.values())

    def shown(self) -> list[tuple[str, bool, str]]:
        """Each mark: its commit, its result and its words."""
        return [(commit, mark.success, mark.description) for commit, mark in self.forge.marks]


BROKEN = snapshot(image(), problems=(("portal", "images.yaml:2: portal: is wrong"), ("", "images.yaml:9: not read")))


def test_each_commit_is_marked_once_for_each_result() -> None:
    """The state that the service commits itself does not count, and neither does another round."""
    world = World()

    for _ in range(3):
        world.marks.after(snapshot(image()))
    world.marks.after(BROKEN)
    world.marks.after(BROKEN)
    world.marks.after(snapshot(image()))

    assert world.shown() == [
        ("c0", True, "1 image enrolled"),
        ("c0", False, "2 problems; the first: images.yaml:2: portal: is wrong"),
        ("c0", True, "1 image enrolled"),
    ]
    assert {mark.url for _, mark in world.forge.marks} == {PAGE}


def test_a_new_process_does_not_show_it_again() -> None:
    """What was shown is stored."""
    world = World()
    world.marks.after(snapshot(image()))

    world.started().after(snapshot(image()))

    assert len(world.forge.marks) == 1


def test_a_missing_permission_is_one_problem_until_it_is_given() -> None:
    """It is tried again after a while, not in each round, and the problem ends with the first success."""
    world = World()
    world.forge.go_down(Refused("GitHub answered 403 to POST"))
    for _ in range(5):
        world.marks.after(snapshot(image()))

    assert world.forge.tries == 1
    assert "permission statuses: write" in (world.stored[PART].problem or "")

    world.forge.go_down(None)
    world.now += timedelta(minutes=11)
    world.marks.after(snapshot(image()))

    assert world.shown() == [("c0", True, "1 image enrolled")]
    assert world.stored[PART].problem is None


def test_a_limit_is_waited_for() -> None:
    """The site is not asked before the time that it names."""
    world = World()
    world.forge.go_down(Unavailable("too many requests", START + timedelta(hours=1)))
    world.marks.after(snapshot(image()))
    world.forge.go_down(None)

    for minutes, marks in ((30, 0), (59, 0), (60, 1)):
        world.now = START + timedelta(minutes=minutes)
        world.marks.after(snapshot(image()))
        assert len(world.forge.marks) == marks


def test_an_unexpected_error_ends_no_round(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing in a round depends on what is shown elsewhere."""
    world = World()

    def explode(*_: object) -> None:
        raise RuntimeError("boom")

    monkeypatch.setattr(world.forge, "mark", explode)
    world.marks.after(snapshot(image()))

    assert world.forge.marks == []


@pytest.mark.parametrize(
    ("known", "success", "words"),
    [
        (snapshot(), True, "0 images enrolled"),
        (snapshot(image("a"), image("b")), True, "2 images enrolled"),
        (snapshot(problems=(("", "policy.yaml:3: x"),)), False, "policy.yaml:3: x"),
        (BROKEN, False, "2 problems; the first: images.yaml:2: portal: is wrong"),
    ],
)
def test_the_words_of_a_mark(known: object, success: bool, words: str) -> None:
    """A success says how much is enrolled; a failure has the first problem with file and line."""
    mark = mark_of(known, PAGE)  # type: ignore[arg-type]

    assert (mark.success, mark.description) == (success, words)
