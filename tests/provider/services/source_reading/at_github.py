"""An organisation whose Dockerfiles are at the fake GitHub, which is asked through the real transport."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from provider.sources.github import GitHubSource
from tests.peers.github.server import GitHub
from tests.provider.services.world import NODE, Company, enrolled
from tests.proxy.github.sessions import open_session


@dataclass
class CompanyClock:
    """The company's time, for the transport: its waits move it."""

    company: Company

    def now(self) -> datetime:
        """The time of the company."""
        return self.company.now

    def sleep(self, seconds: float) -> None:
        """Wait by moving it."""
        self.company.now += timedelta(seconds=seconds)


@contextlib.contextmanager
def company_at(github: GitHub, *names: str, dockerfile: str = f"FROM {NODE}\n") -> Iterator[Company]:
    """A company with these images, whose sources are at this GitHub; nothing was read yet."""
    company = Company()
    company.move(NODE, "node 0")
    for name in names:
        github.add_repository(f"acme/{name}", {"Dockerfile": dockerfile})
        enrollment = enrolled(name)
        company.have(enrollment)
        company.snapshot.enroll(enrollment)
    # GitHub's own clock is not moved: its hour begins at the company's time.
    github.rate_limit.reset = github.query_limit.reset = int((company.now + timedelta(hours=1)).timestamp())
    with open_session(github.url, clock=CompanyClock(company)) as session:
        company.round.sources = GitHubSource(session)
        yield company


def queries(github: GitHub) -> int:
    """How many queries for files were sent."""
    return sum(request.path == "/graphql" for request in github.log)
