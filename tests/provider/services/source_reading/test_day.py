"""What a day of Dockerfiles costs of the hourly limit, counted by the fake GitHub."""

from pathlib import Path

from provider.services.check_schedule import Pace
from provider.sources.github import GitHubSource
from provider.store.cache import SqlCacheStorage
from provider.store.engine import migrate, open_engine
from proxy.github.credentials import FixedToken
from proxy.github.known_answers import KnownAnswers
from proxy.github.session import GitHubSession
from proxy.secrets.secret import Secret
from tests.peers.github.controls import TOKEN
from tests.peers.github.server import GitHub
from tests.provider.services.source_reading.at_github import CompanyClock, company_at, files_asked
from tests.provider.services.world import HOUR
from tests.proxy.scripted import open_transport

NAMES = tuple(f"app-{number:03}" for number in range(200))


def test_a_day_without_changes_costs_nothing_of_the_limit(github: GitHub, tmp_path: Path) -> None:
    """Each unchanged Dockerfile is compared once, and one that changed costs one request; restarts cost nothing."""
    engine = open_engine(f"sqlite:///{tmp_path / 'index.db'}")
    migrate(engine)
    with company_at(github, *NAMES) as company, open_transport(CompanyClock(company)) as transport:
        company.pace = Pace(24 * HOUR, 24 * HOUR)

        def restart() -> None:
            known = KnownAnswers(SqlCacheStorage(engine, now=lambda: company.now), lambda: company.now)
            company.restart()
            company.round.sources = GitHubSource(GitHubSession(transport, github.url, FixedToken(Secret(TOKEN)), known))

        restart()
        company.round.run()
        assert (github.rate_limit.used, len(files_asked(github))) == (len(NAMES), len(NAMES))

        restart()
        company.round.run()
        assert len(files_asked(github)) == len(NAMES)

        github.commit(f"acme/{NAMES[0]}", {"Dockerfile": "FROM scratch\n"})
        for hour in range(24):
            if hour % 6 == 0:
                restart()
            company.after(HOUR)
        assert len(files_asked(github)) == 2 * len(NAMES)
        assert github.rate_limit.used == len(NAMES) + 1
    engine.dispose()
