"""The build systems under the contract: every line of the table with its peer, and the fake."""

import contextlib
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Protocol

from catalog.image import Conclusion
from provider.builds.github_actions import GitHubActions
from provider.builds.gitlab import GitLabPipelines
from provider.builds.table import NamedBuildSystem
from provider.builds.webhook import WebhookBuilds
from provider.domain.build_request import BuildRequest
from provider.domain.enrollment import Build, Source
from provider.domain.events import BuildReported
from provider.ports import BuildSystem
from proxy.errors import Refused, Unavailable
from proxy.secrets.secret import Secret
from tests.fakes.build_reports import FakeBuildReports
from tests.fakes.build_system import FakeBuildSystem
from tests.peers.cloud_events import PUBLIC_URL, SECRET, EventReceiver
from tests.peers.github.server import GitHub
from tests.peers.gitlab.server import GitLab
from tests.peers.gitlab.state import TOKEN, Token
from tests.provider.builds.samples import NOW, REPOSITORY, WORKFLOWS, request
from tests.proxy.clocks import Clock
from tests.proxy.github.sessions import open_session
from tests.proxy.gitlab.sessions import open_gitlab
from tests.proxy.scripted import open_transport

_DISPATCH = f"POST /repos/{REPOSITORY}/actions/.*/dispatches"
PROJECT = "acme/team/portal"
_CREATE = f"POST /projects/{PROJECT}/pipeline"


class Subject(Protocol):
    """A build system under the contract, and control over its other end.

    Attributes:
        shows_absence: whether a search that finds no run can prove that there is none.
    """

    system: BuildSystem
    shows_absence: bool

    def request(self, rebuild_id: str, *, shows_ids: bool = True) -> BuildRequest:
        """A request that the build system can carry out, for a build that shows ids or not."""

    def refuse(self) -> None:
        """Refuse the next dispatch permanently."""

    def delay(self) -> None:
        """Postpone the next dispatch, and name a time."""

    def wait_until(self, moment: datetime) -> None:
        """Let this time come."""

    def lose(self, *, started: bool) -> None:
        """Lose the answer to the next dispatch."""

    def finish(self, run_id: str, conclusion: Conclusion) -> None:
        """Complete a run."""

    def remove_build(self) -> None:
        """Remove what requests name: the workflow, or the project."""

    def runs(self) -> int:
        """The number of runs that were started."""


class FakeSubject:
    """The fake."""

    shows_absence = True

    def __init__(self) -> None:
        self.fake = FakeBuildSystem()
        self.system: BuildSystem = self.fake

    def request(self, rebuild_id: str, *, shows_ids: bool = True) -> BuildRequest:
        """See the protocol."""
        self.fake.ids_shown = shows_ids
        return request(rebuild_id)

    def refuse(self) -> None:
        """See the protocol."""
        self.fake.fail_next(Refused("no such workflow"))

    def delay(self) -> None:
        """See the protocol."""
        self.fake.fail_next(Unavailable("too many requests", NOW + timedelta(minutes=1)))

    def wait_until(self, moment: datetime) -> None:
        """See the protocol; the fake reads no clock."""

    def lose(self, *, started: bool) -> None:
        """See the protocol."""
        self.fake.lose_next(started=started)

    def finish(self, run_id: str, conclusion: Conclusion) -> None:
        """See the protocol."""
        self.fake.finish(run_id, conclusion, NOW)

    def remove_build(self) -> None:
        """See the protocol."""
        self.fake.missing = True

    def runs(self) -> int:
        """See the protocol."""
        return len(self.fake.started)


class GitHubSubject:
    """GitHub Actions with the fake GitHub."""

    shows_absence = True

    def __init__(self, github: GitHub, system: BuildSystem, clock: Clock) -> None:
        self.github, self.system, self.clock = github, system, clock

    def request(self, rebuild_id: str, *, shows_ids: bool = True) -> BuildRequest:
        """See the protocol."""
        return request(rebuild_id, workflow="build.yml" if shows_ids else "plain.yml")

    def refuse(self) -> None:
        """See the protocol."""
        self.github.fail(_DISPATCH, 422, message="Workflow is disabled")

    def delay(self) -> None:
        """See the protocol."""
        self.github.fail(_DISPATCH, 429, {"Retry-After": "60"}, "You have exceeded a secondary rate limit")

    def wait_until(self, moment: datetime) -> None:
        """See the protocol."""
        self.clock.at = moment

    def lose(self, *, started: bool) -> None:
        """See the protocol."""
        if started:
            self.github.lose_answer(_DISPATCH)
        else:
            self.github.fail(_DISPATCH, 502)

    def finish(self, run_id: str, conclusion: Conclusion) -> None:
        """See the protocol."""
        self.github.finish(int(run_id), conclusion.value)

    def remove_build(self) -> None:
        """See the protocol."""
        self.github.commit(REPOSITORY, {".github/workflows/build.yml": None})

    def runs(self) -> int:
        """See the protocol."""
        return len(self.github.runs())


