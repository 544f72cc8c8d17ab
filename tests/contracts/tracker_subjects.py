"""The tracker's stores under the contract: the fake, and each database."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from provider.notifications.ports import Outbox
from provider.store.outbox import SqlOutbox
from provider.tracker.decisions.addresses import parse_address
from provider.tracker.decisions.kinds import TagForm
from provider.tracker.decisions.outcomes import Found, PollFailure, PollResult, UnchangedList
from provider.tracker.decisions.polling import after_poll
from provider.tracker.decisions.release import FoundRelease
from provider.tracker.decisions.wanted import WantedVersions
from provider.tracker.ports import RepositoryFields, TrackerStore
from provider.tracker.store.tracker_store import SqlTrackerStore
from tests import databases
from tests.databases import migrated_engine
from tests.fakes.outbox import FakeOutbox
from tests.fakes.tracker_store import FakeTrackerStore

KINDS = ("fake", *databases.KINDS)
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Subject:
    """A store, and the outbox for its announcements."""

    store: TrackerStore
    outbox: Outbox


def fake_subject() -> Subject:
    """The store in memory."""
    messages = FakeOutbox()
    return Subject(FakeTrackerStore(messages), messages)


def fields(
    url: str,
    *,
    name: str | None = None,
    notes: str = "",
    form: TagForm = TagForm.ANY,
    wanted: WantedVersions | None = None,
) -> RepositoryFields:
    """The fields of a repository at this address."""
    address = parse_address(url)
    return RepositoryFields(name or address.name, address, notes, wanted or WantedVersions(form))


def polled(
    store: TrackerStore, number: int, outcome: Found | UnchangedList | PollFailure | list[str], at: datetime = NOW
) -> PollResult:
    """The result of a poll of this repository, with these versions as releases."""
    if isinstance(outcome, list):
        outcome = Found(None, tuple(FoundRelease(version) for version in outcome), "memory")
    return after_poll(at, store.get(number), store.known(number), outcome, HOUR)


def subject_of(kind: str, folder: Path) -> Iterator[Subject]:
    """An empty store of a kind and its outbox, closed at the end of the block."""
    if kind == "fake":
        yield fake_subject()
        return
    with migrated_engine(kind, folder) as engine:
        yield Subject(SqlTrackerStore(engine), SqlOutbox(engine))
