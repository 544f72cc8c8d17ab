"""The parts of a row: what a registry says of a tag and of digests, each cached."""

import dataclasses
from collections.abc import Sequence
from datetime import timedelta

from catalog.reference import Digest, ImageReference
from proxy.cache import Cache, CacheEntry, Confirmed, Fetched
from proxy.errors import Garbage, KeptBack
from proxy.ports import Configuration, Manifest, Referrer, Registry, Unchanged
from proxy.versions.details.look import Look
from proxy.versions.details.packing import (
    pack_configuration,
    pack_manifest,
    pack_referrers,
    unpack_configuration,
    unpack_manifest,
    unpack_referrers,
)
from proxy.versions.sources import FRESH

MANIFEST_FRESH = timedelta(days=365)
"""The manifest of a digest never changes."""

REFERRERS_FRESH = timedelta(hours=1)
"""How long a list of signatures and other artifacts about an image is used: one can be added at any time."""


class RowParts:
    """Reads parts with one look each; None where a part is not known. Safe to use from many threads."""

    def __init__(self, cache: Cache, registry: Registry) -> None:
        self._cache = cache
        self._registry = registry

    def digest(
        self,
        look: Look,
        tagged: ImageReference,
        *,
        refresh: bool = False,
        wanted: bool = True,
        alone: bool = False,
    ) -> Digest | None:
        """The digest of a tag. The first time, one request reads the manifest too, unless it is wanted alone."""

        def fetch(entry: CacheEntry | None) -> Fetched | Confirmed:
            if entry is None and not alone:
                return Fetched(self._first(tagged).encode(), FRESH)
            answer = self._registry.digest(tagged, Digest(entry.body.decode()) if entry else None)
            return Confirmed() if isinstance(answer, Unchanged) else Fetched(answer.encode(), FRESH)

        found = look.at(f"digest {tagged}", fetch, wanted=wanted, refresh=refresh)
        return Digest(found.decode()) if found else None

    def manifest(self, look: Look, pinned: ImageReference, *, wanted: bool = True) -> Manifest | None:
        """The manifest of a digest."""

        def fetch(_: CacheEntry | None) -> Fetched:
            return Fetched(pack_manifest(self._registry.manifest(pinned)), MANIFEST_FRESH)

        found = look.at(_manifest_key(pinned), fetch, wanted=wanted)
        return unpack_manifest(found, Digest(str(pinned.digest))) if found else None

    def configuration(
        self, look: Look, pinned: ImageReference, named: Digest | None, *, wanted: bool = True
    ) -> Configuration | None:
        """The configuration of a manifest.

        Args:
            look: where it is looked for.
            pinned: the manifest.
            named: the digest of its configuration; None: it is only used if it is cached.
            wanted: see `Look`.
        """

        def fetch(_: CacheEntry | None) -> Fetched:
            if named is None:
                raise Garbage(f"{pinned}: the manifest names no configuration")
            return Fetched(pack_configuration(self._registry.configuration(pinned, named)), MANIFEST_FRESH)

        found = look.at(f"configuration {pinned}", fetch, wanted=wanted and named is not None)
        return unpack_configuration(found) if found else None

    def referrers(self, look: Look, pinned: ImageReference, *, wanted: bool) -> Sequence[Referrer] | None:
        """The artifacts that refer to a digest."""

        def fetch(_: CacheEntry | None) -> Fetched:
            return Fetched(pack_referrers(self._registry.referrers(pinned)), REFERRERS_FRESH)

        found = look.at(f"referrers {pinned}", fetch, wanted=wanted)
        return unpack_referrers(found) if found else None

    def _first(self, tagged: ImageReference) -> Digest:
        """The digest of a tag that was never read; its manifest is cached too."""
        try:
            manifest = self._registry.manifest(tagged)
        except (Garbage, KeptBack):
            # A document that cannot be read has a digest too, and a limit for manifests holds back no HEAD.
            answer = self._registry.digest(tagged)
            if isinstance(answer, Unchanged):
                raise
            return answer
        pinned = dataclasses.replace(tagged, tag=None, digest=manifest.digest)
        self._cache.get(_manifest_key(pinned), lambda _: Fetched(pack_manifest(manifest), MANIFEST_FRESH))
        return manifest.digest


def _manifest_key(pinned: ImageReference) -> str:
    # The number is that of the form in `packing.py`.
    return f"manifest 3 {pinned}"
