"""Composes one row from its parts: what its manifest, its configuration and its referrers say."""

import dataclasses
from collections.abc import Collection, Mapping

from catalog.reference import Digest, ImageReference
from proxy.ports import SCHEMA_1_TYPES, Manifest
from proxy.registries.docker_hub import DockerHub
from proxy.version_types import PlatformImage
from proxy.versions.details.facts import with_configuration, with_kind, with_labels, with_marks
from proxy.versions.details.look import Look
from proxy.versions.details.marks import Statements, marks_of
from proxy.versions.details.parts import RowParts
from proxy.versions.details.platforms import platform_of, platforms_of
from proxy.versions.listing import ListedTag
from proxy.versions.sizes import size_of_pull, usual_platform
from proxy.versions.tag_names import attachments_of

# Hostile indexes have thousands of children.
_MOST_PLATFORMS = 64
_OLD = "an old schema 1 image, whose manifest names no sizes"


class Rows:
    """Composes rows. What the registry's list says of a tag is used before what its manifest says. Safe for threads."""

    def __init__(self, parts: RowParts) -> None:
        self._parts = parts

    def composed(
        self,
        reference: ImageReference,
        row: ListedTag,
        look: Look,
        attached: Collection[str],
        sizes: Mapping[Digest, int],
        *,
        opened: bool,
    ) -> ListedTag:
        """The row with everything that this look finds.

        Args:
            reference: the repository.
            row: with its digest, if that is known.
            look: finds the parts.
            attached: suffixes of cosign's tags for this digest.
            sizes: of platforms, as far as the registry's list contains them.
            opened: also look for what costs further requests: children of an index, artifacts about the image.
        """
        if row.digest is None:
            return row
        pinned = dataclasses.replace(reference, tag=None, digest=row.digest)
        # At Docker Hub, each manifest counts as a pull.
        counts = row.described and DockerHub.serves(reference.registry)
        wanted = not counts and (opened or not row.described)
        manifest = self._parts.manifest(look, pinned, wanted=wanted)
        if manifest is None:
            return with_kind(row)
        row = with_labels(dataclasses.replace(row, kind=row.kind or manifest.kind), manifest.annotations)
        if manifest.is_index:
            row = self._index(pinned, row, manifest, look, sizes, opened=opened and wanted)
        else:
            row = self._single(pinned, row, manifest, look, wanted=wanted)
        return with_kind(self._marked(pinned, row, manifest, look, attached, opened=opened and wanted))

    def _single(
        self, pinned: ImageReference, row: ListedTag, manifest: Manifest, look: Look, *, wanted: bool
    ) -> ListedTag:
        # An old image of schema 1 shows its platform, and no sizes.
        size = manifest.size or None
        old = _OLD if manifest.media_type in SCHEMA_1_TYPES else None
        row = dataclasses.replace(row, size=size if row.size is None else row.size, problem=row.problem or old)
        if manifest.kind != "image":
            return row
        found = self._parts.configuration(look, pinned, manifest.configuration, wanted=wanted)
        name, os_version = (found.platform, found.os_version) if found else (manifest.platform, None)
        platform = platform_of(name, manifest.digest, size, os_version)
        row = dataclasses.replace(row, platforms=row.platforms or ((platform,) if platform else ()))
        return with_configuration(row, found) if found else row

    def _index(
        self,
        pinned: ImageReference,
        row: ListedTag,
        manifest: Manifest,
        look: Look,
        sizes: Mapping[Digest, int],
        *,
        opened: bool,
    ) -> ListedTag:
        children = row.platforms if row.described else tuple(platforms_of(manifest))[:_MOST_PLATFORMS]
        platforms = tuple(self._sized(pinned, _listed_size(child, sizes), look, opened=opened) for child in children)
        size = size_of_pull(platforms) if row.size is None else row.size
        row = dataclasses.replace(row, platforms=platforms, size=size)
        usual = usual_platform(platforms)
        if usual is None or usual.digest is None:
            return row
        child = dataclasses.replace(pinned, digest=usual.digest)
        known = self._parts.manifest(look, child, wanted=opened)
        found = self._parts.configuration(look, child, known.configuration if known else None, wanted=opened)
        return with_configuration(row, found) if found else row

    def _sized(self, pinned: ImageReference, platform: PlatformImage, look: Look, *, opened: bool) -> PlatformImage:
        if platform.digest is None or platform.size is not None:
            return platform
        child = self._parts.manifest(look, dataclasses.replace(pinned, digest=platform.digest), wanted=opened)
        return dataclasses.replace(platform, size=child.size) if child else platform

    def _marked(
        self,
        pinned: ImageReference,
        row: ListedTag,
        manifest: Manifest,
        look: Look,
        attached: Collection[str],
        *,
        opened: bool,
    ) -> ListedTag:
        about: list[Digest | None] = list(manifest.attestations)
        if ".att" in attached:
            tagged = dataclasses.replace(pinned, tag=f"{attachments_of(manifest.digest)}.att", digest=None)
            about.append(self._parts.digest(look, tagged, wanted=opened))
        pages = [self._statement(pinned, digest, look, opened=opened) for digest in about]
        types = frozenset(kind for page in pages if page for kind in page.predicates)
        statements = Statements(types, complete=None not in pages)
        return with_marks(row, marks_of(attached, statements, self._parts.referrers(look, pinned, wanted=opened)))

    def _statement(self, pinned: ImageReference, digest: Digest | None, look: Look, *, opened: bool) -> Manifest | None:
        """A manifest with statements; None if it is not known."""
        return self._parts.manifest(look, dataclasses.replace(pinned, digest=digest), wanted=opened) if digest else None


def _listed_size(platform: PlatformImage, sizes: Mapping[Digest, int]) -> PlatformImage:
    size = sizes.get(platform.digest) if platform.digest and platform.size is None else None
    return platform if size is None else dataclasses.replace(platform, size=size)
