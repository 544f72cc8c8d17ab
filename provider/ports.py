"""What the services need of the world outside: protocols, and the values that pass through them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from catalog.image import Image
from provider.domain.build_request import BuildRequest, Dispatched, Run
from provider.domain.enrollment import Source
from provider.domain.snapshot import Changes, Snapshot


class BuildSystem(Protocol):
    """Starts builds and tells how they went.

    Every method raises:
        proxy.errors.Never: the request was not taken, and asking again changes nothing; the message says why.
        proxy.errors.NotNow: the request was certainly not carried out; later it may be (`retry_at`).
        proxy.errors.PerhapsDone: it may have been carried out: look for the run before asking again.
    """

    def dispatch(self, request: BuildRequest) -> Dispatched:
        """Start a build; at most one request that could start one is sent."""

    def find(self, request: BuildRequest) -> Run | None:
        """The run that this request started, if it can be told: by our id, else None."""

    def shows_ids(self, request: BuildRequest) -> bool:
        """Whether a run of this workflow would show our id, so that `find` answering None proves there is none."""

    def run(self, request: BuildRequest, run_id: str) -> Run | None:
        """How the run stands now; None when the build system knows it no more."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file out of a source repository and the commit it was read at, where that is known."""

    text: str
    revision: str | None = None


class SourceRepository(Protocol):
    """Where Dockerfiles come from.

    Raises:
        proxy.errors.NotFound: no such repository, branch or file; the message says which.
        proxy.errors.Refused: credentials are missing or not enough.
        proxy.errors.AddressRefused: the address is not allowed.
        proxy.errors.NotNow: cannot be asked now (`retry_at` may be known).
    """

    def dockerfile(self, source: Source) -> SourceFile:
        """The Dockerfile that the source names, on its branch."""


class SnapshotStore(Protocol):
    """Where the snapshot are kept: the config repository."""

    def pull(self) -> bool:
        """Learn what others wrote; whether there was anything."""

    def read(self) -> Snapshot:
        """Everything, as of now."""

    def write(self, step: Callable[[Snapshot], Changes], subject: str) -> Snapshot:
        """Decide on what is there and keep it; decided again when somebody else was faster. The snapshot afterwards."""


@dataclass(frozen=True, slots=True)
class ImageFilter:
    """Which images a reader asks for; None does not restrict. `query` is a part of name, repository or title."""

    role: str | None = None
    registry: str | None = None
    owner: str | None = None
    status: str | None = None
    depends_on: str | None = None
    query: str | None = None
    sort: str = "name"


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a sorted list: behind the image of this name, whose sort key has this text."""

    key: str
    name: str


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list; `total` counts the whole list, `end` is where the next page begins (None: there is none)."""

    items: Sequence[Image]
    total: int
    end: Place | None = None


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Direct dependents of an image, by name, and when it was last looked at."""

    dependents: tuple[str, ...] = ()
    last_checked: datetime | None = None


class ImageIndex(Protocol):
    """The database's view of the state: written by the worker, read by the web; can be deleted and made again."""

    def replace(self, images: Iterable[Image], fragments: Mapping[str, str]) -> None:
        """Make these images, with their rendered entities by name, all there is: only differences are written."""

    def checked(self, names: Iterable[str], at: datetime) -> None:
        """Note that these images were looked at."""

    def image(self, name: str) -> Image | None:
        """One image, with its history; None where there is none."""

    def neighbours(self, names: Sequence[str]) -> Mapping[str, Neighbours]:
        """Dependents and last looks of several images in one query; every asked name is answered."""

    def page(self, wanted: ImageFilter, page: int, size: int, after: Place | None = None) -> Page:
        """A page of images, counted from 1; `sort` is a field's name, with '-' before it for the other way round.

        With `after`, pages are counted from that place on: it costs the same however deep it is, and images that come
        or go meanwhile neither repeat nor hide others. The images come without `updates` and `rebuilds`.

        Raises:
            ValueError: there is no such field, or `after` is no place in that order.
        """

    def count_by_status(self) -> Mapping[str, int]:
        """How many images have each status."""

    def catalog_tag(self) -> str:
        """An opaque text that changes exactly when any entity does."""

    def fragments(self) -> Sequence[str]:
        """The rendered entities, by name."""

    def fragment(self, name: str) -> str | None:
        """One rendered entity."""


@dataclass(frozen=True, slots=True)
class PartHealth:
    """How one part of the service is; `cause` is for callers who may see it."""

    name: str
    able: bool
    cause: str | None = None


class Health(Protocol):
    """What /readyz asks."""

    def parts(self) -> Sequence[PartHealth]:
        """Every part and whether it works."""


@dataclass(frozen=True, slots=True)
class Beat:
    """What the worker last told of itself, in the database, so that the web part can tell how it is."""

    part: str
    at: datetime
    problem: str | None = None
    details: Mapping[str, str] = field(default_factory=dict)


class Beats(Protocol):
    """Where the parts tell of themselves."""

    def beat(self, beat: Beat) -> None:
        """Tell; the part's last word is kept."""

    def beats(self) -> Sequence[Beat]:
        """Every part's last word."""
