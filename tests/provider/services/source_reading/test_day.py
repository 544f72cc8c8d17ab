"""What a day of Dockerfiles costs of the hourly limit, counted by the fake GitHub."""

import itertools
from pathlib import Path

from provider.services.check_schedule import Pace
from provider.sources.github import GitHubSource
from provider.sources.together.github import FILES_OF_A_QUERY
from provider.store.cache import SqlCacheStorage
from provider.store.engine import migrate, open_engine
from proxy.github.credentials import FixedToken
from proxy.github.known_answers import KnownAnswers
from proxy.github.session import GitHubSession
from proxy.secrets.secret import Secret
from tests.peers.github.server import GitHub
from tests.provider.services.source_reading.at_github import CompanyClock, company_at, queries
from tests.provider.services.world import HOUR
from tests.proxy.scripted import open_transport

NAMES = tuple(f"app-{number:03}" for number in range(200))


def test_a_day_costs_a_query_for_each_round(github: GitHub, tmp_path: Path) -> None:
    """Also with a GitHub App, whose new token makes each conditional request of the last hour worthless.

    Each Dockerfile is read once, at a time of its own, 25 with a query; restarts cost nothing.
    """
    engine = open_engine(f"sqlite:///{tmp_path / 'index.db'}")
    migrate(engine)
    tokens = itertools.count()
    with company_at(github, *NAMES) as company, open_transport(CompanyClock(company)) as transport:
        company.pace = Pace(24 * HOUR, 24 * HOUR)

        def restart() -> None:
            known = KnownAnswers(SqlCacheStorage(engine, now=lambda: company.now), lambda: company.now)
            company.restart()
            github.add_token(token := f"token-{next(tokens)}", "factory")
            company.round.sources = GitHubSource(GitHubSession(transport, github.url, FixedToken(Secret(token)), known))

        restart()
        company.round.run()
        assert (queries(github), github.rate_limit.used) == (len(NAMES) // FILES_OF_A_QUERY, 0)

        restart()
        company.round.run()
        assert queries(github) == len(NAMES) // FILES_OF_A_QUERY

        github.commit(f"acme/{NAMES[0]}", {"Dockerfile": "FROM scratch\n"})
        for _ in range(24):
            restart()
            company.after(HOUR)
        assert not company.image(NAMES[0]).dependencies
        assert github.query_limit.used + github.rate_limit.used <= len(NAMES) // FILES_OF_A_QUERY + 24
    engine.dispose()
