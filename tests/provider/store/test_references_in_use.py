"""Tests of the references that managed images are built from."""

from dataclasses import replace

import pytest
from sqlalchemy import Engine

from catalog.image import DependencyRole, Image
from provider.store import references_in_use
from provider.store.image_documents import image_of
from provider.store.images import SqlImageIndex
from provider.store.references_in_use import SqlReferencesInUse
from tests.provider.store.samples import base, managed


def test_references_of_managed_images_are_read(engine: Engine) -> None:
    """Without those that only unused stages name; base images have none."""
    app = managed("app", "node", "alpine")
    unused = replace(app.dependencies[1], role=DependencyRole.UNUSED)
    app = replace(app, dependencies=(app.dependencies[0], unused))
    SqlImageIndex(engine).replace([app, managed("web", "node"), base("node"), base("alpine")], {})

    node = ("docker.io/library/node:latest",)
    assert SqlReferencesInUse(engine).by_image() == {"app": node, "web": node}


def test_only_documents_that_changed_are_read_again(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is gone is forgotten."""
    index, references = SqlImageIndex(engine), SqlReferencesInUse(engine)
    index.replace([managed("app", "node"), managed("web", "node"), base("node")], {})
    first = references.by_image()
    read: list[str] = []

    def noted(text: str) -> Image:
        read.append(text)
        return image_of(text)

    monkeypatch.setattr(references_in_use, "image_of", noted)
    assert (references.by_image(), read) == (first, [])

    index.replace([managed("app", "alpine"), base("alpine")], {})
    assert references.by_image() == {"app": ("docker.io/library/alpine:latest",)}
    assert len(read) == 1
