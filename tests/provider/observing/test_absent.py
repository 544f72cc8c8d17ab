"""A package that is absent in a block cannot be imported there, and as before afterwards."""

import sys
from importlib import import_module

import pytest

from provider.observing.absent import absent


def test_a_package_that_was_not_imported_is_absent_in_the_block_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """The block is a library that goes on without it."""
    monkeypatch.delitem(sys.modules, "this", raising=False)
    with absent("this"):
        with pytest.raises(ImportError):
            import_module("this")
        assert sys.modules["this"] is None
    assert "this" not in sys.modules


def test_a_package_that_is_in_use_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """What has it keeps it."""
    with absent("json"):
        json = import_module("json")
    assert sys.modules["json"] is json


def test_an_error_in_the_block_changes_nothing_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """The package can be imported afterwards."""
    monkeypatch.delitem(sys.modules, "this", raising=False)
    with pytest.raises(ValueError, match="in the block"), absent("this"):
        raise ValueError("in the block")
    assert "this" not in sys.modules
