"""The web part over a config repository in a folder, with service tokens and a Backstage."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from provider.auth.access import Access
from provider.auth.callers import parse_tokens
from provider.config_repo.entry_commits.git_enrollment_files import GitEnrollmentFiles
from provider.config_repo.repository.config_repository import ConfigRepository
from provider.forge_ports import Forge
from provider.services.enrolling.first_discovery import FirstDiscovery
from provider.services.enrolling.service import Enrolling
from provider.services.enrolling.use_cases import EnrollingUseCases
from provider.services.reviewing.proposing import Reviews
from provider.store.engine import migrate, open_engine
from provider.store.operations.audit import SqlAuditLog
from provider.store.operations.check_requests import SqlCheckRequests
from provider.store.operations.keyed_requests import SqlKeyedRequests
from tests.peers.backstage_auth import BackstageAuth
from tests.provider.auth.visits import Clock, backstage_at
from tests.provider.config_repo.repositories import Remote
from tests.provider.services.enrollment_findings.asking import Asking
from tests.provider.web_images import NOW, MemoryIndex
from tests.provider.web_part import web

POLICY = """\
rules:
  - files: images.d/team-a.yaml
    owners: [group:default/team-a]
    images: ["ghcr.io/acme/*"]
"""
TEXT = """\
# The platform team's images.
- name: app  # the app
  registry: ghcr.io
  repository: acme/app
  owner: group:default/team-a
"""
TEAM = "group:default/team-a"
JANE = "user:default/jane"
ADMIN = "a-token-of-an-admin"


@dataclass(slots=True)
class Seconds:
    """A clock that moves only while somebody sleeps; `meanwhile` is called then."""

    time: float = 0.0
    meanwhile: Callable[[], None] = lambda: None

    def now(self) -> float:
        """The time, in seconds."""
        return self.time

    def sleep(self, seconds: float) -> None:
        """Move the clock."""
        self.time += seconds
        self.meanwhile()


@dataclass(slots=True)
class EnrollingWorld:
    """The web part; `requests` are those for the worker."""

    client: FlaskClient
    remote: Remote
    records: SqlAuditLog
    backstage: BackstageAuth
    requests: SqlCheckRequests
    index: MemoryIndex
    asking: Asking
    seconds: Seconds

    @property
    def asked(self) -> list[str]:
        """The names of the images that the worker was asked to check."""
        return [name for request in self.requests.open() for name in request.names]

    def send(self, method: str, path: str, body: object = None, *, token: str = ADMIN, **others: Any) -> TestResponse:
        """Send a request with this token."""
        headers = {"Authorization": f"Bearer {token}", **others.pop("headers", {})}
        more: dict[str, Any] = {"json": body} if body is not None else {}
        return self.client.open(f"/api/v1/images{path}", method=method, headers=headers, **more, **others)

    def as_jane(self, *groups: str) -> str:
        """The token of a user with these groups."""
        self.backstage.groups[JANE] = list(groups)
        return self.backstage.user_token()

    def audit(self) -> list[dict[str, Any]]:
        """The records of the audit, newest first."""
        answer = self.client.get("/api/v1/audit", headers={"Authorization": f"Bearer {ADMIN}"})
        items: list[dict[str, Any]] = answer.get_json()["items"]
        return items


@contextmanager
def enrolling_world(
    folder: Path, forge: Forge | None = None, *, always_reviewed: bool = False
) -> Iterator[EnrollingWorld]:
    """The world, with one entry in images.yaml and a rule for one team's file.

    Args:
        folder: of the test.
        forge: hosts the config repository; None: nobody does.
        always_reviewed: every change becomes a pull request.
    """
    remote = Remote.make(folder / "remote.git", {"images.yaml": TEXT, "policy.yaml": POLICY})
    engine = open_engine(f"sqlite:///{folder}/index.db")
    migrate(engine)
    records, requests = SqlAuditLog(engine), SqlCheckRequests(engine)
    opened = partial(ConfigRepository.open, str(remote.folder), checkout=folder / "config-web", lock_seconds=0.0)
    asking = Asking()
    enrolling = Enrolling(
        GitEnrollmentFiles(opened),
        asking.checks,
        "group:default/platform",
        (),
        requests,
        lambda: NOW,
        Reviews(forge, "main", always=always_reviewed),
        "https://github.com/acme/config/commit/{}".format,
    )
    index, seconds = MemoryIndex(), Seconds()
    discovery = FirstDiscovery(index, sleep=seconds.sleep, monotonic=seconds.now)
    use_cases = EnrollingUseCases(enrolling, discovery, SqlKeyedRequests(engine))
    tokens = parse_tokens("reader:read:a-token-of-a-reader,ci:rebuild:a-token-of-a-ci,boss:admin:a-token-of-an-admin")
    with BackstageAuth() as backstage:
        access = Access(tokens, backstage=backstage_at(backstage, Clock()), admins=("group:default/admins",))
        app = web(index, access, records=records, enrolling=use_cases)
        yield EnrollingWorld(app.test_client(), remote, records, backstage, requests, index, asking, seconds)
    engine.dispose()
