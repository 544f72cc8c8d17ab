"""The digest history of an image, newest first, as its pages show it. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from catalog.image import Image, UpdateDocument
from catalog.reference import Digest

FIRST_DIGESTS = 12
"""Digests on the page of an image."""

DIGESTS = 100
"""Digests of a page of its history."""


@dataclass(frozen=True, slots=True)
class DigestRow:
    """One digest that the tag pointed to.

    Attributes:
        update: when it was seen.
        current: whether the tag points to it now.
        baseline: whether it is the first one that is known.
        again: whether the tag pointed to it before, and to another one in between.
        built_from: how many images contain it.
    """

    update: UpdateDocument
    current: bool
    baseline: bool
    again: bool
    built_from: int


def shown_digests(image: Image, page: int, rows: int) -> list[UpdateDocument]:
    """The digests of a page, newest first."""
    return list(reversed(image.updates))[(page - 1) * rows : page * rows]


def digest_rows(image: Image, shown: Sequence[UpdateDocument], counts: Mapping[Digest, int]) -> list[DigestRow]:
    """The rows of these digests.

    Args:
        image: with its history.
        shown: digests of its history.
        counts: how many images contain each digest.
    """
    first = {update.digest: update for update in reversed(image.updates)}
    last = image.updates[-1] if image.updates else None
    return [
        DigestRow(
            update,
            current=update is last and update.last_seen is None,
            baseline=update is image.updates[0],
            again=update is not first[update.digest],
            built_from=counts.get(update.digest, 0),
        )
        for update in shown
    ]