class GitLabSubject:
    """GitLab pipelines with the fake GitLab."""

    shows_absence = True

    def __init__(self, gitlab: GitLab, system: BuildSystem, clock: Clock) -> None:
        self.gitlab, self.system, self.clock = gitlab, system, clock

    def request(self, rebuild_id: str, *, shows_ids: bool = True) -> BuildRequest:
        """See the protocol; GitLab refuses the variables of pipelines to some tokens."""
        self.gitlab.state.tokens[TOKEN] = Token("factory", reads_variables=shows_ids)
        return request(rebuild_id, source=Source("gitlab", PROJECT), build=Build("gitlab"))

    def refuse(self) -> None:
        """See the protocol."""
        self.gitlab.fail(_CREATE, 400, message="Missing CI config file")

    def delay(self) -> None:
        """See the protocol."""
        self.gitlab.fail(_CREATE, 429, {"Retry-After": "60"}, "This endpoint has been requested too many times")

    def wait_until(self, moment: datetime) -> None:
        """See the protocol."""
        self.clock.at = moment

    def lose(self, *, started: bool) -> None:
        """See the protocol."""
        if started:
            self.gitlab.lose_answer(_CREATE)
        else:
            self.gitlab.fail(_CREATE, 502)

    def finish(self, run_id: str, conclusion: Conclusion) -> None:
        """See the protocol."""
        self.gitlab.finish(int(run_id), conclusion.value)

    def remove_build(self) -> None:
        """See the protocol."""
        self.gitlab.state.projects[PROJECT].branches["build"] = {}
        self.gitlab.state.projects[PROJECT].branches.pop("main")

    def runs(self) -> int:
        """See the protocol."""
        return len(self.gitlab.state.projects[PROJECT].pipelines)


class WebhookSubject:
    """The webhook with a receiver that reports each build as running when it starts it."""

    shows_absence = False

    def __init__(self, receiver: EventReceiver, system: BuildSystem, reports: FakeBuildReports, clock: Clock) -> None:
        self.receiver, self.system, self.reports, self.clock = receiver, system, reports, clock

    def request(self, rebuild_id: str, *, shows_ids: bool = True) -> BuildRequest:  # noqa: ARG002 - the protocol's
        """See the protocol; every report has the id."""
        return request(rebuild_id, build=Build("webhook", url=f"{self.receiver.url}/build"))

    def refuse(self) -> None:
        """See the protocol."""
        self.receiver.fail(403)

    def delay(self) -> None:
        """See the protocol."""
        self.receiver.fail(429, {"Retry-After": "60"})

    def wait_until(self, moment: datetime) -> None:
        """See the protocol."""
        self.clock.at = moment

    def lose(self, *, started: bool) -> None:
        """See the protocol."""
        if started:
            self.receiver.lose_answer()
        else:
            self.receiver.fail(502)

    def finish(self, run_id: str, conclusion: Conclusion) -> None:
        """See the protocol."""
        self.reports.note(BuildReported(run_id, "completed", conclusion, None), NOW)

    def remove_build(self) -> None:
        """See the protocol; nothing can be asked of a webhook without a start."""
        raise NotImplementedError

    def runs(self) -> int:
        """See the protocol."""
        return len(self.receiver.started)


@contextlib.contextmanager
def webhook_subject() -> Iterator[Subject]:
    """A receiver of events, whose reports are noted at once."""
    reports = FakeBuildReports()
    clock = Clock(NOW)

    def running(rebuild_id: str) -> None:
        reports.note(BuildReported(rebuild_id, "running", None, f"https://ci.example.org/{rebuild_id}"), NOW)

    with EventReceiver(started=running) as receiver, open_transport(clock) as transport:
        system = WebhookBuilds(transport, Secret(SECRET), reports, clock.now, public_url=PUBLIC_URL)
        yield WebhookSubject(receiver, system, reports, clock)
        assert receiver.breaches == []


@contextlib.contextmanager
def gitlab_subject() -> Iterator[Subject]:
    """A project at the fake GitLab, whose clock has the requests' time."""
    with GitLab() as gitlab:
        gitlab.state.clock = lambda: NOW.replace(microsecond=0) + timedelta(seconds=1)
        gitlab.add_project(PROJECT, {".gitlab-ci.yml": "image: {script: make}\n"}, private=True)
        clock = Clock()
        with open_gitlab(gitlab.site, clock=clock) as session:
            yield GitLabSubject(gitlab, GitLabPipelines(session, clock.now), clock)
        assert gitlab.breaches == []


@contextlib.contextmanager
def github_subject() -> Iterator[Subject]:
    """A repository at the fake GitHub, whose clock has the requests' time."""
    with GitHub() as github:
        github.state.clock = lambda: NOW.replace(microsecond=0)
        github.add_repository(REPOSITORY, WORKFLOWS)
        clock = Clock()
        with open_session(github.url, clock=clock) as session:
            yield GitHubSubject(github, GitHubActions(session), clock)
        assert github.breaches == []


@contextlib.contextmanager
def fake_subject() -> Iterator[Subject]:
    """The fake."""
    yield FakeSubject()


# A new line of the table needs its subject here.
SUBJECTS: dict[type[NamedBuildSystem], Callable[[], contextlib.AbstractContextManager[Subject]]] = {
    GitHubActions: github_subject,
    GitLabPipelines: gitlab_subject,
    WebhookBuilds: webhook_subject,
    FakeBuildSystem: fake_subject,
}
