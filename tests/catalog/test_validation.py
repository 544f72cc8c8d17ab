"""Tests of the validation of entities: invalid entities are reported and left out."""

from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.entity import entity
from catalog.validation import called, checked, problems
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


@pytest.mark.parametrize(
    ("path", "value", "problem"),
    [
        ("apiVersion", None, "apiVersion: nothing is unknown; write backstage.io/v1alpha1"),
        ("metadata.annotations", ["a"], "metadata.annotations: not a mapping"),
        ("metadata.annotations", {"a/b/c": "x"}, "metadata.annotations: 'a/b/c' is not a key"),
        ("metadata.labels", {"a/b/c": "x"}, "metadata.labels: 'a/b/c' is not a key"),
        ("metadata.labels", {7: "x", "b": "x:y"}, "metadata.labels.b: 'x:y' is not a label value"),
        ("metadata.links", "a", "metadata.links: not a list"),
        ("metadata.links", ["a"], "metadata.links[0].url: not a web address"),
        ("metadata.links", [{}], "metadata.links[0].url: not a web address"),
        ("metadata.links", [{"url": "https://a/", "title": ""}], "metadata.links[0].title: '' is not text"),
        ("metadata.links", [{"url": "https://a/", "icon": None}], "metadata.links[0].icon: nothing is not the name"),
        ("metadata.title", 7, "metadata.title: '7' is not text"),
        ("spec.type", 7, "spec.type: '7' is not a type"),
        ("spec.lifecycle", " ", "spec.lifecycle: ' ' is not text"),
        ("spec.dependsOn", "a:b", "spec.dependsOn: not a list"),
        ("spec.system", None, "spec.system: nothing is not a system"),
        ("spec.odd", [{"a": ["b", "\ud800"]}], "spec.odd[0].a[1]: '\\ud800' cannot be encoded as UTF-8"),
        ("spec.odd", ("\udfff",), "spec.odd[0]: '\\udfff' cannot be encoded as UTF-8"),
    ],
)
def test_only_the_problem_of_the_field_is_reported(path: str, value: object, problem: str) -> None:
    """There is one message, and it begins with the entity, the place and the value."""
    expected = f"resource:default/backstage: {problem}"

    assert [line[: len(expected)] for line in problems(spoiled(path, value))] == [expected]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("apiVersion", "backstage.io/v1beta1"),
        ("metadata.tags", ("ok",)),
        ("metadata.links", ({"url": "https://a/", "title": "A", "icon": "a"},)),
        ("metadata.labels", {"a": ""}),
        ("metadata.description", ""),
        ("metadata.namespace", "portal"),
        ("spec.dependsOn", ("resource:a",)),
        ("spec.odd", "\ud7ff\ue000"),
    ],
)
def test_what_backstage_accepts_is_no_problem(path: str, value: object) -> None:
    """Lists may be tuples, labels and descriptions may be empty, and unknown fields are not checked."""
    assert problems(spoiled(path, value)) == []


@pytest.mark.parametrize("field", ["metadata", "spec"])
def test_a_section_that_is_missing_is_reported(field: str) -> None:
    """An entity needs `metadata` and `spec`."""
    whole = {key: value for key, value in entity(managed()).items() if key != field}

    assert any(f": {field}: not a mapping" in line for line in problems(whole))


@pytest.mark.parametrize("field", ["metadata.title", "metadata.namespace", "spec.lifecycle", "spec.system"])
def test_fields_that_may_be_omitted_are_no_problem(field: str) -> None:
    """Only fields that are there are checked."""
    whole = spoiled(field, "x")
    section, key = field.split(".")
    del whole[section][key]

    assert problems(whole) == []


def test_an_entity_is_called_by_what_is_known_of_it() -> None:
    """Kind, namespace and name have a placeholder if they are missing or empty."""
    assert called({}) == "entity:default/?"
    assert called({"kind": "", "metadata": {"namespace": "", "name": ""}}) == "entity:default/?"
    assert called({"kind": "Resource", "metadata": {"namespace": "Team", "name": "a"}}) == "resource:Team/a"


def test_a_long_value_is_shortened() -> None:
    """80 characters are shown in full; of a longer text the first 80 are shown."""
    assert f"'{'A' * 80}'" in problems(spoiled("metadata.namespace", "A" * 80))[0]
    assert f"'{'A' * 80}...'" in problems(spoiled("metadata.namespace", "A" * 81))[0]
    assert called({"metadata": {"name": "a" * 99}}) == f"entity:default/{'a' * 65}..."
    assert f"annotations.{'a' * 80}...:" in "".join(problems(spoiled("metadata.annotations", {"a" * 81: 7})))
    assert f"labels.{'a' * 80}...:" in "".join(problems(spoiled("metadata.labels", {"a" * 81: ":"})))


def test_a_value_with_an_at_sign_is_not_shown() -> None:
    """It may be an address with a password."""
    assert "metadata.title: the value cannot be encoded" in problems(spoiled("metadata.title", "me:pw@a\ud800"))[0]


def test_each_key_and_each_item_is_checked() -> None:
    """All problems are found, with the place of each."""
    links = [{"url": "ftp://a"}, {"url": "https://a/"}, {"url": "ftp://b"}]
    lines = problems(spoiled("metadata.links", links)) + problems(spoiled("metadata.tags", ["A", "b", "C"]))

    assert [line.split(": ")[1] for line in lines] == [
        "metadata.links[0].url",
        "metadata.links[2].url",
        "metadata.tags[0]",
        "metadata.tags[2]",
    ]


def test_the_problems_of_all_invalid_entities_are_reported() -> None:
    """They are in the order of the entities."""
    first, second = spoiled("spec.owner", ""), spoiled("spec.type", "")

    assert checked([first, entity(base()), second]) == ([entity(base())], problems(first) + problems(second))
