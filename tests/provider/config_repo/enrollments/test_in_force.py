"""Which enrollments are in force."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provider.config_repo.enrollments.files import Enrollments, read_enrollments
from provider.config_repo.enrollments.in_force import in_force, too_many_removals
from provider.domain.enrollment import Document, Enrollment
from tests.provider.config_repo.entries import enrollment, entry

INVALID: dict[str, Any] = {"rebuildDelay": "7x"}


def read(*entries: object, team: str = "") -> Enrollments:
    """What the files say."""
    return read_enrollments(
        {"images.yaml": "".join(f"- {json.dumps(one)}\n" for one in entries), "images.d/team.yaml": team}
    )


def before(*enrollments: Enrollment) -> dict[str, Enrollment]:
    """What was in force."""
    return {enrollment.name: enrollment for enrollment in enrollments}


def test_what_is_valid_comes_into_force() -> None:
    """New, changed and removed entries are taken as the files say."""
    now = in_force(before(enrollment("gone"), enrollment("a")), read(entry("a", tag="edge"), entry("new")))

    assert now.enrollments == before(enrollment("a", tag="edge"), enrollment("new"))
    assert (now.kept, now.problems) == (frozenset(), ())


def test_an_entry_that_is_present_but_invalid_keeps_its_last_valid_version() -> None:
    """The problem is told, and the image is not removed."""
    was = before(enrollment("a"), enrollment("gone"))
    now = in_force(was, read(entry("a", **INVALID)))

    assert now.enrollments == before(enrollment("a"))
    assert now.kept == {"a"}
    assert [problem.name for problem in now.problems] == ["a"]


def test_an_invalid_entry_that_is_new_is_not_in_force() -> None:
    """There is no last valid version to keep."""
    assert in_force({}, read(entry("a", **INVALID))).enrollments == {}


@pytest.mark.parametrize(
    "now",
    [
        read(entry("b"), team="- ["),
        read(entry("b"), team="not a list"),
        read(entry("b"), {"nmae": "a", "registry": "ghcr.io", "repository": "acme/a"}),
        read(entry("b"), entry("A")),
        read(entry("b"), "text"),
    ],
)
def test_while_something_cannot_be_named_nothing_is_removed(now: Enrollments) -> None:
    """A broken file, or an entry without a name, could be about any image."""
    settled = in_force(before(enrollment("a")), now)

    assert settled.enrollments == before(enrollment("a"), enrollment("b"))
    assert settled.kept == {"a"}


def test_of_two_entries_with_a_name_the_one_in_force_stays() -> None:
    """Though the other comes first in the files."""
    now = in_force(before(enrollment("a")), read(entry("a", "acme/other"), entry("a")))

    assert now.enrollments == before(enrollment("a"))
    assert now.kept == frozenset()
    assert [(problem.line, problem.field) for problem in now.problems] == [(1, "name")]


def test_of_two_entries_with_a_name_the_one_of_the_same_image_stays() -> None:
    """The one in force is known by its reference when it was changed at the same time."""
    now = in_force(before(enrollment("a")), read(entry("a", "acme/other"), entry("a", autoRebuild=False)))

    assert now.enrollments == before(enrollment("a", autoRebuild=False))


def test_of_two_new_entries_with_a_name_the_first_is_taken() -> None:
    """File order decides where nothing is in force."""
    assert in_force({}, read(entry("a"), entry("a", "acme/other"))).enrollments == before(enrollment("a"))


def test_of_two_entries_of_one_image_the_one_in_force_stays() -> None:
    """A newcomer does not take an image by coming first in the files."""
    now = in_force(before(enrollment("b", "acme/x")), read(entry("a", "acme/x"), entry("b", "acme/x")))

    assert now.enrollments == before(enrollment("b", "acme/x"))
    assert [(problem.name, problem.field) for problem in now.problems] == [("a", "repository")]


def test_who_moves_to_an_image_that_is_taken_keeps_its_own() -> None:
    """The change is refused, not the image removed; and its own image is not free for a newcomer meanwhile."""
    was = before(enrollment("a"), enrollment("b"))
    now = in_force(was, read(entry("new", "acme/a"), entry("a", "acme/b"), entry("b")))

    assert now.enrollments == was
    assert now.kept == {"a"}
    assert [(problem.name, problem.field) for problem in now.problems] == [("new", "repository"), ("a", "repository")]


def test_two_images_may_swap_their_references() -> None:
    """Nothing is taken when both move."""
    now = in_force(before(enrollment("a"), enrollment("b")), read(entry("a", "acme/b"), entry("b", "acme/a")))

    assert now.enrollments == before(enrollment("a", "acme/b"), enrollment("b", "acme/a"))
    assert now.problems == ()


def test_a_valid_copy_does_not_replace_what_is_present_but_invalid() -> None:
    """Breaking an entry and adding another of its name changes nothing."""
    now = in_force(before(enrollment("a")), read(entry("a", "acme/evil"), entry("a", **INVALID)))

    assert now.enrollments == before(enrollment("a"))
    assert {problem.line for problem in now.problems} == {1, 2}


def test_a_rename_is_a_removal_and_an_addition() -> None:
    """The image is free as soon as its entry has another name."""
    now = in_force(before(enrollment("a")), read(entry("b", "acme/a")))

    assert now.enrollments == before(enrollment("b", "acme/a"))


NAMES = st.sampled_from(["a", "b", "c", "d"])
ENTRIES = st.builds(
    lambda name, repository, more: entry(name, f"acme/{repository}", **more),
    NAMES,
    NAMES,
    st.sampled_from([{}, {}, INVALID, {"autoRebuild": False}]),
)


@given(st.lists(st.lists(ENTRIES, max_size=6), min_size=1, max_size=4))
def test_no_history_removes_what_is_present_or_enrolls_an_image_twice(commits: list[list[Document]]) -> None:
    """Whatever is committed: names that are written stay, references are unique, and each passed over entry is told."""
    previous: dict[str, Enrollment] = {}
    for entries in commits:
        files = read(*entries)
        now = in_force(previous, files)
        references = [str(one.reference) for one in now.enrollments.values()]

        assert {one["name"] for one in entries} & previous.keys() <= now.enrollments.keys()
        assert now.enrollments.keys() <= {one["name"] for one in entries}
        assert len(set(references)) == len(references)
        taken = sum(now.enrollments[name] in [e.enrollment for e in files.entries] for name in now.enrollments)
        assert len(now.problems) >= len(entries) - taken
        previous = dict(now.enrollments)
    assert in_force(previous, files).enrollments == previous


@pytest.mark.parametrize(
    ("before_count", "removed", "needs"),
    [(100, 0, False), (100, 20, False), (100, 21, True), (5, 5, False), (6, 6, True), (30, 6, False), (29, 6, True)],
)
def test_only_many_too_many_removals(before_count: int, removed: int, needs: bool) -> None:
    """More than a fifth and more than five."""
    names = [f"image-{number}" for number in range(before_count)]

    assert too_many_removals(names, [*names[removed:], "new"]) is needs
