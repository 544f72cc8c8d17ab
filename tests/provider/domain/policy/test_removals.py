"""Tests of the removals that wait for the word of an admin."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provider.domain.policy.removals import too_many, waiting_removals

FILES = ("images.yaml", "images.d/a.yaml", "images.d/b.yaml", "images.d/c.yaml")


def images(**counts: int) -> Mapping[str, str]:
    """So many images of each team's file, by name."""
    return {f"{team}-{number:02}": f"images.d/{team}.yaml" for team, count in counts.items() for number in range(count)}


def some(files: Mapping[str, str], **counts: int) -> list[str]:
    """The first images of each team's file."""
    of_team = {team: [name for name in sorted(files) if files[name] == f"images.d/{team}.yaml"] for team in counts}
    return [name for team, count in counts.items() for name in of_team[team][:count]]


@pytest.mark.parametrize(
    ("total", "removed", "waits"),
    [(100, 0, False), (100, 20, False), (100, 21, True), (5, 5, False), (6, 6, True), (30, 6, False), (29, 6, True)],
)
def test_too_many_are_more_than_a_fifth_and_more_than_five(total: int, removed: int, *, waits: bool) -> None:
    """Of the images of a file."""
    files = images(a=total)
    names = some(files, a=removed)

    assert too_many(removed, total) is waits
    assert waiting_removals(files, names) == ({"images.d/a.yaml": tuple(names)} if waits else {})


def test_the_mistake_of_one_team_stops_no_other_removal() -> None:
    """Its file waits as a whole, and the others lose what they want."""
    files = images(a=8, b=40, c=3)

    assert waiting_removals(files, some(files, a=8, b=8, c=1)) == {"images.d/a.yaml": tuple(some(files, a=8))}
    assert waiting_removals(files, some(files, b=9, c=3)) == {"images.d/b.yaml": tuple(some(files, b=9))}


def test_many_small_files_that_are_removed_together_wait() -> None:
    """None of them loses more than five; those that lose at most a fifth of their images go on."""
    files = images(a=4, b=3, c=30)
    names = some(files, a=4, b=3, c=2)

    assert waiting_removals(files, names) == {
        "images.d/a.yaml": tuple(some(files, a=4)),
        "images.d/b.yaml": tuple(some(files, b=3)),
    }
    assert waiting_removals(files, some(files, a=4, c=3)) == {}
    assert waiting_removals({**files, **images(d=20)}, names) == {}


def test_a_file_that_loses_exactly_a_fifth_is_not_among_the_small_ones() -> None:
    """It may go, although all removals together are too many."""
    files = images(a=5, b=3, c=4)

    assert waiting_removals(files, some(files, a=1, b=3, c=4)) == {
        "images.d/b.yaml": tuple(some(files, b=3)),
        "images.d/c.yaml": tuple(some(files, c=4)),
    }


@given(st.dictionaries(st.text("abcdefgh", min_size=1, max_size=3), st.sampled_from(FILES), max_size=60), st.data())
def test_what_goes_at_once_is_never_more_than_a_fifth_and_five(files: dict[str, str], data: st.DataObject) -> None:
    """Of each file too; a file waits as a whole or not at all."""
    removed = data.draw(st.lists(st.sampled_from(sorted(files)), unique=True)) if files else []
    waiting = waiting_removals(files, removed)

    going = [name for name in removed if files[name] not in waiting]
    assert not too_many(len(going), len(files))
    for file in FILES:
        lost = [name for name in removed if files[name] == file]
        assert waiting.get(file, tuple(sorted(lost))) == tuple(sorted(lost))
        if file not in waiting:
            assert not too_many(len(lost), sum(1 for each in files.values() if each == file))
