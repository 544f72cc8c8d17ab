"""The table of registries."""

import importlib
import inspect
import pkgutil

from proxy import registries
from proxy.registries.oci import OciRegistry
from proxy.registries.table import REGISTRIES, RegistryFactory


def test_every_class_has_its_line() -> None:
    """Every module with a registry has a line in the table."""
    modules = [
        importlib.import_module(f"proxy.registries.{it.name}") for it in pkgutil.iter_modules(registries.__path__)
    ]
    classes: set[object] = {
        kind
        for module in modules
        for _, kind in inspect.getmembers(module, inspect.isclass)
        if kind.__module__ == module.__name__ and hasattr(kind, "serves") and kind is not RegistryFactory
    }

    assert classes == set(REGISTRIES)


def test_any_registry_stays_last() -> None:
    """The class for any registry is last, because no class after it would be used."""
    assert REGISTRIES[-1] is OciRegistry
    assert all(kind.serves("registry.example.com") is (kind is OciRegistry) for kind in REGISTRIES)
