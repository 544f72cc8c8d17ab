"""An organisation of many images at rest: the worker with real git and SQLite, everything outside in memory."""

import secrets
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import yaml
from sqlalchemy import Engine

from bench.rounds import RunFailed
from catalog.addresses import PUBLIC_SITES
from catalog.image import DependencyRole, DiscoveryStatus, Evidence, Status
from catalog.reference import Digest, ImageReference
from provider.config_repo.repository.config_repository import ConfigRepository
from provider.config_repo.repository.edits import Change, replacing
from provider.config_repo.state.snapshot_store import GitSnapshotStore
from provider.domain.enrollment import Build, Enrollment, Source
from provider.domain.ledger import BuiltOn, Ledger
from provider.domain.plan import BuildCaps
from provider.domain.snapshot import Changes, Snapshot
from provider.domain.state import BaseState, DependencyState, ImageState
from provider.notifications.announcing import ImageAnnouncer
from provider.services.check_schedule import Pace
from provider.services.publishing import Publisher
from provider.services.reacting.reactions import Reactions
from provider.services.reacting.wanted import ConfigSource
from provider.services.round import Round
from provider.services.verification.verifications import Verifications
from provider.services.worker import Worker
from provider.store.announced import SqlAnnouncedStore
from provider.store.beats import SqlBeats
from provider.store.engine import migrate, open_engine
from provider.store.images import SqlImageIndex
from provider.store.operations.check_requests import SqlCheckRequests
from provider.store.operations.person_requests import SqlPersonRequests
from provider.store.operations.read_times import SqlReadTimes
from provider.store.operations.webhook_inbox import SqlWebhookInbox
from provider.store.outbox import SqlOutbox
from tests.fakes.build_system import FakeBuildSystem
from tests.fakes.registry import FakeRegistry, digest_of
from tests.fakes.signatures import FakeSignatures
from tests.fakes.sources import FakeSources

START = datetime(2026, 3, 1, tzinfo=UTC)
DAY = timedelta(days=1)
_IMAGES_OF_A_BASE = 33
_TEAMS = 50
_LEVELS = 5
_REMOTE, _CHECKOUT = "config.git", "config"
# Nothing is due for the length of a measurement, so that a round is idle unless a mark moves something.
_PACE = Pace(own=30 * DAY, bases=30 * DAY, discovery=365_000 * DAY)
_POLICY = "rules:\n- files: images.d/*.yaml\n  images: [ghcr.io/acme/**]\n  sources: ['github:acme/*']\n"


@dataclass
class Organisation:
    """The worker of an organisation, and what is outside of it.

    Attributes:
        now: the time; a mark sets it.
        managed: the names of the images that are built, by level: those of the first have only bases from outside.
    """

    worker: Worker
    round: Round
    registry: FakeRegistry
    builds: FakeBuildSystem
    index: SqlImageIndex
    managed: tuple[str, ...]
    now: datetime = START

    def move(self, number: int, content: str) -> str:
        """Let the tag of a base image point to another digest; returns the name of the base image."""
        base = _base(number)
        self.registry.put(base.image, digest_of(content))
        return base.name

    def follow(self) -> None:
        """What the worker does every few seconds while a build runs."""
        self.round.busy()
        self.round.follow()

    def expect_up_to_date(self) -> None:
        """Raise RunFailed unless every image is proven to be up to date."""
        counts = self.index.count_by_status()
        if counts[Status.UP_TO_DATE.value] != len(self.managed):
            raise RunFailed(f"rounds: not every image of the organisation is up to date: {dict(counts)}")


@contextmanager
def organisation(folder: Path, count: int, builds: int = 10) -> Iterator[Organisation]:
    """An organisation of so many images after its first round; `builds`: the most builds at a time."""
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(folder / _REMOTE)], check=True)
    with ConfigRepository.open(str(folder / _REMOTE), checkout=folder / _CHECKOUT) as repository:
        _fill(repository, _images(count))
    with begun(folder, count, builds) as made:
        made.worker.round()
        made.expect_up_to_date()
        yield made


def outside(count: int) -> FakeRegistry:
    """The registry of so many images and their base images, in memory."""
    registry = FakeRegistry()
    for base in map(_base, range(bases_of(count))):
        registry.put(base.image, _current(base.name))
    for name in map(_name, range(count)):
        registry.put(ImageReference("ghcr.io", f"acme/{name}", "latest"), _current(name))
    return registry


