"""Tests of the validation of entities: invalid entities are reported and left out."""

from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.entity import entity
from catalog.validation import checked, problems
from tests.catalog.sample_images import base, managed

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda each: st.lists(each, max_size=3) | st.dictionaries(st.text(max_size=5), each, max_size=3),
    max_leaves=8,
)


def spoiled(path: str, value: object) -> dict[str, Any]:
    """A valid entity with another value at one place."""
    whole: dict[str, Any] = deepcopy(entity(managed()))
    section = whole
    *parents, key = path.split(".")
    for parent in parents:
        section = section[parent]
    section[key] = value
    return whole


@pytest.mark.parametrize(
    ("path", "value", "problem"),
    [
        ("apiVersion", "v1", "apiVersion: 'v1' is unknown"),
        ("kind", "Component", "kind: 'Component' is not Resource"),
        ("spec", None, "spec: not a mapping"),
        ("metadata.name", "a_", "metadata.name: 'a_' is not a name"),
        ("metadata.namespace", "A", "metadata.namespace: 'A' is not"),
        ("metadata.title", " ", "metadata.title: ' ' is not text"),
        ("metadata.description", 7, "metadata.description: '7' is not text"),
        ("metadata.annotations", {"a/b/c": "x"}, "metadata.annotations: 'a/b/c' is not a key"),
        ("metadata.annotations", {"a": 7}, "metadata.annotations.a: '7' is not text"),
        ("metadata.labels", {"a": "x:y"}, "metadata.labels.a: 'x:y' is not a label value"),
        ("metadata.labels", ["a"], "metadata.labels: not a mapping"),
        ("metadata.tags", ["ok", "No"], "metadata.tags[1]: 'No' is not a tag"),
        ("metadata.tags", "ok", "metadata.tags: not a list"),
        ("metadata.links", [{"url": "ftp://a/b"}], "metadata.links[0].url: not a web address"),
        ("metadata.links", [{"url": "https://a/", "icon": "a b"}], "metadata.links[0].icon: 'a b'"),
        ("spec.type", "", "spec.type: '' is not a type"),
        ("spec.owner", None, "spec.owner: nothing is not an owner"),
        ("spec.owner", "a:b:c", "spec.owner: 'a:b:c' is not an owner"),
        ("spec.system", "a/b/c", "spec.system: 'a/b/c' is not a system"),
        ("spec.dependsOn", ["node-22"], "spec.dependsOn[0]: 'node-22' is not a reference"),
        ("metadata.title", "half \ud83d", "metadata.title: 'half \\ud83d' cannot be encoded as UTF-8"),
    ],
)
def test_each_problem_is_reported(path: str, value: object, problem: str) -> None:
    """The message begins with the entity, and has the field and its value."""
    found = problems(spoiled(path, value))

    assert any(problem in line for line in found), found
    assert all(":default/" in line or ":A/" in line for line in found)


def test_an_address_with_a_password_is_not_repeated() -> None:
    """The message is shown in logs and on pages."""
    found = problems(spoiled("metadata.links", [{"url": "https://me:hunter2@example.org/"}]))

    assert len(found) == 1
    assert "hunter2" not in found[0]


def test_an_invalid_entity_does_not_affect_others() -> None:
    """Valid entities are written in order; an invalid one does not reserve its name."""
    right, other = entity(managed()), entity(base())
    wrong = spoiled("spec.owner", "")

    valid, found = checked([wrong, right, other])

    assert valid == [right, other]
    assert found == problems(wrong)


def test_of_two_entities_with_one_name_the_first_is_used() -> None:
    """Backstage compares names in lower case, and would silently use the last one."""
    first, second = entity(replace(managed(), name="portal")), entity(replace(base(), name="Portal"))

    valid, found = checked([first, second])

    assert valid == [first]
    assert len(found) == 1
    assert "resource:default/Portal: metadata.name: resource:default/portal already has this name" in found[0]


@given(st.dictionaries(st.sampled_from(["apiVersion", "kind", "metadata", "spec"]), JSON))
def test_any_mapping_is_validated_without_an_exception(odd: dict[str, object]) -> None:
    """A mapping that is no entity has problems, and no exception is raised."""
    assert problems(odd)
