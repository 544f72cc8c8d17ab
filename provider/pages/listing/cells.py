"""What the cells of the list show of an image. Pure."""

from dataclasses import dataclass
from datetime import datetime

from catalog.image import DependencyDocument, DependencyRole, Evidence, Image, Role, Status

_DIGITS = 12
_DEFAULTS = ("group:default/", "user:default/")
_DOUBTFUL = frozenset({Evidence.MISMATCH, Evidence.ASSUMED})
_PULLED = (DependencyRole.FINAL, DependencyRole.STAGE)
_WELL = frozenset({Status.UP_TO_DATE, Status.WATCHED})


@dataclass(frozen=True, slots=True)
class BuiltFromCell:
    """The base image that an image is built from, and its digest.

    Attributes:
        name: of the base image.
        reference: of the base image.
        digest: None where it is not known.
        since: when the digest became known; None where that is not known.
        doubtful: whether nothing proves that the image was built from the digest.
        others: the number of further images that the build pulls.
    """

    name: str
    reference: str
    digest: str | None
    since: datetime | None
    doubtful: bool
    others: int

    @property
    def short(self) -> str:
        """The first digits of the digest, without the algorithm; empty if it is not known."""
        return (self.digest or "").rpartition(":")[2][:_DIGITS]


def built_from(image: Image) -> BuiltFromCell | None:
    """The base of the target stage, else of another stage; None where the build pulls nothing from outside."""
    pulled = sorted(
        (each for each in image.dependencies if each.role in _PULLED), key=lambda each: _PULLED.index(each.role)
    )
    return _shown(pulled[0], len(pulled) - 1) if pulled else None


def _shown(dependency: DependencyDocument, others: int) -> BuiltFromCell:
    pinned = dependency.reference.partition("@")[2] or None
    doubtful = dependency.evidence in _DOUBTFUL
    digest, since = dependency.built_on or pinned, dependency.built_on_since
    return BuiltFromCell(dependency.name, dependency.reference, digest, since, doubtful, others)


def not_behind(image: Image) -> str:
    """What the list shows of an image for which no newer digest is known: that is proven only for `up-to-date`."""
    if image.role is Role.BASE or image.status is Status.WATCHED:
        return ""
    return "No" if image.status is Status.UP_TO_DATE else "Not known"


def is_well(image: Image) -> bool:
    """Whether the status says enough: then the list shows no reason."""
    return image.status in _WELL


def owner_label(owner: str) -> str:
    """The owner without the words that most owners have in common."""
    prefix = next((each for each in _DEFAULTS if owner.lower().startswith(each)), "")
    return owner[len(prefix) :]
