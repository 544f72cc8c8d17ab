"""Reads the pages of a container package's versions from GitHub's Packages API."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from catalog.reference import ImageReference
from proxy.cache import Cache, Cached, CacheEntry, Confirmed, Fetched
from proxy.errors import Garbage, NotFound, OutsideFailure
from proxy.github.session import GitHubSession
from proxy.versions.kinds.github_packages import OwnerKind, last_page, parse_versions, versions_path
from proxy.versions.listing import ListedTag
from proxy.versions.sources import FRESH

NEWEST_PAGES = 10
"""Pages of a package that are read, or confirmed, whenever its list is older than `FRESH`."""

PER_PAGE = 100
_AT_ONCE = 4
_MOST_PAGES = 1000


@dataclass(frozen=True, slots=True)
class Newest:
    """The pages of the newest versions; `last` is the number of the last page, None if these pages are all."""

    pages: list[Cached]
    last: int | None


@dataclass(frozen=True, slots=True)
class Older:
    """The tags of older versions, and why not all of them could be read; None if all were."""

    tags: list[ListedTag]
    failure: OutsideFailure | None


class PackagePages:
    """The pages of packages. Safe to use from many threads."""

    def __init__(self, cache: Cache, github: GitHubSession) -> None:
        self._cache = cache
        self._github = github

    def newest(self, reference: ImageReference, kind: OwnerKind, *, refresh: bool) -> Newest:
        """The newest pages, each confirmed by a conditional request where it is cached, several at once.

        Raises:
            OutsideFailure: one of them cannot be read.
        """
        first = self.page(reference, versions_path(kind, reference, 1, PER_PAGE), refresh=refresh)
        last = last_page(first.headers.get("link", ""))
        if last is None:
            return Newest(list(self._by_links(reference, first, refresh=refresh)), None)
        paths = [versions_path(kind, reference, number, PER_PAGE) for number in range(2, min(last, NEWEST_PAGES) + 1)]
        with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="github-packages") as threads:
            others = list(threads.map(lambda path: self.page(reference, path, refresh=refresh), paths))
        return Newest([first, *others], last if last > NEWEST_PAGES else None)

    def older(self, reference: ImageReference, kind: OwnerKind, last: int) -> Older:
        """The tags on all other pages, several read at once; these pages are not cached one by one."""
        tags: list[ListedTag] = []

        def read(number: int) -> tuple[ListedTag, ...]:
            path = versions_path(kind, reference, number, PER_PAGE)
            owner = reference.repository.partition("/")[0]
            answer = self._github.conditional(path, owner=owner, entry=None, fresh_for=FRESH)
            return parse_versions(answer.body, reference.image) if isinstance(answer, Fetched) else ()

        with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="github-packages") as threads:
            for numbers in _chunks(range(NEWEST_PAGES + 1, min(last, _MOST_PAGES) + 1)):
                try:
                    tags += (tag for page in threads.map(read, numbers) for tag in page)
                except OutsideFailure as failure:
                    return Older(tags, failure)
        return Older(tags, None)

    def page(self, reference: ImageReference, path: str, *, refresh: bool) -> Cached:
        """One page.

        Raises:
            OutsideFailure: it cannot be read.
        """
        owner = reference.repository.partition("/")[0]

        def fetch(entry: CacheEntry | None) -> Fetched | Confirmed:
            try:
                return self._github.conditional(path, owner=owner, entry=entry, fresh_for=FRESH)
            except NotFound as error:
                raise NotFound(
                    f"{reference.image}: {owner} has no such package at GitHub, or the service's credentials may not "
                    f"read it; check the name, and that the token has read:packages"
                ) from error

        return self._cache.get(f"github-package-versions {path}", fetch, refresh=refresh)

    def _by_links(self, reference: ImageReference, first: Cached, *, refresh: bool) -> Iterator[Cached]:
        """All pages, where GitHub does not say how many there are."""
        page, seen = first, {""}
        yield page
        while path := self._github.next_path(page.headers, reference.image):
            if path in seen or len(seen) >= _MOST_PAGES:
                raise Garbage(f"{reference.image}: GitHub's list of package versions does not end; retried later")
            seen.add(path)
            page = self.page(reference, path, refresh=refresh)
            yield page


def _chunks(numbers: range) -> Iterable[range]:
    return (numbers[start : start + _AT_ONCE] for start in range(0, len(numbers), _AT_ONCE))
