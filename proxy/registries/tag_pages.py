"""The pages of one list of tags: which page is next, and when to stop.

Whatever `Link` says, the next page is asked of the registry itself, for the same repository: a registry behind a proxy
often writes its internal name or scheme. So no request goes elsewhere, and no credentials do.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from urllib.parse import quote, urljoin, urlsplit

from catalog.reference import ImageReference
from proxy.errors import Garbage
from proxy.http.exchange import Answer
from proxy.http.next_page import next_link
from proxy.http.redirects import same_server
from proxy.registries.manifests import json_object
from proxy.registries.session import Session

PAGE_SIZE = 1000
MOST_TAGS = 250_000
MOST_PAGES = 5_000
MOST_BYTES = 64 * 1024 * 1024
MOST_TIME = timedelta(minutes=5)
# 160,000 tags of 40 characters are 7 MB, and distribution 2 sends all of them as one page.
_PAGE_LIMIT = 32 * 1024 * 1024
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
_IN_QUERIES = "%/?:@!$&'()*+,;=~"
_SIZE_REFUSED = frozenset(
    {
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.NOT_FOUND,
        HTTPStatus.METHOD_NOT_ALLOWED,
        HTTPStatus.NOT_ACCEPTABLE,
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        HTTPStatus.REQUEST_URI_TOO_LONG,
        HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE,
        HTTPStatus.UNPROCESSABLE_ENTITY,
        HTTPStatus.NOT_IMPLEMENTED,
    }
)


class TagPages:
    """Reads the lists of tags of one registry. Safe to use from many threads."""

    def __init__(self, session: Session) -> None:
        self._session = session
        # Whether the registry refused a page size and sent the list without one.
        self._refuses_size = False

    def read(self, reference: ImageReference) -> Iterator[str]:
        """Each tag once, in the registry's order; see the port."""
        path = self._session.endpoint.path(reference.repository, "tags/list")
        progress = _ReadSoFar(reference.image, self._session.now())
        page, answer = self._first(path, reference)
        while True:
            names = _names(answer, reference)
            new = progress.add(names, len(answer.body))
            yield from new
            following = self._following(answer, path, reference.image)
            full = new and len(names) == PAGE_SIZE and f"n={PAGE_SIZE}" in page
            if following is None and not full:
                return
            # Some registries send no Link with a full page: one request more shows whether there are more tags.
            page = following or f"{path}?n={PAGE_SIZE}&last={quote(names[-1])}"
            progress.ask(page, self._session.now(), repeated=bool(names) and not new)
            answer = self._page(page, reference, also=() if following else _SIZE_REFUSED)
            if following is None and (answer.status != HTTPStatus.OK or progress.knows(_names(answer, reference))):
                return

    def _first(self, path: str, reference: ImageReference) -> tuple[str, Answer]:
        """The first page, with its path and query."""
        if not self._refuses_size:
            page = f"{path}?n={PAGE_SIZE}"
            answer = self._page(page, reference, also=_SIZE_REFUSED)
            if answer.status == HTTPStatus.OK:
                return page, answer
        answer = self._page(path, reference)
        self._refuses_size = True
        return path, answer

    def _page(self, page: str, reference: ImageReference, also: Collection[int] = ()) -> Answer:
        return self._session.ask("GET", page, reference.repository, about=reference.image, limit=_PAGE_LIMIT, also=also)

    def _following(self, answer: Answer, path: str, where: str) -> str | None:
        """Path and query of the next page at the registry; None where the answer names none."""
        link = next_link(answer)
        if link is None:
            return None
        try:
            url = urljoin(answer.url, link)
            parts = urlsplit(url)
        except ValueError as error:
            raise Garbage(f"{where}: the address of the next page is invalid; retried later") from error
        query = quote(parts.query, safe=_IN_QUERIES)
        if parts.path.endswith("tags/list"):
            return f"{path}?{query}" if query else path
        if not same_server(url, self._session.endpoint.url):
            host = parts.netloc.rpartition("@")[2]
            raise Garbage(f"{where}: the next page is on another host, {host}, which is not allowed")
        return f"{quote(parts.path, safe=_IN_QUERIES)}?{query}" if query else quote(parts.path, safe=_IN_QUERIES)


@dataclass(slots=True)
class _ReadSoFar:
    """What was read of one list. A list that breaks these limits ends with an error, after its tags so far."""

    image: str
    began: datetime
    tags: set[str] = field(default_factory=set)
    pages: set[str] = field(default_factory=set)
    size: int = 0

    def add(self, names: list[str], size: int) -> list[str]:
        """Note a page of so many bytes; returns its tags that were in no earlier page."""
        self.size += size
        new = [name for name in dict.fromkeys(names) if name not in self.tags]
        self.tags.update(new)
        return new

    def knows(self, names: list[str]) -> bool:
        """Whether all of these were in earlier pages."""
        return self.tags.issuperset(names)

    def ask(self, page: str, now: datetime, *, repeated: bool) -> None:
        """Note that this page is requested next.

        Args:
            page: path and query.
            now: the time.
            repeated: the page before it had no tag that was not in an earlier one.

        Raises:
            Garbage: the list does not end.
        """
        if page in self.pages or repeated:
            raise self._endless("its pages repeat")
        self.pages.add(page)
        if len(self.tags) > MOST_TAGS or len(self.pages) >= MOST_PAGES or self.size > MOST_BYTES:
            raise self._endless(f"{len(self.pages)} pages, {self.size} bytes")
        if now - self.began > MOST_TIME:
            raise self._endless(f"after {MOST_TIME.total_seconds():.0f} s")

    def _endless(self, why: str) -> Garbage:
        return Garbage(
            f"{self.image}: the list of tags does not end ({why}); {len(self.tags)} tags are known; retried later"
        )


def _names(answer: Answer, reference: ImageReference) -> list[str]:
    """The tags of a page; entries that are no tags are left out."""
    document = json_object(answer.body, reference.image)
    tags = document.get("tags")
    # distribution answers null after the last tag is deleted.
    if tags is None and ("tags" in document or "name" in document):
        return []
    # zuul-registry lists the digests of an index's children too.
    names = [tag for tag in tags if isinstance(tag, str) and _TAG.fullmatch(tag)] if isinstance(tags, list) else None
    if names is None or (tags and not names):
        raise Garbage(f"{reference.image}: the registry sent an invalid list of tags; retried later")
    return names
