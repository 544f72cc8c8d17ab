"""The versions that another API of a registry lists, or the registry's own list where that API fails."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import chain

from catalog.reference import Digest, ImageReference
from proxy.cache import CacheEntry, Fetched
from proxy.errors import OutsideFailure
from proxy.versions.apis.packing import pack, unpack_with_sizes
from proxy.versions.apis.patient_reads import PatientReads
from proxy.versions.kinds.oci import RegistryTags
from proxy.versions.listing import Listed, ListedTag, Listing, listing_of
from proxy.versions.memo import Memo, weight_of
from proxy.versions.sources import FRESH, Upstreams
from proxy.versions.tag_names import is_tag

REFUSAL_FRESH = timedelta(hours=1)
"""How long an API that refuses, or does not know a repository, is not asked again about it."""

_BY_REGISTRY = b""
# The first byte of other cached bodies: the order of the list.
_PUBLISHED, _VERSION = b"p", b"v"


@dataclass(frozen=True, slots=True)
class ApiTags:
    """Tags from an API; if these are not all, the others come from the registry's own list.

    Attributes:
        sizes: of manifests without tags, such as the platforms of an index, as far as the API has them.
    """

    tags: tuple[ListedTag, ...]
    complete: bool
    sizes: Mapping[Digest, int] = field(default_factory=dict)


class ApiListing:
    """Lists versions by one API. Safe to use from many threads.

    Args:
        name: of the API, for the cache.
        upstreams: the cache, and the registry for its own list.
        by_registry: lists versions where the API fails.
        read: reads the tags of a repository; raises OutsideFailure.
    """

    def __init__(
        self, name: str, upstreams: Upstreams, by_registry: RegistryTags, read: Callable[[ImageReference], ApiTags]
    ) -> None:
        self._name = name
        self._reads = PatientReads(upstreams)
        self._by_registry = by_registry
        self._read = read
        self._listings: Memo[Listing] = Memo(weight_of)

    def listed(self, reference: ImageReference, *, refresh: bool) -> Listed:
        """All versions; while the API takes long, those of the registry's own list, which are not complete.

        Raises:
            OutsideFailure: the API fails, and the registry's own list too.
        """
        key = f"{self._name} {reference.image}"
        kept = self._reads.get(reference.registry, key, lambda entry: self._fetch(reference, entry), refresh=refresh)
        if kept is None:
            return replace(self._by_registry.listed(reference, refresh=refresh), complete=False)
        if kept.body == _BY_REGISTRY:
            return self._by_registry.listed(reference, refresh=refresh)
        listing = self._listings.get(reference.image, [kept.body], lambda: _listing(kept.body))
        return Listed(listing, kept.fetched_at, kept.stale)

    def _fetch(self, reference: ImageReference, entry: CacheEntry | None) -> Fetched:
        try:
            found = self._read(reference)
            others = () if found.complete else self._by_registry.names(reference, refresh=False)[0]
        except OutsideFailure as failure:
            if failure.transient and entry is not None and entry.body != _BY_REGISTRY:
                # The old list with its dates is better for a short time.
                raise
            return Fetched(_BY_REGISTRY, FRESH if failure.transient else REFUSAL_FRESH)
        order = _PUBLISHED if all(tag.published_at for tag in found.tags) else _VERSION
        return Fetched(order + pack(_once(chain(found.tags, map(ListedTag, others))), found.sizes), FRESH)


def _once(tags: Iterable[ListedTag]) -> Iterable[ListedTag]:
    """Each valid tag once: lists that change while they are read repeat some."""
    return {tag.name: tag for tag in reversed(list(tags)) if is_tag(tag.name)}.values()


def _listing(body: bytes) -> Listing:
    tags, sizes = unpack_with_sizes(body[1:])
    return listing_of(tags, "published" if body[:1] == _PUBLISHED else "version", sizes)
