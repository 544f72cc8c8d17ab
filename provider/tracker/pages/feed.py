"""/releases.atom: new releases of all repositories for feed readers."""

import hashlib
import uuid
from urllib.parse import urlencode

from flask import Blueprint, Response, request
from markupsafe import Markup

from provider.auth.strict_query import takes
from provider.pages.image.labels import web_address
from provider.pages.markdown import as_html, beginning
from provider.tracker.pages.atom import AtomEntry, AtomFeed
from provider.tracker.pages.news import NEWS
from provider.tracker.pages.news_query import FILTERS, NewsPageQuery
from provider.tracker.ports import ReleaseNews, TrackerStore

FEED = "feed"
"""The blueprint's name. It is none of the pages: a feed reader cannot sign in on a page."""

PASSWORD_ENDPOINTS = frozenset({f"{FEED}.releases"})
"""Where a service token may be the password of HTTP's Basic authentication, since feed readers send no other one."""

FEED_ADDRESS = "/releases.atom"
_ENTRIES = 50
_ATOM = "application/atom+xml"
_RANK = 3
# Made for this service once; the names in it are of releases.
_RELEASES = uuid.UUID("6d8cf1f4-4d0c-4f5e-9b0e-0d0f6a4f2c77")


def release_feed(store: TrackerStore, public_url: str) -> Blueprint:
    """The blueprint for /releases.atom.

    Args:
        store: has the releases.
        public_url: the address of the service for people.
    """
    blueprint = Blueprint(FEED, __name__)

    @blueprint.get(FEED_ADDRESS)
    @takes(*FILTERS)
    def releases() -> Response:
        query = NewsPageQuery.of(request.args)
        parameters = urlencode(query.parameters())
        search = f"?{parameters}" if parameters else ""
        items = store.news(query.filter, _ENTRIES).items
        feed = AtomFeed(
            "New releases",
            f"{public_url}{FEED_ADDRESS}{search}",
            f"{public_url}{NEWS}{search}",
            [_entry(news, public_url) for news in items],
        )
        document = feed.document()
        answer = Response(document, content_type=f"{_ATOM}; charset=utf-8")
        answer.set_etag(hashlib.sha256(document).hexdigest()[:32])
        answer.last_modified = feed.updated
        answer.make_conditional(request)
        return answer

    return blueprint


def _entry(news: ReleaseNews, public_url: str) -> AtomEntry:
    tracked, release = news.tracked, news.release
    page = f"{public_url}/repositories/{tracked.id}/releases/{release.id}"
    seen = release.first_seen or tracked.date_added
    signs = {
        "pre-release": news.prerelease,
        "withdrawn": release.withdrawn,
        "tag moved": release.moved is not None,
        "skipped": release.skipped is not None,
    }
    marks = [word for word, holds in signs.items() if holds]
    title = f"{tracked.name} {release.version}"
    return AtomEntry(
        id=_id(news),
        title=f"{title} ({', '.join(marks)})" if marks else title,
        link=web_address(release.url) or page,
        related=page,
        updated=max(seen, release.moved.at) if release.moved else seen,
        published=release.date or seen,
        categories=(tracked.address.type.value, *tracked.labels, *marks),
        html=_content(news, page),
    )


def _id(news: ReleaseNews) -> str:
    """The same for ever: another address, name or filter of the repository does not change it."""
    tracked = news.tracked
    name = f"{tracked.id} {tracked.date_added.isoformat()} {news.release.version}"
    return uuid.uuid5(_RELEASES, name).urn


def _content(news: ReleaseNews, page: str) -> Markup:
    """The beginning of the notes, sanitised, after what is special about the release."""
    release = news.release
    shown, more = beginning(release.notes.strip())
    lines = [Markup("<p>{}</p>").format(line) for line in _lines(news)]
    full = Markup('<p><a href="{}">Full notes</a></p>').format(page) if more else Markup()
    return Markup("\n").join([*lines, as_html(shown, _RANK) if shown else Markup(), full])


def _lines(news: ReleaseNews) -> list[str]:
    release, lines = news.release, []
    if news.prerelease:
        lines.append("This is a pre-release.")
    if release.withdrawn:
        lines.append("It is no longer published.")
    if release.moved:
        lines.append(f"Its tag was moved from {release.moved.previous_hash} to {release.hash or 'an unknown hash'}.")
    return lines
