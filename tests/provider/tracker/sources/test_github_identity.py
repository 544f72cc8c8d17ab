"""Tests of following repositories at GitHub by their numbers, through polls that are recorded."""

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, update

from provider.errors import Conflict
from provider.store.outbox import SqlOutbox
from provider.tracker.decisions.addresses import parse_address
from provider.tracker.decisions.kinds import RepositoryType
from provider.tracker.decisions.outcomes import Found, PollFailure
from provider.tracker.decisions.repository import Tracked
from provider.tracker.decisions.wanted import ListSource
from provider.tracker.ports import RepositoryFilter
from provider.tracker.services.editing import RepositoryEditing, RepositoryRequest
from provider.tracker.services.polling import Poller
from provider.tracker.sources.github import GitHubReleases
from provider.tracker.sources.github_identity import identified
from provider.tracker.store.tables import repositories
from provider.tracker.store.tracker_store import SqlTrackerStore
from proxy.errors import Garbage, NotFound
from proxy.github.pygithub import SessionRequester
from tests.peers.github.server import GitHub
from tests.provider.tracker.store.conftest import engine
from tests.proxy.clocks import Clock
from tests.proxy.github.sessions import open_session

__all__ = ["engine"]

OLD, NEW = "acme/portal", "acme/gateway"
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Subject:
    """A tracker over a database, with the fake GitHub."""

    github: GitHub
    store: SqlTrackerStore
    outbox: SqlOutbox
    clock: Clock
    poller: Poller
    editing: RepositoryEditing

    def add(self, url: str = OLD, source: ListSource | None = None) -> Tracked:
        """Track a repository, which is its first poll."""
        return self.editing.add(RepositoryRequest(url, source=source))[0]

    def poll(self, number: int = 1, hours: int = 1) -> Tracked:
        """Poll a repository some hours later, and record the result."""
        self.clock.sleep(HOUR.total_seconds() * hours)
        self.store.record([self.poller.poll(self.store.get(number)).result])
        return self.store.get(number)

    def told(self) -> list[str]:
        """The versions that were announced, and the titles of other messages."""
        found = []
        for message in self.outbox.due(100):
            releases = message.body.get("releases")
            found += [each["version"] for each in releases] if isinstance(releases, list) else [message.body["title"]]
        return [str(each) for each in found]


@pytest.fixture(name="subject")
def made_subject(github: GitHub, engine: Engine) -> Iterator[Subject]:
    """One repository with a release at GitHub, not tracked yet."""
    clock = Clock()
    github.add_repository(OLD, {"README.md": "# Portal\n"})
    github.add_release(OLD, "1.0.0", published_at=datetime(2026, 1, 1, tzinfo=UTC))
    store = SqlTrackerStore(engine)
    with open_session(github.url) as session:
        poller = Poller(store, {RepositoryType.GITHUB: GitHubReleases(session)}, clock.now, HOUR)
        yield Subject(github, store, SqlOutbox(engine), clock, poller, RepositoryEditing(store, poller, clock.now))


def test_tracker_a_repository_that_was_renamed_is_followed(subject: Subject, caplog: pytest.LogCaptureFixture) -> None:
    """A release that came out meanwhile is announced; address, row and log have the new name."""
    first = subject.add()
    assert first.address.number == subject.github.state.repositories[OLD].id
    subject.github.rename_repository(OLD, NEW)
    subject.github.add_release(NEW, "1.1.0")

    with caplog.at_level(logging.INFO):
        after = subject.poll()
    assert (after.address.path, after.address.url) == (NEW, f"https://github.com/{NEW}")
    assert (after.error, after.address.number, after.version) == (None, first.address.number, first.version + 1)
    assert after.rename is not None
    assert (after.rename.before, after.rename.now, after.rename.at) == (OLD, NEW, subject.clock.at)
    assert subject.told() == ["1.1.0"]
    assert f"portal was renamed from {OLD} to {NEW}; its releases are read there now" in caplog.text
    (message,) = subject.outbox.due(10)
    told = message.body["repository"]
    assert isinstance(told, dict)
    assert (told["url"], told["path"]) == (f"https://github.com/{NEW}", NEW)
    assert [each.id for each in subject.store.page(RepositoryFilter(query="acme/gateway"), 10).items] == [1]

    subject.github.add_release(NEW, "1.2.0")
    assert subject.poll().rename == after.rename
    assert subject.told() == ["1.1.0", "1.2.0"]


