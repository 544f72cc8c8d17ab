"""The table of build systems."""

import importlib
import inspect
import pkgutil

from provider import builds
from provider.builds.described_only import DescribedBuilds
from provider.builds.router import BuildSystems
from provider.builds.table import BUILD_SYSTEMS


def test_every_class_has_its_line() -> None:
    """Every module with a build system has a line in the table."""
    names = [it.name for it in pkgutil.iter_modules(builds.__path__) if it.name != "table"]
    modules = [importlib.import_module(f"provider.builds.{name}") for name in names]
    classes: set[object] = {
        kind
        for module in modules
        for _, kind in inspect.getmembers(module, inspect.isclass)
        if kind.__module__ == module.__name__ and hasattr(kind, "dispatch") and hasattr(kind, "find")
    }

    assert classes - {BuildSystems, DescribedBuilds} == set(BUILD_SYSTEMS)


def test_names_are_unique() -> None:
    """The router uses only one build system for each name."""
    names = [kind.system for kind in BUILD_SYSTEMS]
    assert len(names) == len(set(names))
