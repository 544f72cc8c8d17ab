"""The table of sources, and the router over it."""

import importlib
import inspect
import pkgutil

import pytest

from provider import sources
from provider.domain.enrollment import Source
from provider.sources.git import GitSource
from provider.sources.router import Sources
from provider.sources.table import SOURCES
from proxy.errors import NotFound
from proxy.http.addresses import AddressPolicy


def test_every_class_has_its_line() -> None:
    """Every module with a source has a line in the table."""
    names = [it.name for it in pkgutil.iter_modules(sources.__path__) if it.name != "table"]
    modules = [importlib.import_module(f"provider.sources.{name}") for name in names]
    classes: set[object] = {
        kind
        for module in modules
        for _, kind in inspect.getmembers(module, inspect.isclass)
        if kind.__module__ == module.__name__ and hasattr(kind, "files")
    }

    assert classes - {Sources} == set(SOURCES)


def test_an_unsupported_provider_has_no_file() -> None:
    """The message lists the supported ones."""
    with pytest.raises(NotFound, match="gitlab is not supported; supported: github, gitlab, git"):
        Sources([GitSource(AddressPolicy())]).files(Source("gitlab", "acme/portal"), ["Dockerfile"])
