"""Which images a bounded graph has."""

from hypothesis import given
from hypothesis import strategies as st

from provider.domain.graph.choosing import chosen


def test_everything_is_chosen_where_there_is_room() -> None:
    """The image first, then what it depends on, then what depends on it."""
    assert chosen("run", ["os", "scratch"], ["app"], 4) == ["run", "os", "scratch", "app"]


def test_what_the_image_depends_on_has_a_third_of_the_places() -> None:
    """Where both sides have more images than places."""
    names = chosen("run", [f"b{number}" for number in range(50)], [f"d{number}" for number in range(50)], 31)
    assert names == ["run", *(f"b{number}" for number in range(10)), *(f"d{number}" for number in range(20))]


def test_a_side_gets_the_places_that_the_other_does_not_need() -> None:
    """A base image depends on nothing, and a leaf has no dependents."""
    many = [f"x{number}" for number in range(50)]
    assert chosen("run", [], many, 11) == ["run", *many[:10]]
    assert chosen("run", many, ["app"], 11) == ["run", *many[:9], "app"]


@given(st.lists(st.integers(), unique=True), st.lists(st.integers(), unique=True), st.integers(1, 40))
def test_the_limit_holds(below: list[int], above: list[int], most: int) -> None:
    """Whatever the sides, no name is chosen twice, and no place stays empty without need."""
    names = chosen("run", [str(name) for name in below], [str(name) for name in above], most)
    assert names[0] == "run"
    assert len(set(names)) == len(names) <= most
    if not set(below) & set(above):
        assert len(names) == min(most, 1 + len(below) + len(above))
