"""GitHub's lists, page by page, and for nothing where they have not changed.

PyGithub's own lists never send If-None-Match; its requester can. An answer of 304 to an authorised request does not
count against the rate limit (GitHub's docs, "Best practices for using the REST API").
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, TypeAlias

from proxy.errors import Garbage, Refused
from proxy.github.pygithub import PER_PAGE, SessionRequester

MOST_PAGES = 500
"""So many pages of a list are read at most; GitHub itself ends lists of releases at 10,000."""

MOST_BYTES = 32 * 1024 * 1024
"""Bytes of a page at most: 100 releases with full notes (125,000 characters each) and the documents of their files."""

Entry: TypeAlias = Mapping[str, Any]
_NEXT = re.compile(r'rel="next"')


@dataclass(frozen=True, slots=True)
class GitHubPage:
    """One page; `etag` is None where GitHub gave none."""

    entries: tuple[Entry, ...]
    etag: str | None
    last: bool


@dataclass(frozen=True, slots=True)
class GitHubList:
    """A whole list, and the tags by which its pages are known again; none where a page had none."""

    entries: tuple[Entry, ...]
    etags: tuple[str, ...]


def read_if_changed(requester: SessionRequester, path: str, etags: Sequence[str]) -> GitHubList | None:
    """The whole list; None where every page is as it was when it had these tags.

    Raises:
        Garbage: the answer is no list.
        OutsideFailure: see `GitHubSession.ask`.
    """
    changed: dict[int, GitHubPage] = {}
    for number, etag in enumerate(etags, 1):
        if page := _page(requester, path, number, etag):
            changed[number] = page
            break
    if etags and not changed:
        return None
    return _whole(_pages(requester, path, changed))


def read_whole(requester: SessionRequester, path: str) -> GitHubList:
    """The whole list, whatever is known of it.

    Raises:
        Garbage: the answer is no list.
        OutsideFailure: see `GitHubSession.ask`.
    """
    return _whole(_pages(requester, path, {}))


def _whole(read: Iterator[GitHubPage]) -> GitHubList:
    pages = list(read)
    known = tuple(page.etag for page in pages if page.etag)
    return GitHubList(
        tuple(entry for page in pages for entry in page.entries), known if len(known) == len(pages) else ()
    )


def entries(requester: SessionRequester, path: str) -> Iterator[Entry]:
    """The entries of a list; pages are fetched, and errors raised, on the way.

    Raises:
        Garbage: the answer is no list.
        OutsideFailure: see `GitHubSession.ask`.
    """
    for page in _pages(requester, path, {}):
        yield from page.entries


def _pages(requester: SessionRequester, path: str, read: Mapping[int, GitHubPage]) -> Iterator[GitHubPage]:
    for number in range(1, MOST_PAGES + 1):
        page = read.get(number) or _page(requester, path, number, None)
        if page is None:
            raise Garbage(f"GitHub answered 304 to an unconditional GET {path}; retried later")
        yield page
        if page.last:
            return
    raise Refused(f"GET {path} has more than {MOST_PAGES * PER_PAGE} entries, which is more than are read")


def _page(requester: SessionRequester, path: str, number: int, etag: str | None) -> GitHubPage | None:
    """One page, None where it still has that tag.

    Raises:
        Garbage: the answer is no list.
        OutsideFailure: see `GitHubSession.ask`.
    """
    parameters = {"per_page": str(PER_PAGE), "page": str(number)}
    headers = {"If-None-Match": etag} if etag else {}
    status, answered, text = requester.requestJson("GET", path, parameters, headers)
    if status == HTTPStatus.NOT_MODIFIED:
        return None
    document = _json(text)
    if not isinstance(document, list) or not all(isinstance(entry, dict) for entry in document):
        raise Garbage(f"GitHub's answer to GET {path} is not a list; retried later")
    # A full page may be the last one, and a page that hides drafts is not full: both say something of what follows.
    last = len(document) < PER_PAGE and not _NEXT.search(answered.get("link", ""))
    return GitHubPage(tuple(document), answered.get("etag"), last)


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
