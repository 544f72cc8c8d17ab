"""What a soak notes while it runs, for the checks at its end. Values only; times are seconds since 1970."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Published:
    """A digest that a tag got.

    Attributes:
        repository: in the registry.
        at: when it was pushed.
        first: whether it was there before the soak began; it causes nothing.
    """

    repository: str
    digest: str
    at: float
    first: bool = False


@dataclass(frozen=True, slots=True)
class PassedBase:
    """A digest that a dispatch passed to a build."""

    repository: str
    digest: str
    cause: bool


@dataclass(frozen=True, slots=True)
class Dispatch:
    """A workflow run that the service caused.

    Attributes:
        image: the name of the managed image.
        rebuild: the id of the rebuild.
        at: when it was created.
    """

    image: str
    rebuild: str
    at: float
    bases: tuple[PassedBase, ...]
    completed: bool = True


@dataclass(frozen=True, slots=True)
class FaultWindow:
    """A fault that was injected.

    Attributes:
        kind: such as `kill_worker`.
        target: what it was done to.
        note: how it was done, where there are several ways, or why it was not.
        done: False: it could not be injected here.
    """

    kind: str
    target: str
    began: float
    ended: float
    note: str = ""
    done: bool = True


@dataclass(frozen=True, slots=True)
class Reading:
    """An answer that a reader got.

    Attributes:
        page: which kind of page, such as `/images/NAME`.
        path: the page itself.
        at: when it was asked for.
        status: of the answer; 0: none.
    """

    page: str
    at: float
    seconds: float
    status: int
    path: str


@dataclass(frozen=True, slots=True)
class MemorySample:
    """The memory of a process: what it has in the machine's memory (RSS), in megabytes."""

    process: str
    pid: int
    at: float
    megabytes: float


@dataclass(frozen=True, slots=True)
class ImageFacts:
    """What one place says of an image, as far as git and the database can be compared.

    Attributes:
        digest: its newest known one.
        built_on: the digest that it is built from, by the name of each dependency.
        rebuild: the id of its last rebuild.
    """

    digest: str | None
    built_on: Mapping[str, str | None] = field(default_factory=dict)
    rebuild: str | None = None


@dataclass(frozen=True, slots=True)
class LogText:
    """The log of a process."""

    process: str
    text: str


@dataclass(slots=True)
class Evidence:
    """Everything that was noted.

    Attributes:
        began: when base images began to move.
        ended: when the last fault was over and no base image moved any more.
        dependents: the names of the images that are built from each repository, directly.
        recorded: of each base image's repository, the digests in its ledger in git.
        in_git: of each image and base image, by name.
        in_index: the same from the API.
        statuses: how many managed images the API shows with each status, at the end.
        records: the ids of all rebuilds in git, by the name of the image.
        waited: the share of the time in which the web part could run that no processor was free for it, from 0 to 1.
        ready: what /readyz answered at the end; empty: everything works.
    """

    began: float = 0.0
    ended: float = 0.0
    dependents: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    published: list[Published] = field(default_factory=list)
    dispatches: list[Dispatch] = field(default_factory=list)
    faults: list[FaultWindow] = field(default_factory=list)
    readings: list[Reading] = field(default_factory=list)
    memory: list[MemorySample] = field(default_factory=list)
    recorded: Mapping[str, frozenset[str]] = field(default_factory=dict)
    in_git: Mapping[str, ImageFacts] = field(default_factory=dict)
    in_index: Mapping[str, ImageFacts] = field(default_factory=dict)
    statuses: Mapping[str, int] = field(default_factory=dict)
    records: Mapping[str, frozenset[str]] = field(default_factory=dict)
    waited: float = 0.0
    ready: str = ""
    logs: list[LogText] = field(default_factory=list)
