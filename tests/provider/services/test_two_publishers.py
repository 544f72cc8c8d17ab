"""Two workers that write one index: readers are never shown an older state than before."""

from collections.abc import Callable

import pytest

from provider.domain.snapshot import Changes, Snapshot
from provider.errors import ProviderError
from tests.fakes.snapshot_store import FakeSnapshotStore
from tests.provider.services.world import MINUTE, Company, settled


class OwnClone:
    """A clone of the config repository: it knows what it has fetched, and writes over the newest, as a push does.

    Attributes:
        away: whether git does not answer.
    """

    def __init__(self, remote: FakeSnapshotStore) -> None:
        self._remote = remote
        self._known = remote.read()
        self.away = False

    def pull(self) -> bool:
        """Fetch."""
        if self.away:
            raise ProviderError("could not fetch main: it is away")
        self._remote.pull()
        moved = self._known.position != self._remote.read().position
        self._known = self._remote.read()
        return moved

    def read(self) -> Snapshot:
        """What was fetched."""
        return self._known

    def write(self, step: Callable[[Snapshot], Changes], subject: str) -> Snapshot:
        """Push."""
        if not step(self._known):
            return self._known
        self._known = self._remote.write(step, subject)
        return self._known


def _beside(company: Company) -> tuple[Company, OwnClone]:
    """A second worker, whose clone is as old as the config repository is now."""
    assert isinstance(company.store, FakeSnapshotStore)
    clone = OwnClone(company.store)
    other = Company(
        store=clone,
        builds=company.builds,
        registry=company.registry,
        sources=company.sources,
        index=company.index,
        requests=company.requests,
    )
    return other, clone


def test_a_worker_that_is_behind_shows_what_the_other_has_pushed() -> None:
    """It only reacts, and has fetched nothing since another worker enrolled and checked an image."""
    company = Company()
    other, _ = _beside(company)
    company.enroll("portal")
    company.round.run()
    shown = dict(company.index.images)
    assert "portal" in shown

    other.now = company.now
    other.round.follow()

    assert dict(company.index.images).keys() == shown.keys()
    assert company.index.images["portal"].digest == shown["portal"].digest


def test_a_worker_that_cannot_fetch_leaves_what_readers_see() -> None:
    """Git does not answer: what it knows may be older than what is shown."""
    company = Company()
    other, clone = _beside(company)
    company.enroll("portal")
    company.round.run()
    shown = dict(company.index.images)
    clone.away = True

    with pytest.raises(ProviderError, match="it is away"):
        other.round.follow()

    assert company.index.images == shown


def test_what_another_worker_writes_between_fetch_and_writing_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second worker notices it and fetches again, before it writes."""
    company = settled()
    other, clone = _beside(company)
    company.enroll("billing")
    fetch, fetched = clone.pull, list[bool]()

    def slow_pull() -> bool:
        moved = fetch()
        if not fetched:
            company.after(MINUTE)
        fetched.append(moved)
        return moved

    monkeypatch.setattr(clone, "pull", slow_pull)
    other.now = company.now
    other.round.follow()

    assert len(fetched) == 2
    assert company.index.images["billing"].digest


def test_a_worker_alone_fetches_nothing_to_publish(monkeypatch: pytest.MonkeyPatch) -> None:
    """The index is what it has written itself, so nothing newer can be shown."""
    company = settled()
    monkeypatch.setattr(company.store, "pull", lambda: pytest.fail("fetched"))

    company.round.follow()
