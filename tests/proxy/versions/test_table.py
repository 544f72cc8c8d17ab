"""The table of version sources."""

import importlib
import inspect
import pkgutil

import pytest

from proxy.versions import kinds
from proxy.versions.kinds.docker_hub import DockerHubTags
from proxy.versions.kinds.ghcr import GitHubPackages
from proxy.versions.kinds.oci import RegistryTags
from proxy.versions.kinds.quay import QuayTags
from proxy.versions.sources import VersionSourceKind
from proxy.versions.table import PRODUCTS, VERSION_SOURCES


def test_every_class_has_its_line() -> None:
    """Every module with a source has a line in one of the tables."""
    modules = [
        importlib.import_module(f"proxy.versions.kinds.{it.name}") for it in pkgutil.iter_modules(kinds.__path__)
    ]
    classes: set[object] = {
        kind
        for module in modules
        for _, kind in inspect.getmembers(module, inspect.isclass)
        if kind.__module__ == module.__name__ and (hasattr(kind, "serves") or hasattr(kind, "recognises"))
    }

    assert classes == {*VERSION_SOURCES, *PRODUCTS}


@pytest.mark.parametrize(
    ("host", "kind"),
    [
        ("docker.io", DockerHubTags),
        ("ghcr.io", GitHubPackages),
        ("quay.io", QuayTags),
        ("quay.io.example.com", RegistryTags),
        ("ghcr.io.example.com", RegistryTags),
        ("127.0.0.1:5000", RegistryTags),
    ],
)
def test_each_host_has_its_source(host: str, kind: VersionSourceKind) -> None:
    """The first source that serves the host is used; the one for any registry is last."""
    assert next(each for each in VERSION_SOURCES if each.serves(host)) is kind
    assert VERSION_SOURCES[-1] is RegistryTags
