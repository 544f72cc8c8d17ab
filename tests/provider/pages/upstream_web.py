"""The pages with a scripted registry and a scripted GitHub."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from flask import Flask

from catalog.addresses import PUBLIC_SITES
from catalog.image import Image
from catalog.reference import ImageReference
from provider.api.answers.errors import register_errors
from provider.api.answers.image_links import ImageLinks
from provider.api.audited_reruns import rerun_failure
from provider.api.versions import version_documents
from provider.auth.access import Access, EndpointRules, guard
from provider.pages.browsers import prepare_for_browsers
from provider.pages.headers import protect_browsers
from provider.pages.image.upstream import Builds, Upstream
from provider.pages.images import OPEN_PAGES, PAGES, image_pages, problem_page
from provider.services.enrolled_sources import EnrolledSource
from proxy.errors import OutsideFailure
from proxy.github.run_types import RunPage, RunQuery, WorkflowRun
from proxy.secrets.secret import Secret
from proxy.version_types import PlatformImage, Version, VersionPage, VersionQuery
from tests.provider.web_images import NOW, MemoryIndex, digest, varied_images

PUBLIC_URL = "http://factory.example"
OURS = {"Origin": PUBLIC_URL, "Sec-Fetch-Site": "same-origin"}
"""What a browser says of a form of our own page."""

_PLATFORMS = (("amd64", None), ("arm64", "v8"), ("arm", "v7"))


@dataclass
class Scripted:
    """A registry and a GitHub with scripted answers.

    Attributes:
        versions: all versions, in order.
        runs: all runs, the newest first.
        error: if set, every read raises it.
        asked: every query.
        opened: the tags whose details were read.
        complete: whether pages of versions are.
        problem: why the list of versions broke off.
        reading: whether a newer list is being read.
        images: those of the index; empty: one of each kind.
        places: the repository or the workflow of each query.
        reruns: image, workflow, run and `failed_only` of each re-run.
        rerun_error: if set, a re-run raises it.
    """

    versions: Sequence[Version] = ()
    runs: Sequence[WorkflowRun] = ()
    dated: bool = True
    stale: bool = False
    error: OutsideFailure | None = None
    rerun_error: OutsideFailure | None = None
    asked: list[VersionQuery | RunQuery] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)
    complete: bool = True
    problem: str | None = None
    reading: bool = False
    images: Sequence[Image] = ()
    places: list[str] = field(default_factory=list)
    reruns: list[tuple[str, str, int, bool]] = field(default_factory=list)
    fetched_at: datetime = NOW - timedelta(minutes=4)

    def read(self, reference: ImageReference, query: VersionQuery) -> VersionPage:
        """One page of versions."""
        self.asked.append(query)
        self.places.append(reference.image)
        if self.error:
            raise self.error
        start = (query.page - 1) * query.size
        found = [version for version in self.versions if (query.q or "") in version.tag]
        shown = tuple(found[start : start + query.size])
        order = "published" if self.dated else "version"
        page = VersionPage(shown, len(found), order, self.stale, self.fetched_at, self.complete)  # type: ignore[arg-type]  # a Literal
        return replace(page, problem=self.problem, reading=self.reading)

    def details(self, reference: ImageReference, tag: str) -> None:
        """Note whose details are read."""
        self.opened.append(f"{reference.image}:{tag}")

    def page(self, source_repo: str, workflow: str, query: RunQuery) -> RunPage:
        """One page of runs."""
        self.asked.append(query)
        self.places.append(f"{source_repo} {workflow}")
        if self.error:
            raise self.error
        start = (query.page - 1) * query.size
        found = [run for run in self.runs if query.branch in (None, run.head_branch)]
        return RunPage(found[start : start + query.size], len(found), self.stale, self.fetched_at)

    def rerun(self, source: EnrolledSource, workflow: str, run_id: int, *, failed_only: bool) -> None:
        """Record the re-run."""
        if self.rerun_error:
            raise self.rerun_error
        self.reruns.append((source.image, workflow, run_id, failed_only))

    def app(self, access: Access | None = None) -> Flask:
        """The pages, with an index of one image of each kind."""
        app = Flask("pages", static_folder=None)
        guard(
            app,
            access or Access(),
            EndpointRules(public=OPEN_PAGES, catalog=(), pages={PAGES}),
            PUBLIC_URL,
            lambda: NOW,
        )
        register_errors(app, problem_page, {PAGES})
        prepare_for_browsers(app, Secret("a key for tests of pages"), PUBLIC_URL, signs_in=False)
        builds = Builds(self, self)
        index = MemoryIndex(self.images or varied_images())
        upstream = Upstream(
            self.read,
            self.details,
            lambda image, versions: version_documents(versions, image, index.image, PUBLIC_SITES),
            builds,
            lambda error: rerun_failure(error, lambda: NOW),
        )
        specification = {"info": {"title": "x"}, "paths": {}, "components": {"schemas": {}}}
        app.register_blueprint(image_pages(index, lambda: NOW, lambda: specification, upstream, ImageLinks()))
        protect_browsers(app, PUBLIC_URL)
        return app


def version(tag: str, letter: str = "a", **others: object) -> Version:
    """A version for three platforms that was published three hours ago."""
    made = Version(
        tag,
        digest(letter),
        118_400_000,
        NOW - timedelta(hours=3),
        tuple(PlatformImage("linux", name, variant, digest("9"), 1000) for name, variant in _PLATFORMS),
        f"ghcr.io/acme/backstage:{tag}@{digest(letter)}",
        "https://ghcr.io/acme/backstage",
        (),
    )
    return replace(made, **others)  # type: ignore[arg-type]  # attributes of Version


def run(number: int, **others: object) -> WorkflowRun:
    """A successful build that started so many hours ago and took 4 minutes and 12 seconds."""
    at = NOW - timedelta(hours=number)
    made = WorkflowRun(
        id=9_000_000_000 - number,
        name="Build image",
        title=f"Bump the base image ({number})",
        status="completed",
        conclusion="success",
        head_sha=f"{number:x}".rjust(40, "c"),
        head_branch="main",
        event="push",
        actor="mia",
        attempt=1,
        created_at=at,
        started_at=at,
        updated_at=at + timedelta(minutes=4, seconds=12),
        workflow=".github/workflows/backstage.yml",
        repository="acme/portal",
        url=f"https://github.com/acme/portal/actions/runs/{9_000_000_000 - number}",
    )
    return replace(made, **others)  # type: ignore[arg-type]  # attributes of WorkflowRun


def varied() -> Scripted:
    """Versions and builds that differ in every value that is shown."""
    tags = ["1.12.0", "1.11.4", "1.11.3-rc.1", "nightly-2026-03-09-with-a-rather-long-name-behind-it"]
    versions = [
        version("1.12.1", "b", aliases=("latest", "1.12", "1")),
        *(version(tag, "cdef"[place], published_at=NOW - timedelta(days=9 * place)) for place, tag in enumerate(tags)),
        version("legacy", digest=None, size=None, published_at=None, platforms=(), url=None),
        *(version(f"1.10.{number}", published_at=NOW - timedelta(days=40 + number)) for number in range(30, 0, -1)),
    ]
    runs = [
        run(0, status="in_progress", conclusion=None, started_at=NOW - timedelta(minutes=2, seconds=40)),
        run(1, conclusion="failure", attempt=2, event="workflow_dispatch", actor="image-factory[bot]"),
        run(2, status="queued", conclusion=None),
        run(3, conclusion="cancelled", head_branch="renovate/very-long-branch-name-that-has-to-wrap-somewhere"),
        run(5, conclusion="timed_out", title="A title so long that nobody would ever read all of it " * 2),
        *(run(number) for number in range(6, 40)),
    ]
    return Scripted(versions, runs)
