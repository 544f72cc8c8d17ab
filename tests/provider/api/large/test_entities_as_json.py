"""Tests of the entities as JSON."""

import json

import pytest

from provider.api.large import entities_as_json
from provider.api.large.entities_as_json import ConvertedFragments


def test_only_what_changed_is_converted_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """The list of a large catalog is made anew at each change; all other entities are kept as they were converted."""
    converted: list[str] = []
    convert = entities_as_json._as_json

    def counted(text: str) -> str:
        converted.append(text)
        return convert(text)

    monkeypatch.setattr(entities_as_json, "_as_json", counted)
    fragments = ConvertedFragments()
    before = "".join(fragments.as_items(["name: a\n", "name: b\n", "name: ä\n"]))
    converted.clear()

    after = "".join(fragments.as_items(["name: a\n", "name: b2\n", "name: d\n"]))

    assert json.loads(before) == {"items": [{"name": "a"}, {"name": "b"}, {"name": "ä"}]}
    assert json.loads(after) == {"items": [{"name": "a"}, {"name": "b2"}, {"name": "d"}]}
    assert converted == ["name: b2\n", "name: d\n"]


def test_no_entities_are_an_empty_list() -> None:
    """The document is valid without entities, and afterwards."""
    fragments = ConvertedFragments()

    assert json.loads("".join(fragments.as_items([]))) == {"items": []}
    assert json.loads("".join(fragments.as_items(["name: a\n"]))) == {"items": [{"name": "a"}]}
