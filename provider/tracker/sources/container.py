"""Releases of container images: the tags in a registry that are versions."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import ClassVar, Self

from catalog.addresses import registry_page
from catalog.reference import ImageReference
from provider.adapter_parts import AdapterParts
from provider.tracker.decisions.kinds import RepositoryType
from provider.tracker.decisions.one_version import tags_to_read
from provider.tracker.decisions.outcomes import Found, UnchangedList
from provider.tracker.decisions.release import FoundRelease, ReleaseList
from provider.tracker.decisions.repository import Address
from provider.tracker.decisions.wanted import WantedVersions
from provider.tracker.sources.tag_lists import highest, is_release, memory_of
from proxy.errors import NotNow
from proxy.ports import Registry
from proxy.versions.tag_names import is_attachment

DIGESTS = 50
"""So many digests are asked for at a poll at most: of the highest versions that are new."""


class ContainerReleases:
    """Reads the list of tags at each poll, and digests of new versions only. Safe to use from many threads.

    A registry knows no conditional list, so the list itself is what is remembered, as a hash. It tells no dates either.
    A release's hash is the digest of its tag, not of its variants. Once a day those of the 50 highest versions are read
    again, because a tag can be moved.
    """

    type: ClassVar[RepositoryType] = RepositoryType.CONTAINER

    def __init__(self, registries: Registry) -> None:
        self._registries = registries

    @classmethod
    def of(cls, parts: AdapterParts) -> Self:
        """Asks registries within the budget that monitoring keeps to."""
        return cls(parts.registries)

    def poll(
        self,
        address: Address,
        *,
        wanted: WantedVersions,
        memory: str | None,
        known: Collection[str] = (),
        thorough: bool = True,
    ) -> Found | UnchangedList:
        """See the port. `hash` is None for all but the 50 highest new versions, and where the registry fails on one.

        Where it fails on one, the next poll asks again.
        """
        registry, _, repository = address.path.partition("/")
        image = ImageReference(registry, repository)
        tags = self._release_tags(image, wanted)
        now = memory_of(wanted, tags)
        if now == memory and not thorough:
            return UnchangedList()
        kept, plain = frozenset(known), tags_to_read(tags, wanted.tag_form)
        asked = highest((tag for tag in plain if tag not in kept), wanted.tag_form, DIGESTS)
        if thorough:
            asked += [tag for tag in highest(plain, wanted.tag_form, DIGESTS) if tag in kept]
        digests = self._digests(image, asked)
        page = registry_page(image)
        found = tuple(_release(tag, digests.get(tag), page) for tag in tags)
        return Found(None, found, now if len(digests) == len(asked) else None)

    def _release_tags(self, image: ImageReference, wanted: WantedVersions) -> list[str]:
        return sorted(
            {tag for tag in self._registries.tags(image) if not is_attachment(tag) and is_release(tag, wanted)}
        )

    def _digests(self, image: ImageReference, tags: Iterable[str]) -> Mapping[str, str]:
        found: dict[str, str] = {}
        for reference, looked in self._registries.check([(replace(image, tag=tag), None) for tag in tags]):
            match looked:
                case NotNow(retry_at=at) if at is not None:
                    raise looked
                case str() if reference.tag:
                    found[reference.tag] = looked
                case _:
                    # Gone since the list was read, or broken on its own: still a release, only without its digest.
                    continue
        return found


def _release(tag: str, digest: str | None, page: str | None) -> FoundRelease:
    return FoundRelease(tag, url=page, hash=digest, listed_in=ReleaseList.TAGS)
