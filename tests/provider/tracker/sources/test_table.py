"""Tests of the table of release sources."""

import importlib
import inspect
import pkgutil

from provider.tracker import sources as release_sources
from provider.tracker.decisions.kinds import RepositoryType
from provider.tracker.sources.table import RELEASE_SOURCES


def test_every_source_is_in_the_table() -> None:
    """Every module with a source is in the table."""
    found = [it for it in pkgutil.iter_modules(release_sources.__path__) if it.name != "table"]
    modules = [importlib.import_module(f"provider.tracker.sources.{it.name}") for it in found]
    classes: set[object] = {
        kind
        for module in modules
        for name, kind in inspect.getmembers(module, inspect.isclass)
        if kind.__module__ == module.__name__ and hasattr(kind, "poll") and not name.startswith("_")
    }

    assert classes == set(RELEASE_SOURCES)


def test_every_type_has_one_source() -> None:
    """The sources are in the order of the types."""
    served: list[object] = [source.type for source in RELEASE_SOURCES]

    assert served == list(RepositoryType)
