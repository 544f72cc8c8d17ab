"""The ports of the services: protocols for everything outside, and the values that pass through them."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, Self

from catalog.image import DependentDocument, Image, Status
from catalog.reference import Digest, ImageReference
from provider.domain.build_request import BuildDescription, BuildRequest, Dispatched, Run, RunGroup, StartedBuild
from provider.domain.enrollment import Source
from provider.domain.events import BuildReported
from provider.domain.snapshot import Changes, Snapshot
from proxy.errors import Never


class BuildSystem(Protocol):
    """Starts builds and reports their runs.

    Every method raises:
        proxy.errors.Never: the request was refused, and another try gives the same result; the message says why.
        proxy.errors.NotNow: the request was certainly not carried out; try again later (`retry_at`).
        proxy.errors.PerhapsDone: it may have been carried out: search for the run before sending it again.
    """

    def dispatch(self, request: BuildRequest) -> Dispatched:
        """Start a build; sends at most one request that could start a run."""

    def find(self, request: BuildRequest) -> Run | None:
        """The run that this request started, found by our id; None where no run shows it."""

    def shows_ids(self, request: BuildRequest) -> bool:
        """Whether the runs of this workflow show our id: then None from `find` proves that there is no run."""

    def group(self, request: BuildRequest) -> RunGroup:
        """Which builds `runs` asks for together with this one; raises nothing, and sends nothing."""

    def runs(self, builds: Sequence[StartedBuild]) -> Mapping[str, Run | None]:
        """The current state of the runs of builds of one group.

        Returns:
            By rebuild id; None where the build system no longer knows the run, or has none yet.
        """

    def describe(self, request: BuildRequest) -> BuildDescription:
        """What `dispatch` would start. It only reads, and never raises PerhapsDone.

        Nothing of the request counts but its source, build and authority. What the authority forbids is not refused
        here: the description has the facts that decide it.

        Raises:
            NotFound: there is no such workflow, project or branch, or the service may not see it.
            NotConfigured: the service has no credentials for this build system.
            Refused: the build is not one of this build system, or what it names cannot be read as a build.
        """


class BuildReports(Protocol):
    """What build systems that cannot be asked reported about rebuilds; it outlasts a restart."""

    def note(self, report: BuildReported, at: datetime) -> None:
        """Keep a report that `report_problem` finds nothing wrong with; a build that has ended stays as it ended."""

    def last(self, rebuild_id: str) -> Run | None:
        """The run as it was reported last; None while nothing was reported."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file from a source repository, and the commit that it was read from, where that is known."""

    text: str
    revision: str | None = None


class SourceRepository(Protocol):
    """A source repository, which has the Dockerfiles of an image.

    Raises:
        proxy.errors.NoSuchRepository: no such repository, or the service may not see it; the message says which.
        proxy.errors.NoSuchBranch: the repository has no such branch.
        proxy.errors.Refused: credentials are missing or not enough.
        proxy.errors.AddressRefused: the address is not allowed.
        proxy.errors.NotNow: it does not answer now (`retry_at` may be known).
    """

    def files(self, source: Source, paths: Sequence[str]) -> Mapping[str, SourceFile | Never]:
        """These files of the repository, on the source's branch.

        Returns:
            Each path, as it was given, with its file, or with the reason why it cannot be read: `NoSuchFile` where the
            branch has no such file. A provider that asks for each file alone also returns `NoSuchRepository` and
            `NoSuchBranch` here, in place of raising them.
        """


class ManySources(SourceRepository, Protocol):
    """Source repositories of which many are read at once."""

    def together(self, sources: Sequence[Source]) -> SourceRepository:
        """What reads these sources now, once each: a provider may ask for the files of several with one request."""


class ReadTimes(Protocol):
    """When the files of each image's source were last read; it outlasts a restart."""

    def all(self) -> Mapping[str, datetime]:
        """The time for each image that was read, in UTC."""

    def note(self, images: Collection[str], at: datetime) -> None:
        """These were read then; a later time that is known stays."""

    def forget(self, images: Collection[str]) -> None:
        """These images exist no more."""


class SnapshotStore(Protocol):
    """Stores the snapshot in the config repository.

    What is unchanged is the same object, so callers can keep results by identity: the snapshot as long as its position
    is the same, each of its mappings as long as nothing in it has changed, and each state and each enrollment in force
    as long as it has not. Nothing in a snapshot is changed in place.
    """

    def pull(self) -> bool:
        """Fetch what others wrote; returns whether anything changed."""

    def read(self) -> Snapshot:
        """The snapshot as it is now; at the same position it is the same object."""

    def write(self, step: Callable[[Snapshot], Changes], subject: str) -> Snapshot:
        """Run the step on the current snapshot and store its changes; returns the snapshot after that, with its errors.

        A step with neither changes nor errors returns what `read` does. With errors, all but `errors` is the same
        object as there. When another writer was faster, the step runs again on the newer snapshot.
        """