@contextmanager
def begun(folder: Path, count: int, builds: int = 10, registry: FakeRegistry | None = None) -> Iterator[Organisation]:
    """The worker of the organisation in this folder, as after a start: it has not done a round yet."""
    engine = open_engine(f"sqlite:///{folder / 'image-factory.db'}")
    migrate(engine)
    registry, managed = registry or outside(count), tuple(map(_name, range(count)))
    with ConfigRepository.open(str(folder / _REMOTE), checkout=folder / _CHECKOUT) as repository:
        yield _worker(repository, engine, registry, managed, builds)
    engine.dispose()


def bases_of(images: int) -> int:
    """The number of base images of an organisation: as many images depend on one in a large one as in a small one."""
    return max(1, images // _IMAGES_OF_A_BASE)


def _worker(
    repository: ConfigRepository, engine: Engine, registry: FakeRegistry, managed: tuple[str, ...], at_once: int
) -> Organisation:
    index, builds = SqlImageIndex(engine), FakeBuildSystem()
    times = SqlReadTimes(engine)
    times.note(managed, START)

    def now() -> datetime:
        return found.now

    one = Round(
        store=GitSnapshotStore(repository),
        registries=registry,
        sources=FakeSources(),
        builds=builds,
        index=index,
        now=now,
        new_id=partial(secrets.token_hex, 6),
        skew=lambda: None,
        caps=BuildCaps(builds=at_once, builds_per_source=at_once),
        pace=_PACE,
        publisher=Publisher(index, "group:default/platform", PUBLIC_SITES),
        requests=SqlPersonRequests(engine),
        heard=SqlWebhookInbox(engine).last_heard,
        verifications=Verifications(FakeSignatures()),
        read_times=times,
    )
    config = ConfigSource("", frozenset({"main"}))
    reactions = Reactions(one, SqlCheckRequests(engine), SqlWebhookInbox(engine), config, lambda _: "")
    announcer = ImageAnnouncer(SqlAnnouncedStore(engine), SqlOutbox(engine), now)
    worker = Worker(reactions, SqlBeats(engine), now, announcer.announce)
    found = Organisation(worker, one, registry, builds, index, managed)
    return found


def _fill(repository: ConfigRepository, images: dict[str, ImageState]) -> None:
    """The files of the teams and the state of all images, in two commits."""
    files: dict[str, list[object]] = {}
    for image in images.values():
        files.setdefault(image.enrollment.file, []).append(image.enrollment.to_document())
    changes = [
        Change(path, replacing(yaml.dump(entries, Dumper=yaml.CSafeDumper, sort_keys=False)))
        for path, entries in files.items()
    ]
    repository.pull()
    repository.commit([*changes, Change("policy.yaml", replacing(_POLICY))], "Enroll")
    bases: dict[str, BaseState | None] = {base.name: base for base in map(_base, range(bases_of(len(images))))}

    def begin(_: Snapshot) -> Changes:
        return Changes(dict(images), bases, reasons=["an organisation"])

    GitSnapshotStore(repository).write(begin, "Begin")


def _images(count: int) -> dict[str, ImageState]:
    """The images: two of five have only bases from outside, the others a parent of the level before too."""
    images: dict[str, ImageState] = {}
    for number in range(count):
        level = number % _LEVELS
        parents = [_base(number % bases_of(count))]
        dependencies = [_dependency(base.name, base.image) for base in parents]
        if level:
            parent = images[_name(number - 1)]
            dependencies.append(_dependency(parent.name, parent.enrollment.reference))
        image = ImageState(
            _enrollment(number),
            START - 90 * DAY,
            Ledger().observe(START - 90 * DAY, _current(_name(number)), {}),
            DiscoveryStatus.SUCCESS,
            START,
            dependencies=tuple(dependencies),
        )
        images[image.name] = image
    return images


def _enrollment(number: int) -> Enrollment:
    source = Source("github", f"acme/source-{number // 2:05}")
    build = Build("github-actions", workflow="build.yml")
    name = _name(number)
    file = f"images.d/team-{number % _TEAMS:02}.yaml"
    return Enrollment(name, "ghcr.io", f"acme/{name}", source=source, build=build, file=file)


def _dependency(name: str, reference: ImageReference) -> DependencyState:
    built_on = BuiltOn(_current(name), START - 90 * DAY)
    kinds, role = ("from",), DependencyRole.FINAL
    return DependencyState(
        name, str(reference), reference, kinds, role, (), built_on, Evidence.VERIFIED, 1, "Dockerfile"
    )


def _base(number: int) -> BaseState:
    name = f"base-{number:03}"
    known = Ledger().observe(START - 200 * DAY, digest_of(f"{name} before"), {})
    known = known.observe(START - 100 * DAY, _current(name), {})
    return BaseState(name, ImageReference("docker.io", f"library/{name}", "1"), START - 200 * DAY, known)


def _name(number: int) -> str:
    return f"image-{number:05}"


def _current(name: str) -> Digest:
    return digest_of(f"{name} now")
