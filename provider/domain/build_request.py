"""Values: requests to build systems and their answers."""

from dataclasses import dataclass
from datetime import datetime

from catalog.image import Conclusion
from provider.domain.enrollment import Build, Source
from provider.domain.policy.authority import Authority
from provider.domain.state import Target

BASE_IMAGES = "image_factory_base_images"
"""The input of a workflow with the digests to build from."""


@dataclass(frozen=True, slots=True)
class BuildRequest:
    """A request to start a build.

    Attributes:
        rebuild_id: our unique id; the workflow may show it.
        requested_at: the time of the decision, by our clock; a run that started earlier is not ours.
        file: the file of the entry, for messages about rules that are missing.
        authority: what the entry may have built.
    """

    rebuild_id: str
    source: Source
    build: Build
    reason: str
    targets: tuple[Target, ...]
    requested_at: datetime
    file: str
    authority: Authority


@dataclass(frozen=True, slots=True)
class Dispatched:
    """The build system accepted the request.

    Attributes:
        run_id: the build system's id of the run; None where the answer has no id (use `find` later).
        not_passed: names of inputs that could not be passed, because the workflow does not declare them.
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
