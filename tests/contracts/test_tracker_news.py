"""The contract of the list of the releases of all repositories, over the fake and over each database."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from provider.ports import Place
from provider.tracker.decisions.kinds import RepositoryType, TagForm
from provider.tracker.decisions.outcomes import Found
from provider.tracker.decisions.release import FoundRelease
from provider.tracker.ports import NewsFilter, TrackerStore
from tests.contracts.tracker_subjects import HOUR, KINDS, NOW, Subject, fields, polled, subject_of


@pytest.fixture(params=KINDS)
def subject(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Subject]:
    """An empty store of each kind, and its outbox."""
    yield from subject_of(request.param, tmp_path)


@pytest.fixture
def store(subject: Subject) -> TrackerStore:
    """The store of the subject."""
    return subject.store


def _added(store: TrackerStore, url: str, *, labels: tuple[str, ...] = (), notes: str = "") -> int:
    return store.add(replace(fields(url, notes=notes), labels=labels), NOW).id


def _find(store: TrackerStore, number: int, hours: int, *versions: str | FoundRelease) -> None:
    """Let a poll find these releases in addition to those that are known, so many hours later."""
    known = [FoundRelease(one.version, prerelease=one.prerelease, draft=one.draft) for one in store.known(number)]
    new = [FoundRelease(one) if isinstance(one, str) else one for one in versions]
    named = {one.version for one in new}
    found = (*new, *(one for one in known if one.version not in named))
    store.record([polled(store, number, Found(None, found), NOW + hours * HOUR)])


def _various(store: TrackerStore) -> list[int]:
    app = _added(store, "acme/app", labels=("team-a", "web"), notes="Straße")
    tool = _added(store, "https://git.example.org/x/tool.git", labels=("web.de",))
    base = _added(store, "ghcr.io/acme/base", labels=("team-a",))
    for number in (app, tool, base):
        _find(store, number, 0, "1.0.0", "1.1.0")
    _find(store, app, 1, "2.0.0-rc.1", "v2.1.0")
    _find(store, tool, 2, "controller-v2.1.3", FoundRelease("2.2.0", prerelease=True))
    _find(store, base, 2, "3.0.0")
    _find(store, app, 3, "2.10.0", FoundRelease("9.0.0", draft=True))
    return [app, tool, base]


def _versions(store: TrackerStore, wanted: NewsFilter) -> list[str]:
    return [news.release.version for news in store.news(wanted, 100).items]


def test_tracker_the_releases_of_all_repositories_are_listed_newest_first(store: TrackerStore) -> None:
    """What was first seen last comes first, each with its repository; drafts and what was known is left out."""
    app, tool, base = _various(store)

    items = store.news(NewsFilter(), 100).items
    assert [news.release.version for news in items][:2] == ["2.10.0", "3.0.0"]
    assert {news.release.version for news in items[2:4]} == {"controller-v2.1.3", "2.2.0"}
    assert {news.release.version for news in items[4:]} == {"2.0.0-rc.1", "v2.1.0"}
    assert [news.tracked.id for news in items] == [app, base, tool, tool, app, app]
    assert all(not news.release.baseline for news in items)
    assert {news.release.version for news in items if news.prerelease} == {"2.0.0-rc.1", "2.2.0"}
    assert items[0].tracked.latest is not None


@pytest.mark.parametrize(
    ("wanted", "versions"),
    [
        (NewsFilter(prereleases=False), {"2.10.0", "3.0.0", "controller-v2.1.3", "v2.1.0"}),
        (NewsFilter(type=RepositoryType.GIT), {"controller-v2.1.3", "2.2.0"}),
        (NewsFilter(type=RepositoryType.CONTAINER, prereleases=False), {"3.0.0"}),
        (NewsFilter(label="team-a"), {"2.10.0", "3.0.0", "2.0.0-rc.1", "v2.1.0"}),
        (NewsFilter(label="web"), {"2.10.0", "2.0.0-rc.1", "v2.1.0"}),
        (NewsFilter(label="nothing"), set()),
        (NewsFilter(query="ACME"), {"2.10.0", "3.0.0", "2.0.0-rc.1", "v2.1.0"}),
        (NewsFilter(query="strasse"), {"2.10.0", "2.0.0-rc.1", "v2.1.0"}),
        (NewsFilter(query="v2.1"), {"2.10.0", "v2.1.0", "controller-v2.1.3"}),
        (NewsFilter(query="2.1."), {"v2.1.0", "controller-v2.1.3"}),
        (NewsFilter(query="Controller-V2"), {"controller-v2.1.3"}),
        (NewsFilter(query="v2.1", type=RepositoryType.GITHUB), {"2.10.0", "v2.1.0"}),
        (NewsFilter(query="2.0.0-rc", prereleases=False), set()),
        (NewsFilter(query="nothing 7"), set()),
        (NewsFilter(since=NOW + 2 * HOUR), {"2.10.0", "3.0.0", "controller-v2.1.3", "2.2.0"}),
        (NewsFilter(until=NOW + 2 * HOUR), {"2.0.0-rc.1", "v2.1.0"}),
        (NewsFilter(since=NOW + 2 * HOUR, until=NOW + 3 * HOUR, label="team-a"), {"3.0.0"}),
    ],
)
def test_tracker_the_releases_of_all_repositories_are_filtered(
    store: TrackerStore, wanted: NewsFilter, versions: set[str]
) -> None:
    """By repository, type, label, period, pre-releases, and a text in a repository or at the beginning of a version."""
    _various(store)

    found = _versions(store, wanted)
    assert set(found) == versions
    assert len(found) == len(versions) == store.count_news(wanted)
    assert store.count_news(wanted, 2) == min(2, len(versions))
    assert [news.release.version for news in store.every_news(wanted)] == found


def test_one_repository_has_news(store: TrackerStore) -> None:
    """The id of a repository restricts the list to its releases; an unknown id has none."""
    _, tool, _ = _various(store)
    assert set(_versions(store, NewsFilter(repository=tool))) == {"controller-v2.1.3", "2.2.0"}
    assert _versions(store, NewsFilter(repository=999)) == []


def test_what_was_known_can_be_listed_too(store: TrackerStore) -> None:
    """The first releases of a repository come behind its news, and what a person added, which was never seen, last."""
    app, *_ = _various(store)
    store.add_release(app, FoundRelease("0.5.0"))

    wanted = NewsFilter(known=True, repository=app)
    found = _versions(store, wanted)
    assert found[0] == "2.10.0"
    assert set(found[3:5]) == {"1.0.0", "1.1.0"}
    assert found[5:] == ["0.5.0"]
    assert "0.5.0" not in _versions(store, replace(wanted, since=NOW))
    assert "0.5.0" not in _versions(store, replace(wanted, until=NOW + 99 * HOUR))


@pytest.mark.parametrize("size", [1, 2, 4])
@pytest.mark.parametrize(
    "wanted",
    [NewsFilter(), NewsFilter(known=True), NewsFilter(label="team-a"), NewsFilter(query="2.")],
)
def test_all_pages_together_have_each_release_once(store: TrackerStore, size: int, wanted: NewsFilter) -> None:
    """By cursor and by number, in the order of the whole list; what is found meanwhile repeats nothing."""
    app, *_ = _various(store)
    whole = _versions(store, wanted)
    assert len(whole) > 3
    by_number = [news.release.version for n in range(1, 20) for news in store.news(wanted, size, page=n).items]
    assert by_number == whole

    found: list[str] = []
    after: Place | None = None
    while True:
        page = store.news(wanted, size, after)
        found += [news.release.version for news in page.items]
        after = page.end
        if after is None:
            break
        _find(store, app, 4 + len(found), f"2.{len(found)}.99")
    assert found == whole


def test_places_that_are_none_are_refused(store: TrackerStore) -> None:
    """A place of another list, and a page that does not exist, are errors."""
    for key, name in (("app", "1"), ("2026-01-01T00:00:00", "1"), (NOW.isoformat(), "one")):
        with pytest.raises(ValueError, match=r"[a-z]"):
            store.news(NewsFilter(), 10, Place(key, name))
    for size, page in ((0, 1), (1, 0)):
        with pytest.raises(ValueError, match="page"):
            store.news(NewsFilter(), size, page=page)


def test_another_list_and_another_address_are_no_news(store: TrackerStore) -> None:
    """What the first poll of another list, filter or address finds was there before."""
    number = _added(store, "acme/app")
    _find(store, number, 0, "1.0.0")
    silent = Found(None, (FoundRelease("1.0.0"), FoundRelease("0.9.0")), silent=True)
    store.record([polled(store, number, silent, NOW + HOUR)])
    assert _versions(store, NewsFilter()) == []

    store.change(number, 1, replace(fields("acme/other"), labels=()))
    _find(store, number, 2, "5.0.0")
    assert _versions(store, NewsFilter()) == []
    _find(store, number, 3, "5.1.0")
    assert _versions(store, NewsFilter()) == ["5.1.0"]


def test_a_draft_is_new_when_it_is_published(store: TrackerStore) -> None:
    """It gets the time of the poll that found it published."""
    number = _added(store, "acme/app")
    _find(store, number, 0, "1.0.0", FoundRelease("2.0.0", draft=True))
    _find(store, number, 1, "1.1.0")
    _find(store, number, 2, FoundRelease("2.0.0"))

    found = store.news(NewsFilter(), 10).items
    assert [(news.release.version, news.release.first_seen) for news in found] == [
        ("2.0.0", NOW + 2 * HOUR),
        ("1.1.0", NOW + HOUR),
    ]


def test_what_a_person_does_with_a_release_is_kept(store: TrackerStore) -> None:
    """A removed release is not listed any more; an edited one stays news, and one added by hand is none."""
    number = _added(store, "acme/app")
    _find(store, number, 0, "1.0.0")
    _find(store, number, 1, "1.1.0", "1.2.0")
    kept = {release.version: release.id for release in store.known(number)}
    store.remove_release(number, kept["1.1.0"])
    store.change_release(number, kept["1.2.0"], FoundRelease("1.2.0-rc.1"))
    store.add_release(number, FoundRelease("7.0.0"))

    (news,) = store.news(NewsFilter(), 10).items
    assert (news.release.version, news.release.first_seen, news.prerelease) == ("1.2.0-rc.1", NOW + HOUR, True)
    assert _versions(store, NewsFilter(prereleases=False)) == []


def test_another_tag_form_tells_pre_releases_apart_anew(store: TrackerStore) -> None:
    """Whether a tag says that it is a pre-release depends on the form of the repository."""
    number = _added(store, "acme/app")
    _find(store, number, 0, "1.0.0")
    _find(store, number, 1, "1.2.3-foo")
    assert _versions(store, NewsFilter(prereleases=False)) == ["1.2.3-foo"]
    store.change(number, 1, fields("acme/app", form=TagForm.SEMVER))
    assert _versions(store, NewsFilter(prereleases=False)) == []


def test_a_deleted_repository_has_no_news(store: TrackerStore) -> None:
    """Its releases leave the list with it."""
    app, *_ = _various(store)
    store.remove(app)
    assert set(_versions(store, NewsFilter())) == {"3.0.0", "controller-v2.1.3", "2.2.0"}


def test_releases_of_the_same_moment_have_one_order(store: TrackerStore) -> None:
    """Those of one poll are told apart by their ids, so that pages neither repeat nor skip any."""
    number = _added(store, "acme/app")
    _find(store, number, 0, "1.0.0")
    _find(store, number, 1, *(f"2.{n}.0" for n in range(30)))
    seen = [news.release.id for news in store.news(NewsFilter(), 100).items]
    assert seen == sorted(seen, reverse=True)
    assert store.news(NewsFilter(), 1).items[0].release.first_seen == NOW + HOUR
