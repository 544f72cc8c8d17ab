"""What a timeline has, and in which order."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from catalog.image import DependencyRole, HoldDocument, Image, SkipDocument
from provider.domain.timeline.entries import EntryKind, TimelineEntry
from provider.operation_ports import HistoryFilter
from provider.ports import Place
from provider.timeline_ports import EntryCommit, EntryHistory
from tests.provider.services.timelines.worlds import TimelineWorld, timeline_world
from tests.provider.web_images import NOW, base, dependency, digest, managed, rebuild, update

EVERYTHING = HistoryFilter()
MINUTE = timedelta(minutes=1)
JANE = "user:default/jane"
COMMIT = EntryCommit(
    "c" * 40, NOW - timedelta(days=20), "app", "joe", "Enroll app", "images.yaml", added=True, removed=False, changes=()
)


@pytest.fixture(name="world")
def made_world(tmp_path: Path) -> Iterator[TimelineWorld]:
    """An image with two rebuilds and two digests, its base with two, and a syntax image that moved too."""
    moves = (update(9, "a", None, 2), update(2, "c", "a"))
    app = managed(
        "app",
        rebuilds=(rebuild(8, conclusion=None), rebuild(1)),
        updates=(update(9, "e", None, 1), update(1, "f", "e")),
        dependencies=(dependency("node"), dependency("syntax", DependencyRole.SYNTAX)),
        enrolled_at=NOW - timedelta(days=30),
    )
    with timeline_world(tmp_path, app, base("node", updates=moves), base("syntax", updates=moves), _other()) as world:
        yield world


def _other() -> Image:
    return managed("other", "node", rebuilds=(rebuild(3),), updates=(update(3, "b", None),))


def entries(world: TimelineWorld, wanted: HistoryFilter = EVERYTHING, image: str = "app") -> list[TimelineEntry]:
    """The first hundred entries."""
    found = world.index.outline(image)
    assert found is not None
    return list(world.timelines.part(found, wanted, 1, 100, wait_seconds=1.0).page.items)


def kinds(found: list[TimelineEntry]) -> list[str]:
    """The kind and the image of each entry."""
    return [f"{entry.kind.value} {entry.name}" for entry in found]


def test_digests_of_bases_rebuilds_and_own_digests_are_one_list(world: TimelineWorld) -> None:
    """Newest first; what only reads the Dockerfile, and what other images did, is left out."""
    assert kinds(entries(world)) == [
        "digest-changed app",
        "rebuild app",
        "base-changed node",
        "rebuild app",
        "base-changed node",
        "digest-changed app",
        "enrolled app",
    ]
    newest, last, move, *_ = entries(world)
    assert (newest.digest, newest.previous_digest) == (digest("f"), digest("e"))
    assert (last.by, last.causes[0].name) == ("image-factory", "node")
    assert (move.digest, move.previous_digest) == (digest("c"), digest("a"))
    assert entries(world)[-2].previous_digest is None


def test_acts_of_people_are_between_them(world: TimelineWorld) -> None:
    """Those that were done, on this image alone, each with who and why."""
    for minutes, action in enumerate(("hold", "release", "unskip", "check", "rerun", "rebuild", "emergency")):
        world.act(action, minutes)
    world.act("hold", 1, outcome="not-allowed")
    world.act("hold", 1, name="other")
    world.act("poll-repository", 1)
    found = [entry for entry in entries(world) if entry.by == JANE]
    assert [entry.kind.value for entry in found] == [
        "held",
        "released",
        "unskipped",
        "check-requested",
        "rerun",
        "rebuild-requested",
        "emergency-requested",
    ]
    assert (found[0].by, found[0].reason) == (JANE, "why hold")


def test_an_act_that_the_state_has_too_is_shown_once(world: TimelineWorld) -> None:
    """With what only the state has: the digest, and the end of the hold; without the audit it is there too."""
    app = world.index.image("app")
    assert app is not None
    until = NOW + timedelta(days=1)
    skip = SkipDocument(digest("c"), "broken", JANE, NOW - 5 * MINUTE)
    hold = HoldDocument("freeze", JANE, NOW - 10 * MINUTE, until)
    world.index.replace([replace(app, skips=(skip,), hold=hold)], {})
    alone = [entry for entry in entries(world) if entry.by == JANE]
    world.act("skip", 5)
    world.act("hold", 10)
    world.act("hold", 60)
    both = [entry for entry in entries(world) if entry.by == JANE]
    assert both[:2] == alone
    assert [(entry.kind, entry.digest, entry.until) for entry in both] == [
        (EntryKind.SKIPPED, digest("c"), None),
        (EntryKind.HELD, None, until),
        (EntryKind.HELD, None, None),
    ]


def test_git_says_who_changed_the_enrollment(world: TimelineWorld) -> None:
    """In place of what state and audit have of the same; the line that changed is kept."""
    changed = replace(COMMIT, commit="d" * 40, at=NOW - MINUTE, by=JANE, added=False, changes=("- x",))
    gone = replace(changed, at=NOW - 40 * MINUTE, removed=True, changes=())
    world.entries.found = EntryHistory([changed, gone, COMMIT, replace(COMMIT, image="other")])
    world.act("change-image", 1)
    found = [entry for entry in entries(world) if entry.kind.value.startswith("enroll")]
    assert [(entry.kind.value, entry.by, entry.commit, entry.changes) for entry in found] == [
        ("enrollment-changed", JANE, "d" * 40, ("- x",)),
        ("enrollment-removed", JANE, "d" * 40, ()),
        ("enrolled", "joe", "c" * 40, ()),
    ]
    assert found[-1].reason == "Enroll app (images.yaml)"


def test_what_git_does_not_know_is_said(world: TimelineWorld) -> None:
    """The audit says who changed the enrollment then, and the reader waits no longer than it wants to."""
    world.entries.found = EntryHistory(reading=True)
    world.act("change-image", 1)
    found = world.index.outline("app")
    assert found is not None
    part = world.timelines.part(found, EVERYTHING, 1, 5, wait_seconds=0.25)
    assert part.enrollment.reading
    assert part.page.items[0].kind is EntryKind.ENROLLMENT_CHANGED
    assert world.entries.waited == [0.25]
    without = replace(world.timelines, entries=None).part(found, EVERYTHING, 1, 5, wait_seconds=0.25)
    assert "no checkout" in (without.enrollment.problem or "")


@pytest.mark.parametrize("size", [1, 2, 3, 5, 7, 100])
def test_pages_by_number_and_by_place_are_the_same_list(world: TimelineWorld, size: int) -> None:
    """Each entry is once on them, whatever they come from; the total counts all."""
    for minutes in (0, 1, 3000, 20000, 50000):
        world.act("check", minutes)
    image = world.index.outline("app")
    assert image is not None
    whole = entries(world)
    assert len(whole) == 12
    by_place: list[TimelineEntry] = []
    after: Place | None = None
    for number in range(1, 20):
        numbered = world.timelines.part(image, EVERYTHING, number, size, wait_seconds=0).page
        assert list(numbered.items) == whole[(number - 1) * size : number * size]
        assert numbered.total == 12
    while True:
        part = world.timelines.part(image, EVERYTHING, 1, size, after, wait_seconds=0).page
        by_place += part.items
        after = part.end
        if after is None:
            break
    assert by_place == whole
    assert list(world.timelines.every(image, EVERYTHING, wait_seconds=0)) == whole


def test_a_period_has_its_beginning_and_not_its_end(world: TimelineWorld) -> None:
    """For histories, acts and commits alike."""
    world.act("check", 0)
    world.entries.found = EntryHistory([COMMIT])
    day = timedelta(days=1)
    assert kinds(entries(world, HistoryFilter(since=NOW - day))) == [
        "check-requested app",
        "digest-changed app",
        "rebuild app",
    ]
    assert kinds(entries(world, HistoryFilter(until=NOW - 9 * day))) == ["enrolled app"]
    assert len(entries(world, HistoryFilter(since=NOW - 2 * day, until=NOW - day))) == 1


@pytest.mark.parametrize("name", ["", "rebuild app", "a b c d"])
def test_a_place_of_another_list_is_refused(world: TimelineWorld, name: str) -> None:
    """Also a time without a zone, and a text that is no time."""
    image = world.index.outline("app")
    assert image is not None
    for key, place in ((NOW.isoformat(), name), ("2026-01-01T00:00:00", "a b c"), ("later", "a b c")):
        with pytest.raises(ValueError, match=r"place|isoformat"):
            world.timelines.part(image, EVERYTHING, 1, 5, Place(key, place), wait_seconds=0)
