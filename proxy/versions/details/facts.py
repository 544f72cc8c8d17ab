"""Rows with what a manifest, a configuration and marks say, where the registry's list says nothing. Pure."""

import dataclasses
from collections.abc import Mapping

from proxy.ports import Configuration
from proxy.registries.documents.configurations import built_at
from proxy.version_types import Kind, Vulnerabilities
from proxy.versions.details.marks import Marks
from proxy.versions.listing import ListedTag


def with_labels(row: ListedTag, labels: Mapping[str, str]) -> ListedTag:
    """The row with the labels or annotations of its publisher, `org.opencontainers.image.*` without the prefix."""
    return dataclasses.replace(
        row,
        revision=row.revision or labels.get("revision"),
        source=row.source or labels.get("source"),
        version=row.version or labels.get("version"),
        built_at=row.built_at or built_at(labels.get("created")),
    )


def with_configuration(row: ListedTag, found: Configuration) -> ListedTag:
    """The row with what its configuration says."""
    return with_labels(dataclasses.replace(row, built_at=row.built_at or found.built_at), found.labels)


def with_marks(row: ListedTag, marks: Marks) -> ListedTag:
    """The row with these marks; the list of a registry may know only its own form of them."""
    pairs = ((row.signed, marks.signed), (row.sbom, marks.sbom), (row.provenance, marks.provenance))
    signed, sbom, provenance = (True if True in pair else False if False in pair else None for pair in pairs)
    return dataclasses.replace(row, signed=signed, sbom=sbom, provenance=provenance)


def kind_of(row: ListedTag) -> Kind | None:
    """What a row holds, as far as it shows it: a tag with platforms is an image."""
    return row.kind or ("image" if row.platforms else None)


def with_kind(row: ListedTag) -> ListedTag:
    """The row with its kind; a scanner reads nothing that is no image."""
    kind, vulnerabilities = kind_of(row), row.vulnerabilities
    if kind not in (None, "image"):
        vulnerabilities = vulnerabilities or Vulnerabilities(applicable=False)
    return dataclasses.replace(row, kind=kind, vulnerabilities=vulnerabilities)
