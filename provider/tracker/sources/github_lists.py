"""GitHub's lists, page by page, and for nothing where they have not changed.

PyGithub's own lists never send If-None-Match; its requester can. An answer of 304 to an authorised request does not
count against the rate limit (GitHub's docs, "Best practices for using the REST API").
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, TypeAlias

import requests

from provider.github_client import PER_PAGE, GitHubClient
from provider.github_failures import (
    Cause,
    GitHubFailure,
    failure_of_answer,
    failure_of_credentials,
    failure_of_exception,
)
from proxy.errors import OutsideFailure

MOST_PAGES = 500
"""So many pages of a list are read at most; GitHub itself ends lists of releases at 10,000."""

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


def read_if_changed(client: GitHubClient, path: str, etags: Sequence[str]) -> GitHubList | None:
    """The whole list; None where every page is as it was when it had these tags.

    Raises:
        GitHubFailure: anything but a list.
    """
    changed: dict[int, GitHubPage] = {}
    for number, etag in enumerate(etags, 1):
        if page := _page(client, path, number, etag):
            changed[number] = page
            break
    if etags and not changed:
        return None
    pages = list(_pages(client, path, changed))
    known = tuple(page.etag for page in pages if page.etag)
    return GitHubList(
        tuple(entry for page in pages for entry in page.entries), known if len(known) == len(pages) else ()
    )


def entries(client: GitHubClient, path: str) -> Iterator[Entry]:
    """The entries of a list; pages are fetched, and errors raised, on the way.

    Raises:
        GitHubFailure: anything but a list.
    """
    for page in _pages(client, path, {}):
        yield from page.entries


def _pages(client: GitHubClient, path: str, read: Mapping[int, GitHubPage]) -> Iterator[GitHubPage]:
    for number in range(1, MOST_PAGES + 1):
        page = read.get(number) or _page(client, path, number, None)
        if page is None:
            raise GitHubFailure(Cause.SERVER_ERROR, f"GitHub answered 304 to an unconditional GET {path}")
        yield page
        if page.last:
            return
    raise GitHubFailure(Cause.REJECTED, f"GET {path} has more than {MOST_PAGES * PER_PAGE} entries")


def _page(client: GitHubClient, path: str, number: int, etag: str | None) -> GitHubPage | None:
    """One page, None where it still has that tag; asked once more where the token was refused and another can be had.

    Raises:
        GitHubFailure: anything but a list.
    """
    try:
        token = client.credentials.token(client.owner)
        try:
            return _sent(client, path, number, etag)
        except GitHubFailure as failure:
            refused = failure.cause is Cause.UNAUTHORIZED and token is not None
            if not refused or token is None or not client.credentials.discard(client.owner, token):
                raise
        return _sent(client, path, number, etag)
    except OutsideFailure as error:
        raise failure_of_credentials(error) from error


def _sent(client: GitHubClient, path: str, number: int, etag: str | None) -> GitHubPage | None:
    parameters = {"per_page": str(PER_PAGE), "page": str(number)}
    headers = {"If-None-Match": etag} if etag else {}
    try:
        status, answered, text = client.github.requester.requestJson("GET", path, parameters, headers)
    except requests.RequestException as error:
        raise failure_of_exception(error, _now()) from error
    except RuntimeError as error:
        # PyGithub's words for a redirect to another host.
        raise GitHubFailure(Cause.REJECTED, f"{error}; is IMAGE_FACTORY_GITHUB_API_URL right?") from error
    if status == HTTPStatus.NOT_MODIFIED:
        return None
    document = _json(text)
    if status != HTTPStatus.OK:
        raise failure_of_answer(status, answered, document if document is not None else text, _now())
    if not isinstance(document, list) or not all(isinstance(entry, dict) for entry in document):
        raise GitHubFailure(Cause.SERVER_ERROR, f"GitHub's answer to GET {path} is no list")
    # A full page may be the last one, and a page that hides drafts is not full: both say something of what follows.
    last = len(document) < PER_PAGE and not _NEXT.search(answered.get("link", ""))
    return GitHubPage(tuple(document), answered.get("etag"), last)


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _now() -> datetime:
    return datetime.now(UTC)
