"""GitHub's lists, page by page, and for nothing where they have not changed.

PyGithub's own lists never send If-None-Match; its requester can. An answer of 304 to an authorised request does not
count against the rate limit (GitHub's docs, "Best practices for using the REST API").
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from itertools import islice
from typing import Any, TypeAlias, TypeVar

from proxy.errors import Garbage, KeptBack, Unavailable
from proxy.github.failures import BeyondResults
from proxy.github.pygithub import PER_PAGE, SessionRequester

MOST_PAGES = 500
"""So many pages of a list are read at most; GitHub itself ends lists of releases at 10,000."""

MOST_BYTES = 32 * 1024 * 1024
"""Bytes of a page at most: 100 releases with full notes (125,000 characters each) and the documents of their files."""

SMALLER_PAGE = 20
"""Entries of a page after GitHub failed to make a full one: lists with large notes are answered with 502."""

Entry: TypeAlias = Mapping[str, Any]
Read = TypeVar("Read")
_NEXT = re.compile(r'rel="next"')
_NUMBER = re.compile(r"/repositories/(\d{1,18})/")


@dataclass(frozen=True, slots=True)
class GitHubPage:
    """One page.

    Attributes:
        entries: its entries.
        etag: None where GitHub gave none.
        last: no other follows.
        number: GitHub's id of the repository, where a link to another page names it.
    """

    entries: tuple[Entry, ...]
    etag: str | None
    last: bool
    number: int | None = None


@dataclass(frozen=True, slots=True)
class GitHubList:
    """A list as far as it can be read.

    Attributes:
        entries: its entries.
        etags: the tags by which its pages are known again; none where a page had none.
        whole: it was read to its end; GitHub ends long lists early.
        number: GitHub's id of the repository, where a page names it.
    """

    entries: tuple[Entry, ...]
    etags: tuple[str, ...]
    whole: bool = True
    number: int | None = None


def first_page(requester: SessionRequester, path: str, etag: str | None) -> GitHubPage | None:
    """The first page; None where it is as it was when it had this tag.

    Raises:
        Garbage: the answer is no list.
        OutsideFailure: see `GitHubSession.ask`.
    """
    return _with_smaller_pages(lambda size: _page(requester, path, 1, etag, size))


def is_unchanged(requester: SessionRequester, path: str, etags: Sequence[str]) -> bool:
    """Whether every page of a list is as it was when it had these tags; without tags it is not known, so no.

    Raises:
        Garbage: the answer is no list.
        OutsideFailure: see `GitHubSession.ask`.
    """
    return bool(etags) and all(
        _page(requester, path, number, etag, PER_PAGE) is None for number, etag in enumerate(etags, 1)
    )


def rest_of(requester: SessionRequester, path: str, first: GitHubPage | None = None) -> GitHubList:
    """The whole list, of which the first page may be read already.

    Raises:
        Garbage: the answer is no list.
        OutsideFailure: see `GitHubSession.ask`.
    """
    return _with_smaller_pages(lambda size: _list(requester, path, first if size == PER_PAGE else None, size))


def entries(requester: SessionRequester, path: str) -> Iterator[Entry]:
    """The entries of a list as far as it can be read; pages are fetched, and errors raised, on the way.

    Raises:
        Garbage: the answer is no list.
        OutsideFailure: see `GitHubSession.ask`.
    """
    for page in _pages(requester, path, None, PER_PAGE):
        yield from page.entries


def pages_of(requester: SessionRequester, path: str, most: int) -> Iterator[GitHubPage]:
    """The pages of a list, at most so many; they are fetched, and errors raised, on the way.

    Raises:
        Garbage: the answer is no list.
        OutsideFailure: see `GitHubSession.ask`.
    """
    return islice(_pages(requester, path, None, PER_PAGE), most)


def _with_smaller_pages(read: Callable[[int], Read]) -> Read:
    """What is read with full pages, else with smaller ones."""
    try:
        return read(PER_PAGE)
    except KeptBack:
        raise
    except Unavailable as error:
        if error.retry_at is not None:
            raise
        return read(SMALLER_PAGE)


def _list(requester: SessionRequester, path: str, first: GitHubPage | None, size: int) -> GitHubList:
    pages = list(_pages(requester, path, first, size))
    found = tuple(entry for page in pages for entry in page.entries)
    etags = tuple(page.etag for page in pages if page.etag) if size == PER_PAGE else ()
    return GitHubList(found, etags if len(etags) == len(pages) else (), pages[-1].last, pages[0].number)


def _pages(requester: SessionRequester, path: str, first: GitHubPage | None, size: int) -> Iterator[GitHubPage]:
    """The pages up to the end of the list, or to where GitHub or we end it: then the last one is not `last`."""
    for number in range(1, MOST_PAGES + 1):
        try:
            page = first if first and number == 1 else _page(requester, path, number, None, size)
        except BeyondResults:
            if number == 1:
                raise
            return
        if page is None:
            raise Garbage(f"GitHub answered 304 to an unconditional GET {path}; retried later")
        yield page
        if page.last:
            return


def _page(requester: SessionRequester, path: str, number: int, etag: str | None, size: int) -> GitHubPage | None:
    """One page, None where it still has that tag.

    Raises:
        Garbage: the answer is no list.
        OutsideFailure: see `GitHubSession.ask`.
    """
    parameters = {"per_page": str(size), "page": str(number)}
    headers = {"If-None-Match": etag} if etag else {}
    status, answered, text = requester.requestJson("GET", path, parameters, headers)
    if status == HTTPStatus.NOT_MODIFIED:
        return None
    document = _json(text)
    if not isinstance(document, list) or not all(isinstance(entry, dict) for entry in document):
        raise Garbage(f"GitHub's answer to GET {path} is not a list; retried later")
    # A full page may be the last one, and a page that hides drafts is not full: both say something of what follows.
    links = answered.get("link", "")
    last = len(document) < size and not _NEXT.search(links)
    named = _NUMBER.search(links)
    return GitHubPage(tuple(document), answered.get("etag"), last, int(named[1]) if named else None)


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
