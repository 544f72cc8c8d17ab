"""The workers that live, over each database."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from provider.jobs.process_locks import ProcessLocks, process_locks_for
from provider.services.sharing.members import Members
from provider.services.sharing.shares import SHARES
from provider.store.engine import open_engine
from provider.store.operations.live_workers import SqlLiveWorkers
from tests.databases import KINDS, migrated_database
from tests.provider.store.samples import NOW

Joins = Callable[[str], Members]


@dataclass
class Company:
    """Workers of one database, and their clock."""

    url: str
    stack: ExitStack
    now: timedelta = timedelta()
    locks: dict[str, ProcessLocks] = field(default_factory=dict)

    def member(self, name: str) -> Members:
        """A worker that has just started."""
        engine = open_engine(self.url)
        self.stack.callback(engine.dispose)
        member = Members(name, SqlLiveWorkers(engine), process_locks_for(self.url), lambda: NOW + self.now)
        self.stack.callback(member.leave)
        member.renew()
        return member


@pytest.fixture(name="company", params=KINDS)
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Company]:
    """Nobody works yet."""
    with migrated_database(request.param, tmp_path) as url, ExitStack() as stack:
        yield Company(url, stack)


def test_workers_share_when_they_have_heard_of_each_other(company: Company) -> None:
    """One that is alone has everything; each share of two belongs to one of them, and again to the one that is left."""
    one = company.member("one")
    assert one.alone
    assert one.shares == frozenset(range(SHARES))
    two = company.member("two")
    one.renew()
    assert not one.alone
    assert one.shares | two.shares == frozenset(range(SHARES))
    assert not one.shares & two.shares
    assert one.shares
    assert two.shares

    two.leave()
    one.renew()
    assert one.alone
    assert one.shares == frozenset(range(SHARES))


def test_a_killed_worker_loses_its_shares_at_once(company: Company) -> None:
    """Its lock has ended with it."""
    one, two = company.member("one"), company.member("two")
    one.renew()
    assert not one.alone
    own = two._own
    assert own
    own.release()
    one.renew()
    assert one.alone


def test_a_worker_that_lost_its_lock_takes_it_again(company: Company) -> None:
    """A server of the database that was started again has forgotten the locks."""
    one, two = company.member("one"), company.member("two")
    own = two._own
    assert own
    own.release()
    two.renew()
    one.renew()
    assert not one.alone
