"""Adds to rows what the registry's scanner found, where the registry's list does not have it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol, runtime_checkable

from catalog.reference import ImageReference
from proxy.version_types import Vulnerabilities
from proxy.versions.details.completion import Completed
from proxy.versions.listing import ListedTag


@runtime_checkable
class ScannedSource(Protocol):
    """A version source whose registry says for each image what its scanner found."""

    def scan(self, reference: ImageReference, row: ListedTag) -> tuple[Vulnerabilities | None, bool]:
        """What was found in a row's image, if that is known; and whether it is not being read now."""


def with_scans(source: object, reference: ImageReference, rows: Sequence[Completed]) -> list[Completed]:
    """The rows, with the scans that are known; rows of which more is being read stay as they are."""
    if not isinstance(source, ScannedSource):
        return list(rows)
    return [_scanned(source, reference, each) for each in rows]


def _scanned(source: ScannedSource, reference: ImageReference, completed: Completed) -> Completed:
    if completed.pending or completed.row.vulnerabilities is not None:
        return completed
    found, done = source.scan(reference, completed.row)
    return replace(completed, row=replace(completed.row, vulnerabilities=found), pending=not done)