IMAGE_SORTS = (
    "name",
    "role",
    "registry",
    "repository",
    "tag",
    "status",
    "owner",
    "title",
    "digest",
    "lastUpdated",
    "lastBuilt",
    "attention",
    "criticality",
    "behindSince",
)
"""The fields by which images can be sorted; missing values sort first. `attention`: see `catalog/attention.py`.

`criticality` sorts the most critical images first, and `behindSince` those that are behind for longest; there, missing
values sort last.
"""

Words = str | tuple[str, ...] | None
"""A value to find, or several of which one is enough; None, and no value, do not restrict."""


@dataclass(frozen=True, slots=True)
class ImageFilter:
    """The images that a reader wants; None does not restrict.

    Attributes:
        owner: entity references, in any case.
        related_to: the name of an image: only that image, everything that depends on it over any number of steps, and
            everything that these depend on.
        built_from: a digest of a dependency that the image was built from.
        criticality: of the enrollment; images without one have none.
        behind: whether a newer digest is known of something that the image is built from (`Image.behind_since`).
        transitive: images also count that were built from a digest that itself was built from `built_from` or `digest`,
            and that depend on the image of `reference` or `uses` over other images.
        digest: a digest, or its beginning with the algorithm: images that have it now, or were built from it.
        reference: an image, or with no tag all images of a repository: those, and images that depend on them.
        uses: the name of an image: that image, and images that depend on it.
        cve: a vulnerability for which people asked to rebuild the image.
        query: a part of name, repository or title.
    """

    role: Words = None
    registry: Words = None
    owner: Words = None
    status: Words = None
    criticality: Words = None
    behind: bool | None = None
    depends_on: str | None = None
    related_to: str | None = None
    built_from: Digest | None = None
    digest: str | None = None
    reference: ImageReference | None = None
    uses: str | None = None
    cve: str | None = None
    transitive: bool = False
    query: str | None = None
    sort: str = "name"


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a sorted list: after the image with this name, whose sort key has this text."""

    key: str
    name: str


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list; `total` counts the whole list, `end` is where the next page begins (None: there is none)."""

    items: Sequence[Image]
    total: int
    end: Place | None = None


def most_first(counts: Mapping[str, int]) -> Mapping[str, int]:
    """The same counts, the highest first, then by value."""
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


@dataclass(frozen=True, slots=True)
class Facets:
    """How many images have each value, for the values that occur."""

    roles: Mapping[str, int]
    registries: Mapping[str, int]
    owners: Mapping[str, int]
    statuses: Mapping[str, int]
    criticalities: Mapping[str, int]

    @property
    def total(self) -> int:
        """The number of images."""
        return sum(self.roles.values())


@dataclass(frozen=True, slots=True)
class Neighbours:
    """An image's direct dependents, by name, and the time of its last check."""

    dependents: tuple[DependentDocument, ...] = ()
    last_checked: datetime | None = None


class ProblemText(str):
    """The text of a problem in a file of the config repository, as it is shown and compared; it also has the parts.

    Attributes:
        file: the path inside the config repository.
        line: counted from 1.
        field: such as `source.repo`; None where the problem is about a whole entry or file.
        message: the problem without its place.
        removes: the images whose removal waits until an admin allows it.
    """

    file: str
    line: int
    field: str | None
    message: str
    removes: tuple[str, ...] = ()

    @classmethod
    def at(
        cls, text: str, file: str, line: int, field: str | None, message: str, removes: tuple[str, ...] = ()
    ) -> Self:
        """The text of a problem in a file."""
        made = cls(text)
        made.file, made.line, made.field, made.message, made.removes = file, line, field, message, removes
        return made


@dataclass(frozen=True, slots=True)
class ReportedProblem:
    """A problem of the config repository, as the last round found it.

    Attributes:
        name: the name of the image; empty where it is not known.
        text: the whole problem, with its place.
        message: the problem without its place.
        since: when it was first reported; None until it is stored.
        removes: the images whose removal waits until an admin allows it.
    """

    name: str
    text: str
    message: str
    file: str | None = None
    line: int | None = None
    field: str | None = None
    since: datetime | None = None
    removes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ImageTrouble:
    """What is wrong with an image whose status is error or failed; `since` is None where that is not known."""

    name: str
    owner: str
    reference: str
    status: Status
    message: str
    since: datetime | None


