"""Tests of the enrollments that are in force."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provider.config_repo.enrollments.claims import Before
from provider.config_repo.enrollments.files import Enrollments, read_enrollments
from provider.config_repo.enrollments.in_force import in_force
from provider.domain.enrollment import Document, Enrollment
from tests.provider.config_repo.entries import enrollment, entry

B = "- {name: b, registry: ghcr.io, repository: acme/b}\n"
INVALID: dict[str, Any] = {"rebuildDelay": "7x"}


def read(*entries: object, team: str = "") -> Enrollments:
    """The enrollments in the files."""
    return read_enrollments(
        {"images.yaml": "".join(f"- {json.dumps(one)}\n" for one in entries), "images.d/team.yaml": team}
    )


def enrolled(*enrollments: Enrollment) -> dict[str, Enrollment]:
    """The enrollments that were in force."""
    return {enrollment.name: enrollment for enrollment in enrollments}


def was(*enrollments: Enrollment) -> Before:
    """The time before, with these enrollments in force."""
    return Before(enrolled(*enrollments))


def test_valid_entries_come_into_force() -> None:
    """New, changed and removed entries count as in the files."""
    now = in_force(was(enrollment("gone"), enrollment("a")), read(entry("a", tag="edge"), entry("new")))

    assert now.enrollments == enrolled(enrollment("a", tag="edge"), enrollment("new"))
    assert (now.kept, now.problems) == (frozenset(), ())


def test_an_entry_that_is_present_but_invalid_keeps_its_last_valid_version() -> None:
    """The problem is reported, and the image is not removed."""
    known = enrolled(enrollment("a"), enrollment("gone"))
    now = in_force(Before(known), read(entry("a", **INVALID)))

    assert now.enrollments == enrolled(enrollment("a"))
    assert now.kept == {"a"}
    assert [problem.name for problem in now.problems] == ["a"]


def test_a_new_invalid_entry_is_not_in_force() -> None:
    """There is no last valid version to keep."""
    assert in_force(Before({}), read(entry("a", **INVALID))).enrollments == {}


@pytest.mark.parametrize(
    "now",
    [
        read_enrollments({"images.yaml": "- [", "images.d/b.yaml": B}),
        read_enrollments({"images.yaml": "not a list", "images.d/b.yaml": B}),
        read_enrollments({"images.yml": "[]", "images.d/b.yaml": B}),
        read(entry("b"), {"nmae": "a", "registry": "ghcr.io", "repository": "acme/a"}),
        read(entry("b"), entry("A")),
        read(entry("b"), "text"),
    ],
)
def test_nothing_is_removed_while_a_name_cannot_be_read(now: Enrollments) -> None:
    """A broken file, or an entry without a name, may be about any image."""
    settled = in_force(was(enrollment("a")), now)

    assert settled.enrollments.keys() == {"a", "b"}
    assert settled.kept == {"a"}


def test_of_two_entries_with_a_name_the_one_in_force_stays() -> None:
    """It stays also when the other one is first in the files."""
    now = in_force(was(enrollment("a")), read(entry("a", "acme/other"), entry("a")))

    assert now.enrollments == enrolled(enrollment("a"))
    assert now.kept == frozenset()
    assert [(problem.line, problem.field) for problem in now.problems] == [(1, "name")]


def test_of_two_entries_with_a_name_the_one_of_the_same_image_stays() -> None:
    """When the entry in force was changed at the same time, its reference identifies it."""
    now = in_force(was(enrollment("a")), read(entry("a", "acme/other"), entry("a", autoRebuild=False)))

    assert now.enrollments == enrolled(enrollment("a", autoRebuild=False))


def test_of_two_new_entries_with_one_name_the_first_is_in_force() -> None:
    """The file order decides where neither was in force."""
    assert in_force(Before({}), read(entry("a"), entry("a", "acme/other"))).enrollments == enrolled(enrollment("a"))


def test_of_two_entries_of_one_image_the_one_in_force_stays() -> None:
    """A new entry does not take an image by being first in the files."""
    now = in_force(was(enrollment("b", "acme/x")), read(entry("a", "acme/x"), entry("b", "acme/x")))

    assert now.enrollments == enrolled(enrollment("b", "acme/x"))
    assert [(problem.name, problem.field) for problem in now.problems] == [("a", "repository")]


def test_an_entry_that_claims_a_taken_image_keeps_its_own() -> None:
    """The change is refused, the image is not removed, and a new entry cannot claim that image."""
    known = enrolled(enrollment("a"), enrollment("b"))
    now = in_force(Before(known), read(entry("new", "acme/a"), entry("a", "acme/b"), entry("b")))

    assert now.enrollments == known
    assert now.kept == {"a"}
    assert [(problem.name, problem.field) for problem in now.problems] == [("new", "repository"), ("a", "repository")]


def test_two_images_may_swap_their_references() -> None:
    """When both change, neither claims a taken reference."""
    now = in_force(was(enrollment("a"), enrollment("b")), read(entry("a", "acme/b"), entry("b", "acme/a")))

    assert now.enrollments == enrolled(enrollment("a", "acme/b"), enrollment("b", "acme/a"))
    assert now.problems == ()


def test_a_valid_copy_does_not_replace_an_invalid_entry() -> None:
    """An invalid change of an entry, with a new entry of the same name, changes nothing."""
    now = in_force(was(enrollment("a")), read(entry("a", "acme/evil"), entry("a", **INVALID)))

    assert now.enrollments == enrolled(enrollment("a"))
    assert {problem.line for problem in now.problems} == {1, 2}


def test_a_rename_is_a_removal_and_an_addition() -> None:
    """The image is free as soon as its entry has another name."""
    now = in_force(was(enrollment("a")), read(entry("b", "acme/a")))

    assert now.enrollments == enrolled(enrollment("b", "acme/a"))


NAMES = st.sampled_from(["a", "b", "c", "d"])
ENTRIES = st.builds(
    lambda name, repository, more: entry(name, f"acme/{repository}", **more),
    NAMES,
    NAMES,
    st.sampled_from([{}, {}, INVALID, {"autoRebuild": False}]),
)


@given(st.lists(st.lists(ENTRIES, max_size=6), min_size=1, max_size=4))
def test_no_history_removes_what_is_present_or_enrolls_an_image_twice(commits: list[list[Document]]) -> None:
    """After any commits, written names stay, references are unique, and each entry not in force has a problem."""
    previous: dict[str, Enrollment] = {}
    for entries in commits:
        files = read(*entries)
        now = in_force(Before(previous), files)
        references = [str(one.reference) for one in now.enrollments.values()]

        assert {one["name"] for one in entries} & previous.keys() <= now.enrollments.keys()
        assert now.enrollments.keys() <= {one["name"] for one in entries}
        assert len(set(references)) == len(references)
        taken = sum(now.enrollments[name] in [e.enrollment for e in files.entries] for name in now.enrollments)
        assert len(now.problems) >= len(entries) - taken
        previous = dict(now.enrollments)
    assert in_force(Before(previous), files).enrollments == previous
