"""The keys of state files."""

import dataclasses

import pytest

from provider.config_repo.state.keys import DERIVED, ORDER, key_of
from provider.domain.ledger import BuiltOn
from provider.domain.state import DependencyState


@pytest.mark.parametrize("kind", ORDER, ids=lambda kind: kind.__name__)
def test_every_field_has_its_place_in_the_file(kind: type) -> None:
    """A field that is added to a class and not here would not be written; what is not compared is not stored."""
    keys = {key_of(kind, field.name) for field in dataclasses.fields(kind) if field.compare}
    inline = set(ORDER[BuiltOn]) if kind is DependencyState else set()

    assert keys | inline | set(DERIVED.get(kind, ())) == set(ORDER[kind])


def test_a_key_is_the_fields_name_in_camel_case() -> None:
    """Unless the field names its own key."""
    assert key_of(DependencyState, "built_on") == "builtOn"
    assert key_of(DependencyState, "image") == "reference"
