"""Atom feeds (RFC 4287): entries as XML. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.etree.ElementTree import Element, SubElement, tostring

from catalog.times import rfc3339

_NAMESPACE = "http://www.w3.org/2005/Atom"
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
# XML 1.0, section 2.2: the characters that no document may have.
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class AtomEntry:
    """An entry of a feed.

    Attributes:
        id: an IRI that stays the same for ever.
        link: the web page to open.
        related: a page about it.
        updated: when it changed in a way that matters.
        published: when it came out.
        categories: words to sort it by.
        html: its content, sanitised.
    """

    id: str
    title: str
    link: str
    related: str
    updated: datetime
    published: datetime
    categories: tuple[str, ...]
    html: str


@dataclass(frozen=True, slots=True)
class AtomFeed:
    """A feed; `address` is where it is read, `page` the page that shows the same."""

    title: str
    address: str
    page: str
    entries: Sequence[AtomEntry]

    @property
    def updated(self) -> datetime:
        """When an entry changed last; the epoch without an entry."""
        return max((entry.updated for entry in self.entries), default=_NEVER)

    def document(self) -> bytes:
        """The feed as XML in UTF-8."""
        # The order is free (RFC 4287, section 4.1).
        feed = Element("feed", xmlns=_NAMESPACE)
        _add(feed, "id", self.address)
        _add(feed, "title", self.title)
        _add(feed, "updated", rfc3339(self.updated))
        _add(SubElement(feed, "author"), "name", "Image Factory")
        _link(feed, "self", self.address, "application/atom+xml")
        _link(feed, "alternate", self.page, "text/html")
        for entry in self.entries:
            _add_entry(feed, entry)
        document: bytes = tostring(feed, encoding="utf-8", xml_declaration=True)
        return document


def _add_entry(feed: Element, entry: AtomEntry) -> None:
    element = SubElement(feed, "entry")
    _add(element, "id", entry.id)
    _add(element, "title", entry.title)
    _add(element, "updated", rfc3339(entry.updated))
    _add(element, "published", rfc3339(entry.published))
    _link(element, "alternate", entry.link, "text/html")
    _link(element, "related", entry.related, "text/html")
    for category in entry.categories:
        SubElement(element, "category", term=_text(category))
    _add(element, "content", entry.html, type="html")


def _link(parent: Element, rel: str, address: str, kind: str) -> None:
    SubElement(parent, "link", rel=rel, href=_text(address), type=kind)


def _add(parent: Element, name: str, text: str, **attributes: str) -> None:
    SubElement(parent, name, attributes).text = _text(text)


def _text(text: str) -> str:
    return _NO_XML.sub("\ufffd", text)
