"""Tests of the Atom feed, read by feedparser and by the rules of RFC 4287."""

import base64
import re
from collections import Counter
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree

import feedparser
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from provider.auth.access import Access
from provider.auth.callers import CallerRole, ServiceToken
from provider.tracker.pages.atom import AtomEntry, AtomFeed
from provider.tracker.services.editing import RepositoryRequest
from proxy.secrets.secret import Secret
from tests.provider.tracker.pages.test_news import TOOL, made_client, made_world, poll
from tests.provider.tracker.pages.tracker_pages_web import PUBLIC_URL, TrackerWorld, release
from tests.provider.web_images import NOW

__all__ = ["made_client", "made_world"]

FEED = "/releases.atom"
ATOM = "{http://www.w3.org/2005/Atom}"
READER, ADMIN = "reader-token-for-feeds", "admin-token-for-all"
TOKENS = (
    ServiceToken("feeds", CallerRole.READ, Secret(READER)),
    ServiceToken("ops", CallerRole.ADMIN, Secret(ADMIN)),
)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


def _read(answer: TestResponse) -> Any:
    """The feed as feedparser reads it, after a check by the rules of the RFC."""
    assert answer.status_code == 200
    assert answer.content_type == "application/atom+xml; charset=utf-8"
    _follow_the_rfc(ElementTree.fromstring(answer.data))  # noqa: S314 - our own document
    found = feedparser.parse(answer.data)
    assert not found.bozo, found.get("bozo_exception")
    assert found.version == "atom10"
    return found


def _follow_the_rfc(feed: ElementTree.Element) -> None:
    """RFC 4287, section 4.1: what a feed and an entry must have once, and may have once."""
    assert feed.tag == f"{ATOM}feed"
    for element in (feed, *feed.iter(f"{ATOM}entry")):
        numbers = Counter(child.tag.removeprefix(ATOM) for child in element)
        assert [numbers[name] for name in ("id", "title", "updated")] == [1, 1, 1]
        assert all(numbers[name] <= 1 for name in ("published", "content", "summary", "rights", "subtitle"))
        assert set(numbers) <= {"id", "title", "updated", "author", "link", "entry", "published", "category", "content"}
        links = Counter((link.get("rel"), link.get("type")) for link in element.findall(f"{ATOM}link"))
        assert links["alternate", "text/html"] == 1
        assert all(link.get("href", "").startswith("http") for link in element.findall(f"{ATOM}link"))
        for name in ("updated", "published"):
            assert all(_MOMENT.fullmatch(child.text or "") for child in element.findall(f"{ATOM}{name}"))
    assert feed.findtext(f"{ATOM}author/{ATOM}name")
    assert all(category.get("term") for category in feed.iter(f"{ATOM}category"))
    assert {content.get("type") for content in feed.iter(f"{ATOM}content")} <= {"html"}
    ids = [entry.findtext(f"{ATOM}id") for entry in feed.iter(f"{ATOM}entry")]
    assert len(ids) == len(set(ids))


def test_tracker_a_feed_reader_reads_new_releases(client: FlaskClient) -> None:
    """Newest first, with title, link, times, categories and notes."""
    found = _read(client.get(FEED))
    assert [entry.title for entry in found.entries] == ["base 2.1.0", "tool 1.2.0-rc.1 (pre-release)", "tool 1.1.0"]
    assert (found.feed.id, found.feed.link) == (f"{PUBLIC_URL}{FEED}", f"{PUBLIC_URL}/releases")
    newest, candidate, oldest = found.entries
    assert found.feed.updated == newest.updated
    assert newest.link == f"{PUBLIC_URL}/repositories/2/releases/5"
    assert oldest.link == "https://vendor.example/1.1.0"
    assert {tag.term for tag in candidate.tags} == {"github", "pre-release"}
    assert "<strong>Bold</strong> news" in oldest.content[0].value
    assert oldest.updated == f"{(NOW - timedelta(days=40)).replace(microsecond=0):%Y-%m-%dT%H:%M:%SZ}"


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("q=2.1", ["base 2.1.0"]),
        ("type=github&prereleases=false", ["tool 1.1.0"]),
        ("repository=2&baseline=true", ["base 2.1.0", "base 0.9.0"]),
        ("since=2026-13-01", None),
        ("label=nothing", []),
    ],
)
def test_tracker_the_feed_has_the_filters_of_the_page(
    client: FlaskClient, query: str, titles: list[str] | None
) -> None:
    """Its address and its page have them too."""
    answer = client.get(f"{FEED}?{query}")
    if titles is None:
        assert answer.status_code == 422
        return
    found = _read(answer)
    assert [entry.title for entry in found.entries] == titles
    assert found.feed.id.startswith(f"{PUBLIC_URL}{FEED}?")
    assert client.get(found.feed.link.removeprefix(PUBLIC_URL)).status_code == 200


