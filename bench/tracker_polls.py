"""Polls of GitHub repositories in which nothing is new: the requests that they cost.

Each has more releases than a page of GitHub's list, and the counters of downloads in it change from poll to poll, so
that no condition holds. The first poll reads everything and is not counted.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.marks import Mark
from bench.rounds import RunFailed
from provider.store.engine import migrate, open_engine
from provider.tracker.decisions.addresses import parse_address
from provider.tracker.decisions.kinds import RepositoryType, TagForm
from provider.tracker.decisions.wanted import WantedVersions
from provider.tracker.ports import RepositoryFields
from provider.tracker.services.poll_round import PollRound
from provider.tracker.services.polling import Poller
from provider.tracker.sources.github import GitHubReleases
from provider.tracker.store.tracker_store import SqlTrackerStore
from tests.peers.github.server import GitHub
from tests.proxy.clocks import Clock
from tests.proxy.github.sessions import open_session

RELEASES = 110
_INTERVAL = timedelta(hours=1)
_FIRST = datetime(2025, 1, 1, tzinfo=UTC)


def poll_marks(folder: Path, count: int, _rounds: int, report: Callable[[str], None]) -> list[Mark]:
    """Poll this number of repositories twice, and count the requests of the second round.

    Raises:
        RunFailed: a poll failed, or found something new.
    """
    report("GitHub repositories")
    engine = open_engine(f"sqlite:///{folder / 'polls.db'}")
    migrate(engine)
    clock = Clock(datetime.now(UTC))
    with GitHub() as github, open_session(github.url) as session:
        names = [f"vendor/app-{number}" for number in range(count)]
        for name in names:
            github.add_repository(name, {"README.md": name})
            for number in range(RELEASES):
                github.add_release(name, f"v1.{number}.0", published_at=_FIRST + timedelta(hours=number))
        store = SqlTrackerStore(engine)
        wanted = WantedVersions(TagForm.ANY)
        addresses = [parse_address(name, RepositoryType.GITHUB) for name in names]
        store.add_all([RepositoryFields(each.name, each, wanted=wanted) for each in addresses], clock.now())
        poller = Poller(store, {RepositoryType.GITHUB: GitHubReleases(session)}, clock.now, _INTERVAL)
        PollRound(poller).run()
        since = len(github.log)
        for name in names:
            releases = github.state.repositories[name].releases
            releases[-1] = replace(releases[-1], body="downloaded once more")
        clock.sleep(_INTERVAL.total_seconds())
        PollRound(poller).run()
        asked = len(github.log) - since
        if store.counts().releases != count * RELEASES or any(one.error for one in store.everything()):
            raise RunFailed("polls of GitHub repositories failed, or found releases that are not there")
    engine.dispose()
    return [Mark(f"a poll of {count} GitHub repositories without news", asked, "requests", count, at_most=True)]
