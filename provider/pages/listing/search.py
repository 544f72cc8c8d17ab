"""What a person means with the text in the search field of the list. Pure.

One field takes a digest, a reference, the name of an image, an owner, a vulnerability, or any part of a name. The page
says which meaning it took, and offers the plain search for the same text.
"""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from catalog.reference import ImageReference, InvalidReference, digest_beginning
from provider.ports import ImageFilter

_CVE = re.compile(r"CVE-\d{4}-\d{4,19}", re.ASCII | re.IGNORECASE)


class SearchKind(StrEnum):
    """What a text was taken for."""

    DIGEST = "digest"
    CVE = "cve"
    OWNER = "owner"
    REFERENCE = "reference"
    REPOSITORY = "repository"
    NAME = "uses"
    TEXT = "q"


THROUGH = frozenset({SearchKind.DIGEST, SearchKind.REFERENCE, SearchKind.REPOSITORY, SearchKind.NAME})
"""The kinds that find what is built from something: directly, or through other images too."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a text was taken for, and the value to search for: a digest, its beginning, a reference, a name, a text."""

    kind: SearchKind
    value: str

    @property
    def goes_through(self) -> bool:
        """Whether the search can go through other images."""
        return self.kind in THROUGH

    @property
    def parameters(self) -> Mapping[str, str]:
        """The query parameter of `GET /api/v1/images` with the same meaning."""
        return {"reference" if self.kind is SearchKind.REPOSITORY else self.kind.value: self.value}

    def applied(self, wanted: ImageFilter) -> ImageFilter:
        """The filter that finds it; an owner is no part of it, since other filters name owners too."""
        match self.kind:
            case SearchKind.DIGEST:
                return replace(wanted, digest=self.value)
            case SearchKind.CVE:
                return replace(wanted, cve=self.value)
            case SearchKind.REFERENCE | SearchKind.REPOSITORY:
                return replace(wanted, reference=ImageReference.parse(self.value))
            case SearchKind.NAME:
                return replace(wanted, uses=self.value)
            case SearchKind.TEXT:
                return replace(wanted, query=self.value)
            case SearchKind.OWNER:
                return wanted


def meaning_of(text: str, owners: Collection[str], is_base: Callable[[str], bool]) -> Meaning:
    """The meaning of a text, which is not empty.

    Args:
        text: without spaces around it.
        owners: of all images.
        is_base: whether images depend on the image with this name.
    """
    if digest := digest_beginning(text.rpartition("@")[2]):
        return Meaning(SearchKind.DIGEST, digest)
    if _CVE.fullmatch(text):
        return Meaning(SearchKind.CVE, text.upper())
    if owner := _owner(text, owners, whole=True):
        return Meaning(SearchKind.OWNER, owner)
    if reference := _reference(text):
        return reference
    if is_base(text):
        return Meaning(SearchKind.NAME, text)
    if owner := _owner(text, owners, whole=False):
        return Meaning(SearchKind.OWNER, owner)
    return as_text(text)


def as_text(text: str) -> Meaning:
    """The plain search."""
    return Meaning(SearchKind.TEXT, text)


def _owner(text: str, owners: Collection[str], *, whole: bool) -> str | None:
    """The owner with this reference, or with this name, in any case."""
    wanted = text.casefold()
    names = ((owner, owner if whole else owner.rpartition("/")[2]) for owner in sorted(owners))
    return next((owner for owner, name in names if name.casefold() == wanted), None)


def _reference(text: str) -> Meaning | None:
    """A reference with a tag, or a repository with its registry; a path alone is a part of a name."""
    try:
        found = ImageReference.parse(text)
    except InvalidReference:
        return None
    if found.tag:
        return Meaning(SearchKind.REFERENCE, str(found))
    host = text.partition("/")[0]
    written = "/" in text and ("." in host or ":" in host or host == "localhost")
    return Meaning(SearchKind.REPOSITORY, found.image) if written else None