def test_the_page_names_its_feed(client: FlaskClient) -> None:
    """A browser or a reader finds it, with the filters of the page."""
    page = client.get("/releases?type=git&q=a+b").text
    link = re.search(r'<link rel="alternate" type="application/atom\+xml"[^>]* href="([^"]+)"', page)
    assert link
    assert client.get(link[1].replace("&amp;", "&")).status_code == 200
    assert "type=git" in link[1]


def test_an_unchanged_feed_is_304(world: TrackerWorld, client: FlaskClient) -> None:
    """By its entity tag and by its time; a new release changes both."""
    first = client.get(FEED)
    tag, at = first.headers["ETag"], first.headers["Last-Modified"]
    for header in ({"If-None-Match": tag}, {"If-Modified-Since": at}):
        again = client.get(FEED, headers=header)
        assert (again.status_code, again.data) == (304, b"")
    assert first.headers["Cache-Control"] == "private, no-cache"
    poll(world, 1, timedelta(minutes=1), release("3.0.0"))
    for header in ({"If-None-Match": tag}, {"If-Modified-Since": at}):
        assert client.get(FEED, headers=header).status_code == 200
    assert client.get(f"{FEED}?q=x", headers={"If-None-Match": tag}).status_code == 200


def test_ids_stay_the_same(world: TrackerWorld, client: FlaskClient) -> None:
    """Another name of the repository, other notes, a moved tag and another public address change no id."""
    before = {entry.title.split()[1]: entry.id for entry in _read(client.get(FEED)).entries}
    poll(world, 1, -timedelta(hours=1), release("1.1.0", hash="cd" * 20, notes="other"))
    tracked = world.store.get(1)
    world.parts.editing.change(
        1,
        tracked.version,
        RepositoryRequest(TOOL, name="renamed", tag_form=tracked.tag_form),
        unchecked=True,
    )
    entries = _read(world.app(public_url="https://other.example").test_client().get(FEED)).entries
    assert {entry.title.split()[1]: entry.id for entry in entries} == before
    (moved,) = [entry for entry in entries if "1.1.0" in entry.title]
    assert moved.title == "renamed 1.1.0 (tag moved)"
    assert moved.updated > moved.published
    assert "cd" * 20 in moved.content[0].value


HOSTILE = "<script>alert(1)</script>\n\n[x](javascript:alert(2)) <img src=x onerror=alert(3)> & ]]> \x00\x1b **ok**"


@pytest.mark.parametrize("notes", [HOSTILE, "<![CDATA[", "&amp;lt;script&amp;gt;", "\ufffe\uffff", "</content></feed>"])
def test_notes_are_sanitised_and_break_no_feed(world: TrackerWorld, client: FlaskClient, notes: str) -> None:
    """No script, no characters that XML forbids, and no end of the document."""
    poll(world, 1, timedelta(minutes=1), release("6.6.6<x>", notes=notes, url="https://vendor.example/?a=1&b=<2>"))
    (entry,) = [entry for entry in _read(client.get(FEED)).entries if "6.6.6" in entry.title]
    raw = ElementTree.fromstring(client.get(FEED).data)  # noqa: S314 - our own document
    html = next(raw.iter(f"{ATOM}content")).text or ""
    assert not re.search(r"<script|<img|onerror=\w|href=.javascript", html)
    assert entry.title.startswith("tool 6.6.6")


