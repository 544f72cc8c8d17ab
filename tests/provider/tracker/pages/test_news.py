"""Tests of the page of new releases, without a browser."""

import re
from datetime import timedelta
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import pytest
from flask.testing import FlaskClient

from provider.tracker.decisions.kinds import RepositoryType
from provider.tracker.decisions.outcomes import PollFailure
from provider.tracker.decisions.polling import after_poll
from provider.tracker.decisions.release import FoundRelease
from proxy.errors import Unavailable
from tests.provider.tracker.pages.tracker_pages_web import TrackerWorld, release
from tests.provider.web_images import NOW

TOOL = "https://github.com/acme/tool"
BASE = "ghcr.io/acme/base"


@pytest.fixture(name="world")
def made_world() -> TrackerWorld:
    """Two repositories with releases of three days."""
    world = TrackerWorld()
    world.now = NOW - timedelta(days=400)
    world.publish(RepositoryType.GITHUB, "acme/tool", release("1.0.0"))
    world.publish(RepositoryType.CONTAINER, BASE, release("0.9.0"))
    world.add(TOOL)
    world.add(BASE)
    poll(world, 1, timedelta(days=40), release("1.1.0", notes="**Bold** news"))
    poll(world, 1, timedelta(days=1), release("1.2.0-rc.1"))
    poll(world, 2, timedelta(hours=1), release("2.1.0", url="javascript:alert(1)"))
    world.now = NOW
    return world


def poll(world: TrackerWorld, number: int, ago: timedelta, *releases: FoundRelease) -> None:
    """Publish releases, and poll the repository so long ago."""
    kind, path = (RepositoryType.GITHUB, "acme/tool") if number == 1 else (RepositoryType.CONTAINER, BASE)
    world.now = NOW - ago
    known = (FoundRelease(one.version, hash=one.hash, notes=one.notes) for one in world.store.known(number))
    named = {each.version for each in releases}
    world.publish(kind, path, *releases, *(each for each in known if each.version not in named))
    world.parts.poller.poll_one(number)


@pytest.fixture(name="client")
def made_client(world: TrackerWorld) -> FlaskClient:
    """A client on this machine, which is an admin."""
    return world.client()


def _versions(page: str) -> list[str]:
    return re.findall(r'/repositories/\d+/releases/\d+">([^<]+)</a></h3>', page)


def test_tracker_new_releases_are_grouped_by_day(client: FlaskClient) -> None:
    """Today, Yesterday or the date, each with repository and version; what was known from the start is left out."""
    page = client.get("/releases").text
    assert re.findall(r'<section class="day"><h2>([^<]+)</h2>', page) == ["Today", "Yesterday", _date(40)]
    assert _versions(page) == ["2.1.0", "1.2.0-rc.1", "1.1.0"]
    assert "3 releases" in page
    assert "<strong>Bold</strong> news" in page
    assert page.count("Pre-release</span>") == 1
    assert "Last polled" in page
    assert 'href="javascript:' not in page


def _date(days: int) -> str:
    day = NOW - timedelta(days=days)
    return f"{day.day} {day:%b} {day.year}"


@pytest.mark.parametrize(
    ("query", "versions"),
    [
        ("q=TOOL", ["1.2.0-rc.1", "1.1.0"]),
        ("q=v2.1", ["2.1.0"]),
        ("type=container", ["2.1.0"]),
        ("prereleases=false", ["2.1.0", "1.1.0"]),
        ("prereleases=true", ["2.1.0", "1.2.0-rc.1", "1.1.0"]),
        ("baseline=true&repository=2", ["2.1.0", "0.9.0"]),
        ("repository=1&q=1.1", ["1.1.0"]),
        (f"since={(NOW - timedelta(days=1)).date()}", ["2.1.0", "1.2.0-rc.1"]),
        (f"until={(NOW - timedelta(days=1)).date()}", ["1.2.0-rc.1", "1.1.0"]),
        (f"since={(NOW - timedelta(days=1)).date()}&until={(NOW - timedelta(days=1)).date()}", ["1.2.0-rc.1"]),
        ("label=none", []),
    ],
)
def test_tracker_new_releases_are_filtered_by_the_address(client: FlaskClient, query: str, versions: list[str]) -> None:
    """The form shows the filters again, and the links to other pages and to the feed keep them."""
    page = client.get(f"/releases?{query}").text
    assert _versions(page) == versions
    assert ("No release matches" in page) is not bool(versions)
    feed = re.search(r'href="(/releases\.atom[^"]*)" id="feed"', page)
    assert feed
    kept = dict(parse_qsl(urlsplit(unescape(feed[1])).query))
    assert kept == {name: value for name, value in parse_qsl(query) if (name, value) != ("prereleases", "true")}


@pytest.mark.parametrize(
    "query",
    [
        "type=svn", "prereleases=no", "baseline=1", "since=yesterday", "since=2026-13-01", "since=20261101",
        "until=0001-01-01", "until=9999-12-31", "repository=x", "repository=99999999999", "after=x", "after=x&id=1",
        "page=2", "Q=x",
    ],
)  # fmt: skip
def test_a_filter_that_cannot_be_read_is_refused(client: FlaskClient, query: str) -> None:
    """422, as on every page."""
    assert client.get(f"/releases?{query}").status_code == 422


