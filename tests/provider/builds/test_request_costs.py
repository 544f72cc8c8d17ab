"""What builds cost of GitHub's hourly limit, counted by the fake GitHub."""

from pathlib import Path

import pytest

from catalog.image import Conclusion
from provider.builds.github_actions import GitHubActions
from provider.store.cache import SqlCacheStorage
from provider.store.engine import migrate, open_engine
from proxy.github.credentials import FixedToken
from proxy.github.known_answers import KnownAnswers
from proxy.github.session import GitHubSession
from proxy.secrets.secret import Secret
from tests.peers.github.controls import TOKEN
from tests.peers.github.server import GitHub
from tests.provider.builds.samples import NOW, REPOSITORY, WORKFLOWS, request
from tests.proxy.clocks import Clock
from tests.proxy.scripted import open_transport

BUILDS = 20
POLLS = 40
"""Of a build of ten minutes that is asked for every 15 seconds."""


@pytest.mark.parametrize("restarts", [False, True])
def test_a_build_costs_a_request_for_each_change(github: GitHub, tmp_path: Path, *, restarts: bool) -> None:
    """The dispatch, and what the run shows when it is queued, runs and has ended, however often it is asked for.

    So 600 builds an hour, which is 100 at a time of ten minutes each, and 50,000 Dockerfiles a day that have all
    changed stay below the 5,000 requests of an hour.
    """
    github.state.clock = lambda: NOW.replace(microsecond=0)
    github.add_repository(REPOSITORY, WORKFLOWS)
    engine = open_engine(f"sqlite:///{tmp_path / 'index.db'}")
    migrate(engine)
    clock = Clock(NOW)
    with open_transport(clock) as transport:

        def started() -> GitHubActions:
            known = KnownAnswers(SqlCacheStorage(engine, now=clock.now), clock.now)
            return GitHubActions(GitHubSession(transport, github.url, FixedToken(Secret(TOKEN)), known))

        system = started()
        system.dispatch(request("first"))
        before = github.rate_limit.used
        for number in range(BUILDS):
            asked = request(f"r-{number}")
            run_id = system.dispatch(asked).run_id or ""
            for poll in range(POLLS):
                if poll == 1:
                    github.start(int(run_id))
                if poll == POLLS - 1:
                    github.finish(int(run_id), "success")
                if restarts and poll % 10 == 0:
                    system = started()
                run = system.run(asked, run_id)
            assert run
            assert run.conclusion is Conclusion.SUCCESS
    engine.dispose()
    of_one = (github.rate_limit.used - before) / BUILDS

    assert len(github.log) > BUILDS * POLLS
    assert of_one <= 4
    assert 600 * of_one + 50_000 / 24 < 5_000