@dataclass(frozen=True, slots=True)
class StoredCatalog:
    """All rendered entities at one moment, sorted by name, with `ImageIndex.catalog_tag` of that moment."""

    tag: str
    fragments: Iterator[str]


class ImageIndex(Protocol):
    """The read model in the database: the worker writes it, the web part reads it; it can be rebuilt from git."""

    def replace(self, images: Iterable[Image], fragments: Mapping[str, str], over: str | None = None) -> str:
        """Replace all images and their rendered entities (by name) with these; writes only the differences.

        Args:
            images: all of them.
            fragments: the entities.
            over: the mark of what may be written over; None: anything.

        Returns:
            What `has` takes; empty: the index has another mark than `over`, and nothing was written.
        """

    def mark(self) -> str:
        """What `has` would take of whoever wrote the index last; another one where rows were lost since."""

    def update(
        self, written: str, images: Iterable[Image], fragments: Mapping[str, str], gone: Collection[str]
    ) -> str | None:
        """Replace these images and their rendered entities, and remove those of `gone`; all others stay as they are.

        Returns:
            What `has` takes; None: `written` does not hold any more, and nothing was written.
        """

    def has(self, written: str) -> bool:
        """Whether the index still is what this replacement or update left: no other writer, backup or loss."""

    def checked(self, names: Iterable[str], at: datetime) -> None:
        """Record that these images were checked."""

    def image(self, name: str) -> Image | None:
        """One image, with its history; None where there is no such image."""

    def outline(self, name: str) -> Image | None:
        """One image without `updates`, `rebuilds` and `origins`; None where there is no such image."""

    def neighbours(self, names: Sequence[str]) -> Mapping[str, Neighbours]:
        """Dependents and last checks of several images, in one query; the answer has every given name."""

    def page(self, wanted: ImageFilter, page: int, size: int, after: Place | None = None) -> Page:
        """A page of images, counted from 1; `sort` is the name of a field, with '-' before it for descending order.

        With `after`, pages are counted from that place: every page costs the same, and images that are added or removed
        between two pages neither repeat nor hide others. The images come without `updates`, `rebuilds` and
        `origins`.

        Raises:
            ValueError: there is no such field, or `after` is not a place in that order.
        """

    def count_by_status(self) -> Mapping[str, int]:
        """The number of images with each status."""

    def facets(self, wanted: ImageFilter) -> Facets:
        """The values that the images of a filter have, most images first, in one query."""

    def catalog_tag(self) -> str:
        """An opaque text that changes exactly when an entity changes."""

    def fragments(self) -> Sequence[str]:
        """The rendered entities, sorted by name."""

    def read_catalog(self) -> AbstractContextManager[StoredCatalog]:
        """Read the rendered entities one after another, with the tag that exactly they have."""

    def fragment(self, name: str) -> str | None:
        """One rendered entity."""

    def troubles(self) -> Sequence[ImageTrouble]:
        """What is wrong with the images whose status is error or failed, by name, in one query."""

    def owners(self, names: Collection[str]) -> Mapping[str, str]:
        """The owners of these images, by name; names of no image are missing."""

    def report(self, problems: Sequence[ReportedProblem], at: datetime) -> None:
        """Replace the problems of the config repository with these; one that was there before keeps its `since`."""

    def reported(self) -> Sequence[ReportedProblem]:
        """The problems of the config repository, in the order in which they were reported."""


@dataclass(frozen=True, slots=True)
class PartHealth:
    """Whether one part of the service works; `cause` is only shown to callers who may see it.

    Attributes:
        cause: why it does not work; of a part that works, what people should know.
    """

    name: str
    able: bool
    cause: str | None = None


class Health(Protocol):
    """The health of the service, for /readyz."""

    def parts(self) -> Sequence[PartHealth]:
        """Every part, and whether it works."""


@dataclass(frozen=True, slots=True)
class Beat:
    """The last report of a part of the worker. It is kept in the database, so that the web part can show it."""

    part: str
    at: datetime
    problem: str | None = None
    details: Mapping[str, str] = field(default_factory=dict)


class Beats(Protocol):
    """Stores the reports of the worker's parts."""

    def beat(self, beat: Beat) -> None:
        """Store a report in place of the part's last one."""

    def beats(self) -> Sequence[Beat]:
        """The last report of every part."""
