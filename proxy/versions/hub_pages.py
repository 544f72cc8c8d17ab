"""All pages of a Docker Hub repository's tags."""

import math
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from catalog.reference import ImageReference
from proxy.docker_hub.failures import AnonymousRefused
from proxy.docker_hub.tags import HubTag, TagsPage
from proxy.errors import NotFound

LARGEST_PAGE = 100
MOST_PAGES = 300
AT_ONCE = 4

Ask = Callable[[str], TagsPage]
"""Asks for a path; raises OutsideFailure."""


@dataclass(frozen=True, slots=True)
class HubTags:
    """The tags from Docker Hub's API; `complete` is false where it refused the rest."""

    tags: tuple[HubTag, ...]
    complete: bool


def tags_path(reference: ImageReference, page: int, size: int) -> str:
    """Where a page of a repository's tags is."""
    namespace, _, name = reference.repository.partition("/")
    query = urlencode({"page": page, "page_size": size})
    return f"/v2/namespaces/{quote(namespace, safe='')}/repositories/{quote(name, safe='')}/tags?{query}"


def read_pages(reference: ImageReference, ask: Ask) -> HubTags:
    """Read every page, several at once: their number is known after the first.

    Docker Hub refuses anonymous askers beyond the first 1,000 tags (since 2026-08-11); what came before counts. Longer
    lists than `MOST_PAGES` are not read to their end either.

    Raises:
        OutsideFailure: the first page, or one for another reason than above, cannot be had.
    """
    first = ask(tags_path(reference, 1, LARGEST_PAGE))
    count = math.ceil(first.count / LARGEST_PAGE)
    found, complete = list(first.tags), count <= MOST_PAGES
    numbers = range(2, min(count, MOST_PAGES) + 1)
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="docker-hub-pages") as threads:
        for start in range(0, len(numbers), AT_ONCE):
            asked = [threads.submit(_page, reference, number, ask) for number in numbers[start : start + AT_ONCE]]
            told = [page.result() for page in asked]
            found += _until_refused(told)
            if None in told:
                return HubTags(tuple(found), complete=False)
    return HubTags(tuple(found), complete)


def _page(reference: ImageReference, number: int, ask: Ask) -> tuple[HubTag, ...] | None:
    """One page; None where it is refused, empty where tags were removed while we read."""
    try:
        return ask(tags_path(reference, number, LARGEST_PAGE)).tags
    except AnonymousRefused:
        return None
    except NotFound:
        return ()


def _until_refused(pages: Sequence[tuple[HubTag, ...] | None]) -> list[HubTag]:
    """The tags up to the first page that is refused: behind a gap they would not be in order."""
    tags: list[HubTag] = []
    for page in pages:
        if page is None:
            break
        tags += page
    return tags
