"""The lines of the list of images as CSV."""

from collections.abc import Callable, Mapping
from datetime import datetime

from catalog.image import DependencyDocument, Image
from catalog.times import rfc3339

_COLUMNS: Mapping[str, Callable[[Image], object]] = {
    "name": lambda image: image.name,
    "status": lambda image: image.status.value,
    "reason": lambda image: image.reason,
    "behindSince": lambda image: image.behind_since,
    "role": lambda image: image.role.value,
    "reference": lambda image: str(image.reference),
    "owner": lambda image: image.owner,
    "criticality": lambda image: image.criticality,
    "digest": lambda image: image.digest,
    "digestSince": lambda image: image.digest_since,
    "lastUpdated": lambda image: image.last_updated,
    "lastBuilt": lambda image: image.last_built,
    "nextEligibleAt": lambda image: image.next_eligible_at,
    "builtFrom": lambda image: "; ".join(map(_built_from, image.dependencies)),
    "title": lambda image: image.title,
}
COLUMNS = tuple(_COLUMNS)
"""The columns, from left to right, named like the fields of the API."""


def row_of_image(image: Image) -> Mapping[str, object]:
    """The values of the columns; times in RFC 3339."""
    return {name: _text(value(image)) for name, value in _COLUMNS.items()}


def _text(value: object) -> object:
    return rfc3339(value) if isinstance(value, datetime) else value


def _built_from(dependency: DependencyDocument) -> str:
    """`docker.io/library/node:22 sha256:... (verified)`."""
    known = f"{dependency.built_on} ({dependency.evidence})" if dependency.built_on else "unknown"
    return f"{dependency.reference} {known}"
