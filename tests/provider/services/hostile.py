"""Ports that raise what nobody listed, whenever they are asked for one image."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import CancelledError
from dataclasses import dataclass, field

from catalog.reference import Digest, ImageReference
from provider.domain.build_request import BuildDescription, BuildRequest, Dispatched, Run
from provider.domain.enrollment import Source
from provider.ports import SourceFile
from proxy.errors import Never
from proxy.ports import Manifest, Unchanged
from tests.fakes.build_system import FakeBuildSystem
from tests.fakes.registry import FakeRegistry
from tests.fakes.sources import FakeSources

EVIL = "evil"
"""The name of the image; its repositories and its own base have the name too."""

METHODS = (
    "files",
    "check",
    "digest",
    "manifest",
    "labels",
    "exists",
    "dispatch",
    "started",
    "find",
    "shows_ids",
    "run",
)
"""What may raise; `started`: the dispatch raises after its run has started."""


class Odd(Exception):
    """An error whose text cannot be made."""

    def __str__(self) -> str:
        raise ValueError("no text")


ERRORS: Mapping[str, Callable[[], Exception]] = {
    "ValueError": lambda: ValueError("of a library"),
    "RecursionError": lambda: RecursionError("maximum recursion depth exceeded"),
    "KeyError": lambda: KeyError("status"),
    "MemoryError": MemoryError,
    "UnicodeDecodeError": lambda: UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte"),
    "OSError": lambda: OSError(28, "No space left on device"),
    "StopIteration": StopIteration,
    "CancelledError": CancelledError,
    "ExceptionGroup": lambda: ExceptionGroup("several", [ValueError("one"), KeyError("two")]),
    "Odd": Odd,
}


@dataclass
class Trouble:
    """What the ports raise now for the image: method to error; `about` is a part of what is asked for."""

    now: dict[str, Exception] = field(default_factory=dict)
    about: str = EVIL

    def strike(self, method: str, subject: object) -> None:
        """Raise, if the question is about the image."""
        if method in self.now and self.about in str(subject):
            raise self.now[method]


@dataclass
class HostileRegistry(FakeRegistry):
    """A registry."""

    trouble: Trouble

    def __post_init__(self) -> None:
        super().__init__()

    def _log(self, method: str, reference: ImageReference) -> None:
        super()._log(method, reference)
        if method == "check":
            self.trouble.strike(method, reference)

    def digest(self, reference: ImageReference, known: Digest | None = None) -> Digest | Unchanged:
        """See the port."""
        self.trouble.strike("digest", reference)
        return super().digest(reference, known)

    def manifest(self, reference: ImageReference) -> Manifest:
        """See the port."""
        self.trouble.strike("manifest", reference)
        return super().manifest(reference)

    def labels(self, reference: ImageReference, platform: str | None = None) -> Mapping[str, str]:
        """See the port."""
        self.trouble.strike("labels", reference)
        return super().labels(reference, platform)

    def exists(self, reference: ImageReference) -> bool:
        """See the port."""
        self.trouble.strike("exists", reference)
        return super().exists(reference)


@dataclass
class HostileSources(FakeSources):
    """Source repositories."""

    trouble: Trouble

    def __post_init__(self) -> None:
        super().__init__()

    def files(self, source: Source, paths: Sequence[str]) -> Mapping[str, SourceFile | Never]:
        """See the port."""
        self.trouble.strike("files", source.repo)
        return super().files(source, paths)


@dataclass
class HostileBuilds(FakeBuildSystem):
    """A build system."""

    trouble: Trouble

    def __post_init__(self) -> None:
        super().__init__()

    def dispatch(self, request: BuildRequest) -> Dispatched:
        """See the port."""
        self.trouble.strike("dispatch", request.source.repo)
        answer = super().dispatch(request)
        self.trouble.strike("started", request.source.repo)
        return answer

    def find(self, request: BuildRequest) -> Run | None:
        """See the port."""
        self.trouble.strike("find", request.source.repo)
        return super().find(request)

    def shows_ids(self, request: BuildRequest) -> bool:
        """See the port."""
        self.trouble.strike("shows_ids", request.source.repo)
        return super().shows_ids(request)

    def run(self, request: BuildRequest, run_id: str) -> Run | None:
        """See the port."""
        self.trouble.strike("run", request.source.repo)
        return super().run(request, run_id)

    def describe(self, request: BuildRequest) -> BuildDescription:
        """See the port."""
        self.trouble.strike("describe", request.source.repo)
        return super().describe(request)