def test_tracker_long_lists_of_news_come_in_pages(world: TrackerWorld, client: FlaskClient) -> None:
    """Links lead through all of them, each once."""
    poll(world, 1, timedelta(hours=2), *(release(f"5.{number}.0") for number in range(75)))
    world.now = NOW
    seen: list[str] = []
    address: str | None = "/releases?type=github"
    while address:
        page = client.get(address).text
        seen += _versions(page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        address = following[1].replace("&amp;", "&") if following else None
    assert len(seen) == len(set(seen)) == 77


def test_a_moved_tag_and_a_withdrawn_release_are_marked(world: TrackerWorld, client: FlaskClient) -> None:
    """A moved tag shows both hashes."""
    poll(world, 1, -timedelta(hours=1), release("1.1.0", hash="cd" * 20))
    page = client.get("/releases?q=1.1.0").text
    assert "Tag moved</span>" in page
    assert f'<code title="{"ab" * 20}">{"ab" * 6}</code> → <code title="{"cd" * 20}">{"cd" * 6}</code>' in page

    poll(world, 2, -timedelta(hours=2), *(release(f"7.{number}.0") for number in range(20)))
    world.sources[RepositoryType.CONTAINER].withdraw(BASE, "7.0.0")
    world.now = NOW + timedelta(hours=30)
    world.parts.poller.poll_one(2)
    assert "Withdrawn</span>" in client.get("/releases?q=7.0.0").text


def test_tracker_failing_repositories_are_a_notice(world: TrackerWorld, client: FlaskClient) -> None:
    """It says how many may be missing something, with a link to each kind."""
    assert "may be missing" not in client.get("/releases").text
    world.sources[RepositoryType.GITHUB].fail("acme/tool", Unavailable("no answer"))
    with pytest.raises(Unavailable):
        world.parts.poller.poll_one(1)
    world.add_unpolled("https://github.com/acme/never", "never")
    page = client.get("/releases").text
    assert "Releases may be missing" in page
    assert '<a href="/?state=error">1 repository</a> cannot be read' in page
    assert '<a href="/?state=never">1 repository</a> ' in page


@pytest.mark.parametrize("number", [1, 2])
@pytest.mark.parametrize(
    ("failures", "limited", "words"),
    [
        (0, False, ("was not polled yet", "were not polled yet")),
        (1, False, ("cannot be read", "cannot be read")),
        (0, True, ("waits because its host limits requests", "wait because their hosts limit requests")),
        (100, False, ("failed so often that it is polled only", "failed so often that they are polled only")),
    ],
)
def test_tracker_the_notice_speaks_of_one_and_of_several(
    number: int, failures: int, limited: bool, words: tuple[str, str]
) -> None:
    """Its verbs fit the number of repositories in each state."""
    world = TrackerWorld()
    for each in range(number):
        of = world.add_unpolled(f"https://github.com/acme/p{each}", f"p{each}")
        until = NOW + timedelta(minutes=9) if limited else None
        for _ in range(1 if limited else failures):
            failed = after_poll(NOW, world.store.get(of), (), PollFailure("no answer", until), timedelta(hours=1))
            world.store.record([failed])
    found = re.findall(r"<li><a [^>]+>(\d repositor[a-z]+)</a> ([^<\n]+)", world.client().get("/releases").text)
    assert [many for many, _ in found] == [("1 repository", "2 repositories")[number - 1]]
    assert found[0][1].startswith(words[number - 1])


def test_tracker_empty_lists_of_news_lead_on() -> None:
    """Without a repository, one can be added; without news, the releases that are known can be shown."""
    world = TrackerWorld()
    client = world.client()
    assert "Add the first repository" in client.get("/releases").text
    world.publish(RepositoryType.GITHUB, "acme/tool", release("1.0.0"))
    world.add(TOOL)
    page = client.get("/releases").text
    assert "Nothing new yet" in page
    assert 'href="/releases?baseline=true"' in page
    assert _versions(client.get("/releases?baseline=true").text) == ["1.0.0"]


def test_tracker_the_navigation_has_the_news_after_the_repositories(client: FlaskClient) -> None:
    """The current page is marked, and only that."""
    page = client.get("/releases").text
    menu = page[page.index('aria-label="Main"') : page.index("</nav>")]
    entries = re.findall(r">([A-Za-z ]+)</a>", menu)
    assert entries[entries.index("Releases") + 1] == "What is new"
    assert re.findall(r'aria-current="page">([^<]+)', menu) == ["What is new"]
    assert 'aria-current="page">Releases' in client.get("/").text
    assert 'aria-current="true">Releases' in client.get("/repositories/new").text


def test_a_release_without_a_time_is_last(world: TrackerWorld, client: FlaskClient) -> None:
    """What a person added was not seen by a poll."""
    world.store.add_release(1, FoundRelease("0.1.0"))
    page = client.get("/releases?baseline=true").text
    assert _versions(page)[-1] == "0.1.0"
    assert "First seen at an unknown time" in page


@pytest.mark.parametrize(
    ("query", "name", "version"),
    [("v1.0", "tool", "1.0.0"), ("0.9", "base", "0.9.0")],
)
def test_tracker_the_list_of_repositories_shows_the_version_that_was_found(
    client: FlaskClient, query: str, name: str, version: str
) -> None:
    """The row says which version matched, unless it is the latest one."""
    page = client.get(f"/?q={query}").text
    assert "1 repository" in page
    assert re.search(rf'found <a href="/repositories/\d/releases/\d">{re.escape(version)}</a>', page)
    assert f">{name}</a>" in page
    assert "found <a" not in client.get("/?q=2.1.0").text
