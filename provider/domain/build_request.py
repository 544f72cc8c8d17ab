"""Requests to build systems and their answers: values."""

from dataclasses import dataclass
from datetime import datetime

from catalog.image import Conclusion
from catalog.reference import Digest
from provider.domain.enrollment import Build, Source


@dataclass(frozen=True, slots=True)
class PinnedBase:
    """A base as it is passed to a build, which pins it as `reference@digest`; `reference` is registry and path."""

    name: str
    written: str
    reference: str
    tag: str | None
    digest: Digest
    cause: bool

    def document(self) -> dict[str, object]:
        """As the workflow's input `image_factory_base_images` has it."""
        return {
            "name": self.name,
            "written": self.written,
            "reference": self.reference,
            "tag": self.tag,
            "digest": self.digest,
            "cause": self.cause,
        }


@dataclass(frozen=True, slots=True)
class BuildRequest:
    """A request to start a build.

    Attributes:
        rebuild_id: ours, unique; the workflow may show it.
        requested_at: when it was decided, by our clock: a run that started before is not ours.
    """

    rebuild_id: str
    source: Source
    build: Build
    reason: str
    bases: tuple[PinnedBase, ...]
    requested_at: datetime
    made_by_admin: bool = True


@dataclass(frozen=True, slots=True)
class Dispatched:
    """The build system took it.

    Attributes:
        run_id: its own id of the run; None where the answer has none (use `find` later).
        not_passed: names of inputs that the workflow does not declare, so that they could not be passed.
    """

    run_id: str | None
    url: str | None
    not_passed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Run:
    """A run as the build system shows it; `conclusion` is None until it is completed."""

    id: str
    url: str | None
    status: str
    conclusion: Conclusion | None
    completed_at: datetime | None = None