def test_no_text_breaks_the_document() -> None:
    """Half a character, which JSON can carry, and what XML forbids become question marks."""
    text = "a\ud800\x00b\n\U0001f600"
    entry = AtomEntry("urn:x", text, "https://x", "https://x", NOW, NOW, (text,), text)
    feed = ElementTree.fromstring(AtomFeed(text, "https://x/feed", "https://x", [entry]).document())  # noqa: S314 - ours
    shown = "a\ufffd\ufffdb\n\U0001f600"
    assert feed.findtext(f"{ATOM}title") == feed.findtext(f"{ATOM}entry/{ATOM}content") == shown


def test_long_notes_are_cut(world: TrackerWorld, client: FlaskClient) -> None:
    """With a link to the whole."""
    poll(world, 1, timedelta(minutes=1), release("8.0.0", notes="word " * 5_000))
    entry = _read(client.get(FEED)).entries[0]
    assert len(entry.content[0].value) < 5_000
    assert f'href="{PUBLIC_URL}/repositories/1/releases/' in entry.content[0].value


def test_a_feed_has_the_newest_fifty(world: TrackerWorld, client: FlaskClient) -> None:
    """However many there are."""
    poll(world, 1, timedelta(minutes=1), *(release(f"5.{number}.0") for number in range(75)))
    assert len(_read(client.get(FEED)).entries) == 50


def test_an_empty_feed_is_one() -> None:
    """Without a repository too."""
    assert _read(TrackerWorld().client().get(FEED)).entries == []


def _basic(password: str, user: str = "anyone") -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({}, 401),
        (_basic(READER), 200),
        (_basic(ADMIN, ""), 200),
        (_basic(READER, "an:other"), 401),
        (_basic("wrong"), 401),
        (_basic("Bearer " + READER), 401),
        ({"Authorization": "Basic not-base64"}, 401),
        ({"Authorization": "Basic " + base64.b64encode(READER.encode()).decode()}, 401),
        ({"Authorization": "basic " + base64.b64encode(f"x:{READER}".encode()).decode()}, 200),
        ({"Authorization": f"Bearer {READER}"}, 200),
        ({"X-Image-Factory-Token": READER}, 200),
        ({"X-Image-Factory-Token": READER, **_basic("wrong")}, 401),
    ],
)
def test_tracker_a_feed_reader_sends_a_service_token_as_the_password(
    world: TrackerWorld, headers: dict[str, str], code: int
) -> None:
    """A wrong one and none at all are 401 with a challenge that feed readers know; a browser is not redirected."""
    client = world.client(Access(TOKENS))
    answer = client.get(FEED, headers={**headers, "Accept": "text/html, application/atom+xml"})
    assert answer.status_code == code
    challenges = answer.headers.getlist("WWW-Authenticate")
    assert any(each.lower().startswith("basic realm=") for each in challenges) is (code == 401)


@pytest.mark.parametrize("path", ["/api/v1/releases", "/releases", "/repositories/1", "/catalog/entities", "/metrics"])
def test_a_password_opens_nothing_else(world: TrackerWorld, path: str) -> None:
    """Basic authentication holds for the feed alone, and the token in the address for nothing here."""
    client = world.client(Access(TOKENS, catalog_token=Secret("catalog-token-1234567")))
    assert client.get(path, headers=_basic(ADMIN)).status_code == 401
    assert client.get(f"{FEED}?token=catalog-token-1234567").status_code in {401, 422}
    assert client.post(FEED, headers=_basic(ADMIN)).status_code == 401


def test_wrong_passwords_are_limited(world: TrackerWorld) -> None:
    """After ten, more of them from the same address are 429."""
    client = world.client(Access(TOKENS))
    codes = [client.get(FEED, headers=_basic(f"wrong-{number}")).status_code for number in range(12)]
    assert codes == [401] * 10 + [429] * 2
    assert client.get(FEED, headers=_basic(READER)).status_code == 200


def test_a_browser_that_signed_in_reads_the_feed(world: TrackerWorld) -> None:
    """By its session, as the page."""
    client = world.client(Access(TOKENS))
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/login").text)
    assert token
    form = {"token": READER, "csrf_token": token[1]}
    assert client.post("/login", data=form, headers={"Origin": PUBLIC_URL}).status_code == 303
    assert client.get(FEED).status_code == 200
