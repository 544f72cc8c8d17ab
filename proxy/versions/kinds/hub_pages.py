"""Reads all pages of a Docker Hub repository's tags."""

import math
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from catalog.reference import ImageReference
from proxy.docker_hub.tags import HubTag, TagsPage
from proxy.errors import NotFound, OutsideFailure

LARGEST_PAGE = 100
MOST_PAGES = 300
AT_ONCE = 4

ReadTags = Callable[[str], TagsPage]
"""Reads the page at a path; raises OutsideFailure."""


@dataclass(frozen=True, slots=True)
class HubTags:
    """The tags from Docker Hub's API.

    Attributes:
        tags: the newest ones.
        complete: whether these are all.
        failure: why a later page could not be read; None if none failed.
    """

    tags: tuple[HubTag, ...]
    complete: bool
    failure: OutsideFailure | None = None


def tags_path(reference: ImageReference, page: int, size: int) -> str:
    """The path of a page of a repository's tags."""
    namespace, _, name = reference.repository.partition("/")
    query = urlencode({"page": page, "page_size": size})
    return f"/v2/namespaces/{quote(namespace, safe='')}/repositories/{quote(name, safe='')}/tags?{query}"


def read_pages(reference: ImageReference, read: ReadTags) -> HubTags:
    """Read every page, several at once: their number is known after the first.

    If a later page fails, the result has the tags up to there: since 2026-08-11, Docker Hub refuses anonymous requests
    beyond the first 1,000 tags. A list longer than `MOST_PAGES` is not read to its end either.

    Raises:
        OutsideFailure: the first page cannot be read.
    """
    first = read(tags_path(reference, 1, LARGEST_PAGE))
    count = math.ceil(first.count / LARGEST_PAGE)
    found, complete = list(first.tags), count <= MOST_PAGES
    numbers = range(2, min(count, MOST_PAGES) + 1)
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="docker-hub-pages") as threads:
        for start in range(0, len(numbers), AT_ONCE):
            running = [threads.submit(_page, reference, number, read) for number in numbers[start : start + AT_ONCE]]
            pages = [page.result() for page in running]
            found += _until_failed(pages)
            if failure := next((page for page in pages if isinstance(page, OutsideFailure)), None):
                return HubTags(tuple(found), complete=False, failure=failure)
    return HubTags(tuple(found), complete)


def _page(reference: ImageReference, number: int, read: ReadTags) -> tuple[HubTag, ...] | OutsideFailure:
    """One page or its failure; empty if tags were removed during the reading."""
    try:
        return read(tags_path(reference, number, LARGEST_PAGE)).tags
    except NotFound:
        return ()
    except OutsideFailure as failure:
        return failure


def _until_failed(pages: Sequence[tuple[HubTag, ...] | OutsideFailure]) -> list[HubTag]:
    """The tags up to the first page that failed: after a gap, the order would be wrong."""
    tags: list[HubTag] = []
    for page in pages:
        if isinstance(page, OutsideFailure):
            break
        tags += page
    return tags
