"""Read versions from tags as comparable keys, with one parser per tag form.

Form `semver` orders strict semantic versions exactly as semver.org does (2.0.0, clause 11). All other versions are
ordered as people read them (`natural_versions.py`).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from provider.tracker.decisions.kinds import TagForm
from provider.tracker.decisions.versions.families import Counted, scheme_of
from provider.tracker.decisions.versions.keys import (
    Identifier,
    Precedence,
    VersionKind,
    natural_identifiers,
    semver_identifiers,
)
from provider.tracker.decisions.versions.natural import NaturalVersion, natural_version
from provider.tracker.decisions.versions.variants import is_variant

_NUMBER = "(0|[1-9][0-9]{0,29})"
_SUFFIX = r"(?:-((?:[0-9A-Za-z-]+\.)*[0-9A-Za-z-]+))?(?:\+(?:[0-9A-Za-z-]+\.)*[0-9A-Za-z-]+)?"
_STRICT = re.compile(rf"[vV]?{_NUMBER}\.{_NUMBER}\.{_NUMBER}{_SUFFIX}").fullmatch
# Also with leading zeros and more than three numbers, as calendar versions and four-part versions have them.
_WHOLE = re.compile(rf"[vV]?[0-9]{{1,30}}(?:\.[0-9]{{1,30}}){{2,}}{_SUFFIX}").fullmatch
_PARTIAL = re.compile(rf"[vV]?[0-9]{{1,30}}(?:\.[0-9]{{1,30}})*{_SUFFIX}").fullmatch
# calver.org: a year of four digits (YYYY) and a month, or of two (YY) and a month with its zero (0M).
_CALENDAR = re.compile(
    rf"[vV]?((?:19|20|21)[0-9]{{2}}|[0-9]{{2}}(?=\.0[1-9]\.))\.(0?[1-9]|1[0-2])\.([0-9]{{1,30}})((?:\.[0-9]{{1,30}})*){_SUFFIX}"
).fullmatch
# Enum member access would cost as much as the rest of the key.
_PLAIN, _PRERELEASE = VersionKind.PLAIN, VersionKind.PRERELEASE
_NONE: tuple[Identifier, ...] = ()


@dataclass(frozen=True, slots=True)
class TagVersion:
    """The version in a tag.

    Attributes:
        key: compares as versions do.
        counted: its component and its scheme of numbers.
        prerelease: the tag says that it is a pre-release. In every form `1.2.3-alpine` is a variant and no pre-release.
    """

    key: Precedence
    counted: Counted
    prerelease: bool


def tag_version(tag: str, form: TagForm) -> TagVersion | None:
    """The version in a tag; None if the tag is not a version in that form."""
    key = precedence(tag, form)
    natural = natural_version(tag) if key else None
    if key is None or natural is None:
        return None
    prerelease = natural.prerelease if form is not TagForm.SEMVER else _strictly(key, tag, natural)
    return TagVersion(key, (natural.family, scheme_of(natural.core)), prerelease)


def _strictly(key: Precedence, tag: str, natural: NaturalVersion) -> bool:
    """Whether semver calls it a pre-release: any suffix but that of a variant."""
    if key[4] != _PRERELEASE:
        return False
    return not is_variant(tag.partition(natural.core)[2])


def precedence(version: str, form: TagForm) -> Precedence | None:
    """The comparable key of a version; None if the tag is not a version in that form.

    Form `semver` ignores build metadata (`+...`), as semver does; missing numbers of a partial version are zeros.
    """
    return _READERS[form](version)


def _semver(version: str) -> Precedence | None:
    match = _STRICT(version)
    if match is None:
        return _calendar(version)
    major, minor, patch, suffix = match.groups()
    if suffix is None:
        return int(major), int(minor), int(patch), (), _PLAIN, _NONE
    identifiers = semver_identifiers(suffix)
    return None if identifiers is None else (int(major), int(minor), int(patch), (), _PRERELEASE, identifiers)


def _calendar(version: str) -> Precedence | None:
    match = _CALENDAR(version)
    if match is None:
        return None
    year, month, third, more, suffix = match.groups()
    rest = tuple(int(part) for part in more.split(".")[1:])
    identifiers = natural_identifiers(suffix) if suffix else _NONE
    return int(year), int(month), int(third), rest, _PRERELEASE if suffix else _PLAIN, identifiers


def _partial(version: str) -> Precedence | None:
    return _natural(version) if _PARTIAL(version) else None


def _suffixed(version: str) -> Precedence | None:
    return _natural(version) if _WHOLE(version) else None


def _natural(version: str) -> Precedence | None:
    found = natural_version(version)
    return found.key if found else None


_READERS: Mapping[TagForm, Callable[[str], Precedence | None]] = {
    TagForm.SEMVER: _semver,
    TagForm.PARTIAL: _partial,
    TagForm.SUFFIXED: _suffixed,
    TagForm.ANY: _natural,
}