@pytest.mark.parametrize("source", [None, ListSource.RELEASES, ListSource.TAGS, ListSource.BOTH])
@pytest.mark.parametrize("new", ["acme/gateway", "globex/portal", "acme/Portal-2"])
def test_tracker_a_rename_is_followed_whichever_list_is_read(
    subject: Subject, new: str, source: ListSource | None
) -> None:
    """Also to another owner."""
    subject.github.add_owner("globex", "Organization")
    subject.add(source=source)
    subject.github.rename_repository(OLD, new)
    subject.github.commit(new, {"a": "1"})
    subject.github.add_release(new, "1.1.0")
    assert subject.poll().address.path == new
    assert subject.told() == ["1.1.0"]


def test_tracker_two_renames_are_followed(subject: Subject) -> None:
    """Also where both happened between two polls, and back to the first name."""
    subject.add()
    subject.github.rename_repository(OLD, "acme/other")
    subject.github.rename_repository("acme/other", NEW)
    subject.github.add_release(NEW, "1.1.0")
    assert subject.poll().address.path == NEW
    subject.github.rename_repository(NEW, OLD)
    subject.github.add_release(OLD, "1.2.0")
    assert subject.poll().address.path == OLD
    assert subject.told() == ["1.1.0", "1.2.0"]


def test_tracker_another_spelling_of_the_name_is_no_rename(subject: Subject) -> None:
    """GitHub does not distinguish letter case."""
    subject.add("Acme/PORTAL")
    subject.github.add_release(OLD, "1.1.0")
    after = subject.poll()
    assert (after.address.path, after.rename, subject.told()) == ("Acme/PORTAL", None, ["1.1.0"])


def test_tracker_a_number_is_learned_by_one_request(subject: Subject, engine: Engine) -> None:
    """With the daily poll that reads everything; from then on requests name the number, and cost none more."""
    subject.add()
    subject.poll()
    with engine.begin() as connection:
        connection.execute(update(repositories).values(source_number=None))
    since = len(subject.github.log)
    assert subject.poll().address.number is None
    assert [each.path for each in subject.github.log[since:]] == [f"/repos/{OLD}/releases"]
    since = len(subject.github.log)
    number = subject.poll(hours=24).address.number
    assert [each.path.rpartition("/")[2] for each in subject.github.log[since:]] == ["releases", "tags", "portal"]
    since = len(subject.github.log)
    subject.poll()
    assert [each.path for each in subject.github.log[since:]] == [f"/repositories/{number}/releases"]
    since = len(subject.github.log)
    subject.poll(hours=24)
    assert [each.path.rpartition("/")[2] for each in subject.github.log[since:]] == ["releases", "tags"]


def test_tracker_a_list_of_several_pages_names_the_number(subject: Subject) -> None:
    """Then no request is needed to learn it."""
    for number in range(120):
        subject.github.add_release(OLD, f"0.{number}.0", published_at=datetime(2025, 1, 1, tzinfo=UTC))
    tracked = subject.add()
    assert tracked.address.number == subject.github.state.repositories[OLD].id
    assert f"/repos/{OLD}" not in [each.path for each in subject.github.log]


def test_tracker_a_number_that_cannot_be_learned_stops_no_poll(subject: Subject) -> None:
    """It is asked for again with the next poll that reads everything."""
    subject.github.fail(f"GET /repos/{OLD}$", 503, times=20)
    assert (subject.add().address.number, subject.store.count_releases(1)) == (None, 1)
    subject.github.heal()
    assert subject.poll(hours=24).address.number is not None


@pytest.mark.parametrize("number", [0, -1, 2**63, 10**40, True, "7", None])
def test_tracker_a_number_that_no_repository_has_is_not_learned(
    github: GitHub, monkeypatch: pytest.MonkeyPatch, number: object
) -> None:
    """It would not fit into its column, and the result of the poll would be lost."""
    monkeypatch.setattr(SessionRequester, "requestJson", lambda *_: (200, {}, json.dumps({"id": number})))
    with open_session(github.url) as session:
        requester = SessionRequester(session, "acme", limit=1_000)
        assert identified(requester, parse_address(OLD), Found(None, ()), learn=True).number is None


@pytest.mark.parametrize(
    "path", ["../..", "acme/..", "acme/a?b", "acme/a#b", "evil@host/x", "acme/\n", "a" * 200 + "/b"]
)
@pytest.mark.parametrize("number", [None, 7])
def test_tracker_a_name_that_no_repository_has_becomes_no_address(
    github: GitHub, path: str, number: int | None
) -> None:
    """Neither that of the tracked repository, nor a part of an error."""
    address = replace(parse_address(OLD), number=number)
    with open_session(github.url) as session:
        requester = SessionRequester(session, "acme", limit=1_000)
        with pytest.raises(Garbage, match="names no repository that can exist") as caught:
            identified(requester, address, Found(None, (), path=path), learn=False)
    assert path not in str(caught.value)
    assert github.log == []


