"""Decides which news of a repository are announced. Pure."""

from collections.abc import Iterable, Sequence
from typing import assert_never

from provider.tracker.decisions.channels import is_unstable
from provider.tracker.decisions.outcomes import News, NewsKind
from provider.tracker.decisions.release import FoundRelease, Release
from provider.tracker.decisions.versions.families import Counted
from provider.tracker.decisions.versions.order import ReleaseRank, highest_first, rank_of, tag_version
from provider.tracker.decisions.wanted import AnnouncedVersions, WantedVersions

_MajorMinor = tuple[int, int]


def told(news: Iterable[News], wanted: WantedVersions, known: Sequence[Release]) -> tuple[News, ...]:
    """The news to announce, those of the highest version first.

    Args:
        news: what is new, in any order; of two about one version the last one counts.
        wanted: what a person wants of the repository.
        known: its releases before the poll.
    """
    some = {each.release.version: each for each in news if wanted.tells(each.release)}
    chosen = {each.release.version: each for each in _chosen(some.values(), wanted, known)}
    return tuple(
        chosen[release.version]
        for release in highest_first([each.release for each in chosen.values()], wanted.tag_form)
    )


def _chosen(news: Iterable[News], wanted: WantedVersions, known: Sequence[Release]) -> Iterable[News]:
    match wanted.announce:
        case AnnouncedVersions.ALL:
            return news
        case AnnouncedVersions.STABLE:
            return [each for each in news if _is_stable(each.release, wanted)]
        case AnnouncedVersions.MAJOR_MINOR:
            return _majors_and_minors(news, wanted, known)
        case AnnouncedVersions.NOTHING:
            return ()
        case unreachable:
            assert_never(unreachable)


def _majors_and_minors(news: Iterable[News], wanted: WantedVersions, known: Sequence[Release]) -> Iterable[News]:
    """Stable releases above all that were known, each compared with those of its own component and scheme."""
    highest: dict[Counted, _MajorMinor] = {}
    for release in known:
        if numbers := _stable_numbers(release, wanted):
            counted, number = numbers
            highest[counted] = max(number, highest.get(counted, number))
    for each in news:
        numbers = _stable_numbers(each.release, wanted)
        if numbers and each.kind is not NewsKind.MOVED and numbers[1] > highest.get(numbers[0], (-1, -1)):
            yield each


def _stable_numbers(release: FoundRelease | Release, wanted: WantedVersions) -> tuple[Counted, _MajorMinor] | None:
    """The component and scheme of a stable release, with its major and minor version; None for every other one."""
    version = tag_version(release.version, wanted.tag_form)
    if version is None or not _is_stable(release, wanted):
        return None
    return version.counted, (version.key[0], version.key[1])


def _is_stable(release: FoundRelease | Release, wanted: WantedVersions) -> bool:
    """Whether it is published, and neither a pre-release nor one of a channel."""
    rank = rank_of(release, tag_version(release.version, wanted.tag_form))
    return rank is not ReleaseRank.OUT and not is_unstable(release, wanted.tag_form)
