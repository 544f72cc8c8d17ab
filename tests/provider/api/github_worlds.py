"""The web part with a fake GitHub: an enrolled monorepo with two images, and unreachable repositories."""

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask import Flask

from catalog.image import Image
from provider.api.upstreams import GitHubUpstream
from provider.auth.access import Access
from provider.auth.callers import CallerRole, ServiceToken
from provider.composition.flask_app import create_web
from provider.operation_ports import AuditLog
from proxy.cache import Cache
from proxy.github.actions import WorkflowRuns
from proxy.github.credentials import FixedToken
from proxy.github.face import GitHubFace
from proxy.github.kept_runs import KeptRuns
from proxy.github.session import GitHubSession
from proxy.http.transport import Transport
from proxy.secrets.redactor import Redactor
from proxy.secrets.secret import Secret
from tests.fakes.audit_log import FakeAuditLog
from tests.fakes.cache_storage import FakeCacheStorage
from tests.peers.github.controls import TOKEN
from tests.peers.github.server import GitHub
from tests.peers.github_samples import FILES
from tests.provider.web_images import MemoryIndex, Parts, base, managed
from tests.proxy.clocks import Clock
from tests.proxy.scripted import open_transport

REPOSITORY = "acme/portal"
PUBLIC_URL = "http://factory.example"
READER, REBUILDER = "reader-token-1", "rebuilder-token-1"
OTHER_SECRET = "another-secret-of-ours"
KEY_LINE = "kqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQ+/Tq"
KEY = f"-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg\n{KEY_LINE}\n-----END PRIVATE KEY-----\n"
"""The private key of a GitHub App, and one of its lines."""
TOKENS = (
    ServiceToken("dashboard", CallerRole.READ, Secret(READER)),
    ServiceToken("ci", CallerRole.REBUILD, Secret(REBUILDER)),
)


def as_caller(token: str) -> dict[str, str]:
    """The header with the token of a caller."""
    return {"Authorization": f"Bearer {token}"}


def images() -> list[Image]:
    """Two images of the monorepo, one that another system builds, and one that is only watched."""
    portal = {"provider": "github", "repo": REPOSITORY}
    return [
        managed("portal", "node", enrollment={"source": {**portal, "workflow": "build.yml"}}),
        managed("docs", enrollment={"source": portal, "build": {"system": "github-actions", "workflow": "docs.yml"}}),
        managed("mirror", enrollment={"source": {"provider": "git", "repo": "https://git.example/x"}}),
        base("node"),
    ]


@dataclass(slots=True)
class World:
    """The web part with its index and its GitHub."""

    app: Flask
    github: GitHub
    index: MemoryIndex
    clock: Clock
    records: FakeAuditLog

    def unenroll(self, name: str) -> None:
        """Remove an image from the index, as the worker does."""
        del self.index.images[name]
        self.index.by_name = {each: each for each in self.index.images}

    def requests(self) -> list[str]:
        """Method and target of every request that GitHub received."""
        return [f"{each.method} {each.target}" for each in self.github.log]


@contextlib.contextmanager
def world(github: GitHub, *, public_url: str = PUBLIC_URL, access: Access | None = None) -> Iterator[World]:
    """The enrolled repository, a secret one of the same owner, and one of another owner."""
    github.add_repository(REPOSITORY, {**FILES, ".github/workflows/docs.yml": FILES[".github/workflows/build.yml"]})
    github.add_repository("acme/secret", FILES, private=True)
    github.add_repository("other/portal", FILES)
    clock = Clock(datetime.now(UTC).replace(microsecond=0))
    index = MemoryIndex(images(), {image.name: image.name for image in images()})
    with open_transport(clock) as transport:
        records = FakeAuditLog()
        app = web_of(github.url, transport, clock, index, public_url, access or Access(tokens=TOKENS), records)
        yield World(app, github, index, clock, records)


def web_of(
    github_url: str,
    transport: Transport,
    clock: Clock,
    index: MemoryIndex,
    public_url: str,
    access: Access,
    records: AuditLog | None = None,
) -> Flask:
    """The web part that uses this GitHub."""
    kept = KeptRuns(Cache(FakeCacheStorage(clock.now), now=clock.now, sleep=clock.sleep), clock.now)
    session = GitHubSession(transport, github_url, FixedToken(Secret(TOKEN)))
    redactor = Redactor([Secret(TOKEN), Secret(OTHER_SECRET), Secret(KEY)])
    face = GitHubFace(session, kept, redactor, api_url=github_url, face_url=f"{public_url}/proxy/github")
    return create_web(
        index,
        Parts(),
        access,
        now=clock.now,
        public_url=public_url,
        version="1.2.3",
        redactor=redactor,
        records=records,
        github=GitHubUpstream(WorkflowRuns(session, kept), face),
    )


def add_runs(found: World, count: int, workflow: str = "build.yml") -> list[int]:
    """Add completed runs, one for each minute, and return their ids, the newest first."""
    start = found.clock.at - timedelta(minutes=count)
    runs = [
        found.github.add_run(REPOSITORY, workflow, created_at=start + timedelta(minutes=number), conclusion="failure")
        for number in range(count)
    ]
    return [run.id for run in reversed(runs)]


def sent_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers with names in lower case."""
    return {name.lower(): value for name, value in headers.items()}