def test_tracker_without_a_number_a_rename_is_an_error_with_the_new_name(subject: Subject, engine: Engine) -> None:
    """Nothing proves that it is the same repository."""
    subject.add()
    with engine.begin() as connection:
        connection.execute(update(repositories).values(source_number=None))
    subject.github.rename_repository(OLD, NEW)
    subject.github.add_release(NEW, "1.1.0")
    after = subject.poll()
    assert after.error is not None
    assert f"github:{OLD} was renamed or moved to {NEW}" in after.error.message
    assert (after.address.path, subject.told()) == (OLD, [])


def test_tracker_a_name_that_was_taken_over_is_not_followed(subject: Subject) -> None:
    """The error says so, and nothing of the other repository is announced; the new address by hand loses nothing."""
    subject.add()
    subject.github.rename_repository(OLD, NEW)
    subject.github.add_release(NEW, "1.1.0")
    subject.github.add_repository(OLD, {"README.md": "# Another\n"})
    subject.github.add_release(OLD, "9.9.9")

    after = subject.poll()
    assert after.error is not None
    assert f"github:{OLD} is another repository now" in after.error.message
    assert f"is {NEW} now; change the address to {NEW}" in after.error.message
    assert (after.address.path, subject.told()) == (OLD, [])

    changed = subject.editing.change(1, after.version, RepositoryRequest(NEW, name="portal"))
    assert (changed.address.path, changed.error, subject.told()) == (NEW, None, ["1.1.0"])


def test_tracker_a_repository_that_was_made_anew_under_its_name_is_another_one(subject: Subject) -> None:
    """It was deleted, and somebody made one of the same name, of which nothing is announced."""
    subject.add()
    subject.github.remove_repository(OLD)
    subject.github.add_repository(OLD, {"README.md": "# Another\n"})
    subject.github.add_release(OLD, "9.9.9")
    after = subject.poll()
    assert after.error is not None
    assert f"github:{OLD} is another repository now" in after.error.message
    assert "is gone; delete this entry and add acme/portal again" in after.error.message
    assert subject.told() == []


def test_tracker_a_deleted_or_private_repository_is_named_in_its_error(subject: Subject) -> None:
    """By its name, although it is asked for by its number."""
    subject.add()
    subject.github.remove_repository(OLD)
    polled = subject.poller.poll(subject.store.get(1))
    assert isinstance(polled.error, NotFound)
    assert f"GET /repos/{OLD} (Not Found): it does not exist, or the service's token may not see it" in str(
        polled.error
    )
    assert isinstance(polled.outcome, PollFailure)


def test_tracker_a_rename_to_an_address_that_is_tracked_is_noted(
    subject: Subject, caplog: pytest.LogCaptureFixture
) -> None:
    """The entry keeps its address and is polled, says so once in the log, and gets the address when it is free."""
    subject.add()
    subject.github.rename_repository(OLD, NEW)
    second = subject.add(NEW)
    subject.github.add_release(NEW, "1.1.0")
    for version in ("1.2.0", "1.3.0"):
        after = subject.poll()
        subject.github.add_release(NEW, version)
    assert (after.address.path, after.error) == (OLD, None)
    assert after.rename is not None
    assert (after.rename.before, after.rename.now) == (OLD, NEW)
    assert caplog.text.count(f"{NEW}, which is tracked already as gateway; delete one of both") == 1
    subject.store.remove(second.id)
    assert subject.poll().address.path == NEW


def test_tracker_entries_of_one_address_are_renamed_each(subject: Subject) -> None:
    """Their filters stay."""
    subject.add()
    subject.editing.add(RepositoryRequest(OLD, name="ones", include=r"^1\."))
    subject.github.rename_repository(OLD, NEW)
    subject.github.add_release(NEW, "1.1.0")
    subject.clock.sleep(3600)
    subject.store.record([subject.poller.poll(subject.store.get(number)).result for number in (1, 2)])
    found = [subject.store.get(number) for number in (1, 2)]
    assert [each.address.path for each in found] == [NEW, NEW]
    assert [each.wanted.include for each in found] == ["", r"^1\."]
    assert len(subject.store.of_address(found[0].address)) == 2


def test_tracker_a_form_that_was_opened_before_a_rename_is_refused(subject: Subject) -> None:
    """It would write the old address again."""
    before = subject.add()
    subject.github.rename_repository(OLD, NEW)
    subject.github.add_release(NEW, "1.1.0")
    subject.poll()
    with pytest.raises(Conflict):
        subject.editing.change(1, before.version, RepositoryRequest(OLD, name="mine"))
