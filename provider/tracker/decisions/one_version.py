"""One release for each version: the tags of its variants are kept with it and are no releases of their own. Pure.

A version has the name of its plain tag. Without one, several variants are still one version, named by what they have in
common, and so is one of a single architecture. A single other variant keeps its own name, because the publisher or the
filter may know no other: `8.0.10-jammy`.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from provider.tracker.decisions.kinds import TagForm
from provider.tracker.decisions.release import FoundRelease, Release, ReleaseList
from provider.tracker.decisions.versions.order import precedence
from provider.tracker.decisions.versions.variants import names_architecture, version_of_variant

MOST_VARIANTS = 100
"""So many variants of a version are kept at most."""


@dataclass(frozen=True, slots=True)
class OneVersionEach:
    """What was found and what is stored, with one release for each version.

    Attributes:
        published: what was found, by version.
        known: what is stored, under the versions that are published now.
        merged: ids of stored releases that are variants of another one, so they are no releases any more.
    """

    published: Mapping[str, FoundRelease]
    known: Sequence[Release]
    merged: tuple[int, ...]


def one_version_each(
    found: Iterable[FoundRelease], form: TagForm, known: Sequence[Release] = (), *, whole: bool = True
) -> OneVersionEach:
    """Combine the variants of each version, in the found releases and in the stored ones.

    What the publisher lists as a release is one, and so is what a person added, edited or removed.

    Args:
        found: releases in any order; if a version occurs more than once, the first one counts.
        form: which tags are versions.
        known: all stored releases, those that a person removed as `by_hand`.
        whole: the tags were read to their end, so variants that were not found are gone.
    """
    by_person = {release.version for release in known if release.by_hand}
    stored = {release.version: release for release in known}
    published: dict[str, FoundRelease] = {}
    renamed: dict[int, Release] = {}
    merged: list[int] = []
    for version, releases in _by_version(found, form, by_person).items():
        one = _combined(version, releases, stored)
        rows = [row for each in releases if (row := stored.get(each.version)) and not row.by_hand]
        others = [row for row in rows if row.version != one.version]
        if others and one.version not in stored:
            first = others.pop(others.index(min(others, key=lambda row: (row.withdrawn, row.id))))
            renamed[first.id] = replace(first, version=one.version, tag=first.tag or first.version)
        merged += [row.id for row in others]
        row = stored.get(one.version)
        if not whole and row:
            one = replace(one, variants=_kept({*one.variants, *row.variants}))
        published[one.version] = one
    gone = frozenset(merged)
    return OneVersionEach(
        published, tuple(renamed.get(row.id, row) for row in known if row.id not in gone), tuple(merged)
    )


def tags_to_read(tags: Collection[str], form: TagForm) -> list[str]:
    """The tags that stand for their versions: only of these the hash and the date are needed."""
    grouped = _by_version(map(FoundRelease, tags), form, ())
    return [_pulled(version, [each.version for each in releases]) for version, releases in grouped.items()]


def _by_version(
    found: Iterable[FoundRelease], form: TagForm, by_person: Collection[str]
) -> Mapping[str, list[FoundRelease]]:
    """The found releases, each once, by what their versions have in common."""
    once: dict[str, FoundRelease] = {}
    for release in found:
        once.setdefault(release.version, release)
    grouped: dict[str, list[FoundRelease]] = {}
    for release in once.values():
        grouped.setdefault(_version(release, form, by_person), []).append(release)
    return grouped


def _version(release: FoundRelease, form: TagForm, by_person: Collection[str]) -> str:
    if release.listed_in is ReleaseList.RELEASES or release.version in by_person:
        return release.version
    version = version_of_variant(release.version)
    return version if version and precedence(version, form) else release.version


def _combined(version: str, releases: Sequence[FoundRelease], stored: Collection[str]) -> FoundRelease:
    by_tag = {release.version: release for release in releases}
    if len(by_tag) == 1 and not (version in stored or names_architecture(releases[0].version)):
        return releases[0]
    tag = _pulled(version, by_tag)
    # Releases that were combined before keep what they have.
    variants = _kept({*by_tag, *(each for release in releases for each in release.variants)} - {version})
    return replace(by_tag[tag], version=version, variants=variants, tag=by_tag[tag].tag if tag == version else tag)


def _pulled(version: str, tags: Collection[str]) -> str:
    """The plain tag, else the first one by alphabet."""
    return version if version in tags else min(tags)


def _kept(variants: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(variants)[:MOST_VARIANTS])
