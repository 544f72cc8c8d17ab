"""The references of all images and bases, kept from one snapshot to the next. Pure."""

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import TypeVar

from catalog.reference import ImageReference
from provider.domain.planning.differences import changed_names
from provider.domain.snapshot import Snapshot
from provider.domain.state import BaseState, ImageState

Found = TypeVar("Found", ImageState, BaseState)


class TrackedReferences:
    """Follows one snapshot after the other. One thread at a time uses it.

    Attributes:
        registries: that have managed images.
    """

    def __init__(self) -> None:
        self.registries: frozenset[str] = frozenset()
        self._images: dict[str, ImageReference] = {}
        self._bases: dict[str, ImageReference] = {}
        self._snapshot = Snapshot("", {}, {}, {})

    @property
    def managed(self) -> Collection[ImageReference]:
        """Those of the managed images."""
        return self._images.values()

    def named(self) -> Iterator[tuple[str, ImageReference]]:
        """Each name with its reference; managed images come first."""
        yield from self._images.items()
        yield from self._bases.items()

    def follow(self, snapshot: Snapshot) -> bool:
        """Follow a snapshot; returns whether a reference is new, gone or another one."""
        before, self._snapshot = self._snapshot, snapshot
        images = _followed(self._images, before.images, snapshot.images, lambda image: image.enrollment.reference)
        bases = _followed(self._bases, before.bases, snapshot.bases, lambda base: base.image.tagged)
        if images:
            self.registries = frozenset(reference.registry for reference in self._images.values())
        return images or bases


def _followed(
    known: dict[str, ImageReference],
    before: Mapping[str, Found],
    after: Mapping[str, Found],
    reference_of: Callable[[Found], ImageReference],
) -> bool:
    different = False
    for name in changed_names(before, after):
        state, was = after.get(name), known.get(name)
        now = reference_of(state) if state else None
        different |= now != was
        if now is None:
            known.pop(name, None)
        else:
            known[name] = now
    return different
