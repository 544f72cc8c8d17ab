"""Tests of what differs between two states of many images."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from provider.domain.planning.differences import Users, changed_names, changed_texts
from provider.domain.state import ImageState
from tests.provider.domain.samples import dependency, image

STATES = st.dictionaries(st.sampled_from("abcde"), st.sampled_from([object(), object(), object()]))
TEXTS = st.dictionaries(st.sampled_from("abcde"), st.sampled_from(["one", "two"]))
EDGES = st.dictionaries(st.sampled_from("abc"), st.sets(st.sampled_from(["node", "alpine", "go"])))


@given(STATES, STATES)
def test_names_with_another_object_are_changed(before: dict[str, object], after: dict[str, object]) -> None:
    """Also those that are new or gone."""
    expected = {name for name in before.keys() | after.keys() if before.get(name) is not after.get(name)}

    assert changed_names(before, after) == expected
    assert changed_names(before, before) == set()


@given(TEXTS, TEXTS)
def test_texts_are_compared_by_value(before: dict[str, str], after: dict[str, str]) -> None:
    """Errors are made anew in each step."""
    assert changed_texts(before, after) == {name for name in "abcde" if before.get(name) != after.get(name)}


@given(st.lists(EDGES))
def test_users_are_the_images_that_name_an_entity_now(steps: list[dict[str, set[str]]]) -> None:
    """Whatever they named before."""
    users = Users()
    for step in steps:
        images = {name: _state(name, named) for name, named in step.items()}
        users.note("abc", images)
        for entity in ("node", "alpine", "go"):
            assert users.of([entity]) == {name for name, named in step.items() if entity in named}


def _state(name: str, named: set[str]) -> ImageState:
    return image(name, *(replace(dependency(), name=each) for each in named))
