"""The whole web part for fuzzing: with a database, images of every kind of registry, and running peers."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from flask import Flask
from sqlalchemy import Engine

from catalog.image import Image
from provider.api.upstreams import GitHubUpstream, RegistryUpstream
from provider.auth.access import Access
from provider.composition.flask_app import create_web
from provider.ports import PartHealth
from provider.services.checks import Checks
from provider.services.health import WORKER
from provider.services.known_problems import enrollment_problems, image_problems
from provider.store.beats import SqlBeats
from provider.store.cache import SqlCacheStorage
from provider.store.engine import migrate, open_engine
from provider.store.image_histories import SqlImageHistories
from provider.store.images import SqlImageIndex
from provider.store.operations.audit import SqlAuditLog
from provider.store.operations.check_requests import SqlCheckRequests
from proxy.cache import Cache
from proxy.cloud.ecr import AmazonClients
from proxy.cloud.sending import LibrarySender
from proxy.docker_hub.api import DockerHubApi
from proxy.github.actions import WorkflowRuns
from proxy.github.credentials import FixedToken
from proxy.github.face import GitHubFace
from proxy.github.kept_runs import KeptRuns
from proxy.github.session import GitHubSession
from proxy.gitlab.session import GitLabSession
from proxy.http.transport import Transport
from proxy.ports import Registry
from proxy.registries.router import Registries
from proxy.secrets.docker_config import DockerConfig
from proxy.secrets.redactor import Redactor
from proxy.secrets.registry_credentials import RegistryCredentials
from proxy.secrets.secret import Secret
from proxy.versions.apis.own_hosts import OwnHosts
from proxy.versions.details.background import Background
from proxy.versions.sources import Upstreams
from proxy.versions.versions import Versions
from tests.fakes.registry import FakeRegistry, digest_of
from tests.peers.docker_hub.controls import SECRET, USER
from tests.peers.docker_hub.server import DockerHub
from tests.peers.github.controls import TOKEN
from tests.peers.github.server import GitHub
from tests.peers.github_samples import FILES
from tests.provider.api.github_worlds import PUBLIC_URL, READER, REBUILDER, REPOSITORY, TOKENS
from tests.provider.tracker.services.tracker_world import TrackerWorld
from tests.provider.web_images import Parts, base, managed, rebuild, update
from tests.proxy.clocks import Clock
from tests.proxy.scripted import open_transport

OWN = "registry.example.com"
SECRETS = (TOKEN, SECRET, READER, REBUILDER)
"""No answer may contain any of these."""


@dataclass(frozen=True, slots=True)
class FuzzWorld:
    """The web part; its clock moves only while something waits.

    Attributes:
        run_id: the id of a completed run of the image `app`.
    """

    app: Flask
    clock: Clock
    run_id: int


@contextlib.contextmanager
def fuzz_world(folder: Path, github: GitHub, docker_hub: DockerHub) -> Iterator[FuzzWorld]:
    """The web part, with its database in this folder."""
    clock = Clock(datetime.now(UTC).replace(microsecond=0))
    run_id = _fill_github(github, clock.at)
    _fill_docker_hub(docker_hub, clock)
    engine = open_engine(f"sqlite:///{folder / 'factory.db'}")
    migrate(engine)
    index = SqlImageIndex(engine)
    index.replace(_images(), {image.name: f"metadata: {{name: {image.name}}}\n" for image in _images()})
    try:
        with open_transport(clock) as transport:
            cache = Cache(SqlCacheStorage(engine, now=clock.now), now=clock.now, sleep=clock.sleep)
            session = GitHubSession(transport, github.url, FixedToken(Secret(TOKEN)))
            hub = DockerHubApi(transport, docker_hub.url, USER, Secret(SECRET))
            app = _web(index, engine, cache, session, hub, github.url, transport)
            yield FuzzWorld(app, clock, run_id)
    finally:
        engine.dispose()


def _web(
    index: SqlImageIndex,
    engine: Engine,
    cache: Cache,
    session: GitHubSession,
    hub: DockerHubApi,
    api_url: str,
    transport: Transport,
) -> Flask:
    redactor = Redactor([Secret(TOKEN), Secret(SECRET)])
    kept = KeptRuns(cache, transport.now)
    face = GitHubFace(session, kept, redactor, api_url=api_url, face_url=f"{PUBLIC_URL}/proxy/github")
    credentials = RegistryCredentials(DockerConfig(), {})
    hosts = OwnHosts(transport, credentials, Registries(transport, credentials, mirrors={OWN: "http://127.0.0.1:9"}))
    gitlab = GitLabSession(transport, "http://127.0.0.1:9", None)
    amazon = AmazonClients(LibrarySender(lambda: transport), active=False)
    upstreams = Upstreams(cache, _registry(), session, hub, gitlab, hosts, amazon, Background())
    versions = Versions(upstreams, transport.now)
    return create_web(
        index,
        Parts(PartHealth("database", able=True)),
        Access(tokens=TOKENS),
        now=transport.now,
        public_url=PUBLIC_URL,
        version="1.2.3",
        registries=RegistryUpstream(versions, redactor),
        github=GitHubUpstream(WorkflowRuns(session, kept), face),
        tracker=TrackerWorld().parts,
        histories=SqlImageHistories(engine),
        records=SqlAuditLog(engine),
        problems=[partial(enrollment_problems, index), partial(image_problems, index)],
        checks=Checks(SqlBeats(engine), {WORKER: timedelta(minutes=15)}, SqlCheckRequests(engine)),
        redactor=redactor,
    )


def _images() -> list[Image]:
    """A managed image in GitHub's registry, a base image in Docker Hub, and an image in another registry."""
    source = {"source": {"provider": "github", "repo": REPOSITORY, "workflow": "build.yml"}}
    history = {"updates": (update(30, "a", None, 9), update(9, "b", "a")), "rebuilds": (rebuild(9), rebuild(30))}
    return [
        managed("app", "node", enrollment=source, last_rebuild=rebuild(9), **history),
        base("node", updates=(update(60, "d", None, 3), update(3, "a", "d"))),
        managed("own", registry=OWN, repository="team/own"),
    ]


def _fill_github(github: GitHub, now: datetime) -> int:
    github.add_repository(REPOSITORY, FILES)
    for number in range(40):
        github.publish_package("acme", "app", digest_of(str(number)), [f"1.{number}.0"])
    start = now - timedelta(hours=2)
    runs = [
        github.add_run(REPOSITORY, "build.yml", created_at=start + timedelta(minutes=number), conclusion="failure")
        for number in range(30)
    ]
    return runs[-1].id


def _fill_docker_hub(docker_hub: DockerHub, clock: Clock) -> None:
    docker_hub.state.clock = clock.now
    docker_hub.add_repository("library", "node")
    docker_hub.push_many("library/node", 25, clock.at)


def _registry() -> Registry:
    registry = FakeRegistry()
    for tag in ("latest", "1.0", "1.1", "v2.0.0-rc.1"):
        registry.put(f"{OWN}/team/own:{tag}", digest_of(tag))
    return registry
