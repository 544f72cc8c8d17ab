"""In which order images need the attention of a person. Pure; it needs no clock."""

from collections.abc import Mapping
from datetime import datetime

from catalog.image import CRITICALITIES, Evidence, Image, Status
from catalog.times import rfc3339

_GROUPS: Mapping[Status, int] = {
    Status.FAILED: 0,
    Status.ERROR: 0,
    Status.UNKNOWN: 1,
    Status.UNVERIFIED: 1,
    Status.HELD: 2,
    Status.DUE: 3,
    Status.WAITING: 3,
    Status.REBUILDING: 4,
    Status.UP_TO_DATE: 5,
    Status.WATCHED: 6,
}
_MISMATCH = 0


def attention(image: Image) -> str:
    """A text to sort by: images with smaller texts need attention first.

    First images that failed, that have an error, or that were built from other digests than those that were passed;
    then those whose state is unknown or unverified, held ones, those that are due or wait, those that are being
    rebuilt, those that are up to date, and watched ones. In each of these groups more critical images come first; then
    those with the older problem, or of those that wait those that may go earlier.
    """
    return f"{_group(image)}{_criticality(image)}{_since(image)}"


def _group(image: Image) -> int:
    built_from_others = any(each.evidence is Evidence.MISMATCH for each in image.dependencies)
    return _MISMATCH if built_from_others and image.status is Status.UNVERIFIED else _GROUPS[image.status]


def _criticality(image: Image) -> int:
    return CRITICALITIES.index(image.criticality or "normal")


def _since(image: Image) -> str:
    """A time as a text that sorts like it; what is due goes before what waits."""
    if image.status is Status.DUE:
        return "0"
    at = image.next_eligible_at if image.status is Status.WAITING else _problem_began(image)
    return rfc3339(at) if at else "9999"


def _problem_began(image: Image) -> datetime | None:
    return image.last_error.at if image.last_error else None
