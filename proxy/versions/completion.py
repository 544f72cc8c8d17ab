"""Completes the rows of one page with digests, sizes and platforms from the registry."""

import dataclasses
import json
import re
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta

from catalog.platforms import without_os_version
from catalog.reference import Digest, ImageReference
from proxy.cache import Cache, Cached, CacheEntry, Confirmed, Fetched
from proxy.errors import NotFound, OutsideFailure
from proxy.ports import Manifest, Registry, Unchanged
from proxy.version_types import PlatformImage
from proxy.versions.listing import ListedTag
from proxy.versions.sizes import size_of_pull
from proxy.versions.sources import FRESH

MANIFEST_FRESH = timedelta(days=365)
"""The manifest of a digest never changes."""

AT_ONCE = 8
# A registry can send any text as a platform; texts that cannot be a platform's name are left out.
_PLATFORM = re.compile(r"[!-.0-~]{1,64}(/[!-.0-~]{1,64}){1,2}")


@dataclass(frozen=True, slots=True)
class Completed:
    """A row with everything that could be read.

    Attributes:
        row: the completed row.
        digest: the registry's answer for the tag; None if the list contained its digest.
        final: no request failed that could succeed soon.
    """

    row: ListedTag
    digest: Cached | None = None
    final: bool = True


class Completion:
    """Reads the details of tags from a registry; a row whose request fails stays as it is. Safe for threads."""

    def __init__(self, cache: Cache, registry: Registry) -> None:
        self._cache = cache
        self._registry = registry

    def complete(self, reference: ImageReference, rows: Iterable[ListedTag], *, refresh: bool) -> list[Completed]:
        """Complete the rows, several at once; they stay in their order."""
        wanted = list(rows)
        if all(row.digest and row.described for row in wanted):
            return [Completed(row) for row in wanted]
        with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="versions") as threads:
            return list(threads.map(lambda row: self._complete(reference, row, refresh=refresh), wanted))

    def _complete(self, reference: ImageReference, row: ListedTag, *, refresh: bool) -> Completed:
        if row.digest is None:
            tagged = dataclasses.replace(reference, tag=row.name, digest=None)
            try:
                kept = self._digest(tagged, refresh=refresh)
            except OutsideFailure as error:
                return Completed(row, final=_is_final(error))
            row = dataclasses.replace(row, digest=Digest(kept.body.decode()))
            return dataclasses.replace(self._described(reference, row), digest=kept)
        return self._described(reference, row)

    def _described(self, reference: ImageReference, row: ListedTag) -> Completed:
        if row.described or row.digest is None:
            return Completed(row)
        try:
            manifest = self._manifest(reference, row.digest)
        except OutsideFailure as error:
            return Completed(row, final=_is_final(error))
        if not manifest.is_index:
            return self._single(reference, row, manifest)
        named: dict[str, Digest] = {}
        for name, child in manifest.platforms.items():
            # An index has a child for each version of Windows; by convention the first is the newest.
            if _PLATFORM.fullmatch(plain := without_os_version(name)):
                named.setdefault(plain, child)
        children = [self._platform(reference, name, child) for name, child in named.items()]
        platforms = tuple(platform for platform, _ in children)
        completed = dataclasses.replace(row, size=size_of_pull(platforms), platforms=platforms)
        return Completed(completed, final=all(final for _, final in children))

    def _single(self, reference: ImageReference, row: ListedTag, manifest: Manifest) -> Completed:
        row = dataclasses.replace(row, size=manifest.size)
        try:
            name = self._named_platform(reference, manifest)
        except OutsideFailure as error:
            return Completed(row, final=_is_final(error))
        if not name:
            return Completed(row)
        platform = _parsed(name, manifest.digest, manifest.size)
        return Completed(dataclasses.replace(row, platforms=(platform,)))

    def _platform(self, reference: ImageReference, name: str, child: Digest) -> tuple[PlatformImage, bool]:
        """A child of an index, and whether its details are final; its size is None if it cannot be read."""
        platform = _parsed(name, child, None)
        try:
            return dataclasses.replace(platform, size=self._manifest(reference, child).size), True
        except OutsideFailure as error:
            return platform, _is_final(error)

    def _digest(self, tagged: ImageReference, *, refresh: bool) -> Cached:
        def fetch(entry: CacheEntry | None) -> Fetched | Confirmed:
            answer = self._registry.digest(tagged, Digest(entry.body.decode()) if entry else None)
            return Confirmed() if isinstance(answer, Unchanged) else Fetched(answer.encode(), FRESH)

        return self._cache.get(f"digest {tagged}", fetch, refresh=refresh)

    def _named_platform(self, reference: ImageReference, manifest: Manifest) -> str:
        configuration = manifest.configuration
        if configuration is None:
            return ""
        pinned = dataclasses.replace(reference, tag=None, digest=manifest.digest)

        def fetch(_: CacheEntry | None) -> Fetched:
            name = self._registry.platform(pinned, configuration) or ""
            return Fetched(name.encode() if _PLATFORM.fullmatch(name) else b"", MANIFEST_FRESH)

        return self._cache.get(f"platform {pinned}", fetch).body.decode()

    def _manifest(self, reference: ImageReference, digest: Digest) -> Manifest:
        pinned = dataclasses.replace(reference, tag=None, digest=digest)

        def fetch(_: CacheEntry | None) -> Fetched:
            return Fetched(_packed(self._registry.manifest(pinned)), MANIFEST_FRESH)

        return _unpacked(self._cache.get(f"manifest {pinned}", fetch).body, digest)


def _parsed(name: str, digest: Digest, size: int | None) -> PlatformImage:
    system, architecture, *variant = name.split("/", maxsplit=2)
    return PlatformImage(system, architecture, next(iter(variant), None), digest, size)


def _is_final(error: OutsideFailure) -> bool:
    """A manifest that does not exist will not appear; other failures may end soon."""
    return isinstance(error, NotFound)


def _packed(manifest: Manifest) -> bytes:
    """The parts of a manifest that versions need, without its layers."""
    parts = [manifest.media_type, manifest.size, dict(manifest.platforms), manifest.configuration]
    return json.dumps(parts, separators=(",", ":")).encode()


def _unpacked(body: bytes, digest: Digest) -> Manifest:
    media_type, size, platforms, configuration = json.loads(body)
    return Manifest(digest, media_type, size, platforms, configuration=configuration)
