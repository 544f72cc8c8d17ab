"""A service with an overview, over a real database: the images of an organization, its rebuilds and releases."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial

from flask import Flask
from sqlalchemy import Engine

from catalog.image import Conclusion, Image, Status
from catalog.times import rfc3339_exact
from provider.auth.access import Access
from provider.composition.flask_app import create_web
from provider.composition.tracking.overview import recent_releases
from provider.ports import Beat, ReportedProblem
from provider.services.health import CONFIG, DIGESTS, FOLLOW, NEXT_AT, SOURCES, WORKER
from provider.services.overview.overviews import Overviews
from provider.store.beats import SqlBeats
from provider.store.images import SqlImageIndex
from provider.store.operations.recent_activity import SqlRecentActivity
from provider.tracker.decisions.kinds import RepositoryType
from tests.provider.tracker.pages.tracker_pages_web import TrackerWorld, release
from tests.provider.web_images import NOW, Parts, base, managed, rebuild, update

PERIODS: Mapping[str, timedelta] = {WORKER: timedelta(minutes=15), FOLLOW: timedelta(seconds=15)}
_STATUSES = (
    *(Status.UP_TO_DATE,) * 20,
    *(Status.WAITING,) * 4,
    *(Status.UNVERIFIED, Status.UNKNOWN, Status.HELD, Status.FAILED, Status.DUE, Status.REBUILDING),
)
_REASONS = {
    Status.UP_TO_DATE: "Built on the newest eligible digest of each base image.",
    Status.WAITING: "node-22 changed on 5 Mar 2026; rebuild on or after 12 Mar 2026 (7-day delay).",
    Status.HELD: "On hold by user:default/mia: the release is being tested.",
    Status.FAILED: "The build failed: GitHub refused (404): Not Found. Correct the workflow, then rebuild the image.",
    Status.UNKNOWN: "docker.io/library/node:99 cannot be read: the registry has no such tag.",
    Status.UNVERIFIED: "Which digest of node-22 it was built from is not known; a rebuild makes it certain.",
}
_BEHIND = frozenset({Status.WAITING, Status.HELD, Status.FAILED, Status.DUE, Status.REBUILDING})
_TEAMS = ("platform", "payments", "search", "data")


@dataclass
class OverviewWorld:
    """A database, a release tracker in memory, and the application with its pages.

    Attributes:
        at: the present time; a test may move it.
    """

    engine: Engine
    tracker: TrackerWorld = field(default_factory=TrackerWorld)
    at: datetime = NOW

    @property
    def index(self) -> SqlImageIndex:
        """The image index."""
        return SqlImageIndex(self.engine)

    @property
    def overviews(self) -> Overviews:
        """What the overview is read from."""
        releases = partial(recent_releases, self.tracker.store)
        return Overviews(self.index, SqlRecentActivity(self.engine), SqlBeats(self.engine), PERIODS, releases)

    def put(self, images: Iterable[Image]) -> None:
        """Publish these images in place of all others."""
        self.index.replace(images, {})

    def report(self, *problems: ReportedProblem) -> None:
        """Report problems of the config repository."""
        self.index.report(problems, NOW - timedelta(days=1))

    def check(self) -> None:
        """Let the worker report that everything was checked."""
        beats, soon = SqlBeats(self.engine), rfc3339_exact(NOW + timedelta(minutes=13))
        for part, ago in ((CONFIG, 40), (WORKER, 100), (FOLLOW, 5)):
            beats.beat(Beat(part, NOW - timedelta(seconds=ago)))
        for part in (SOURCES, DIGESTS):
            beats.beat(Beat(part, NOW - timedelta(minutes=2), None, {NEXT_AT: soon}))

    def release(self, *versions: str) -> None:
        """Track a repository with these releases, of which all but the first are news."""
        self.tracker.publish(RepositoryType.GITHUB, "acme/tool", release(versions[0], 30))
        number = self.tracker.add("https://github.com/acme/tool")
        self.tracker.publish(RepositoryType.GITHUB, "acme/tool", *(release(each, 1) for each in versions))
        self.tracker.parts.poller.poll_one(number)

    def app(self, access: Access | None = None, *, tracked: bool = True) -> Flask:
        """The web part, with or without the release tracker."""
        return create_web(
            self.index,
            Parts(),
            access or Access(),
            now=lambda: self.at,
            public_url="http://factory.example",
            version="1.2.3",
            tracker=self.tracker.parts if tracked else None,
            overviews=self.overviews if tracked else replace(self.overviews, releases=None),
        )


def organization(count: int) -> list[Image]:
    """So many managed images of four teams, with every status, and the base images that they are built from."""
    bases = [_base(number) for number in range(max(1, count // 30) if count else 0)]
    return [*bases, *(_managed(number, bases) for number in range(count))]


def behind(name: str, days: int, **others: object) -> Image:
    """A managed image that waits, and is behind for so many days."""
    return replace(
        managed(name, "node", status=Status.WAITING, reason=_REASONS[Status.WAITING]),
        behind_since=NOW - timedelta(days=days),
        **others,  # type: ignore[arg-type]  # keywords of Image
    )


def _base(number: int) -> Image:
    moved = update(number % 20, "a", "c")
    return base(f"node-{number}" if number else "node", updates=(update(60, "c", None, number % 20), moved))


def _managed(number: int, bases: Sequence[Image]) -> Image:
    status = _STATUSES[number % len(_STATUSES)]
    ended = rebuild(number % 12, conclusion=(Conclusion.FAILURE if status is Status.FAILED else Conclusion.SUCCESS))
    return managed(
        f"{_TEAMS[number % 4]}-service-{number:05}",
        bases[number % len(bases)].name,
        status=status,
        reason=_REASONS.get(status, "It is being rebuilt."),
        owner=f"group:default/{_TEAMS[number % 4]}",
        behind_since=NOW - timedelta(days=number % 50, hours=number % 24) if status in _BEHIND else None,
        rebuilds=(replace(ended, id=f"rebuild-{number}"),) if number % 3 else (),
    )
