"""Values: requests to build systems and their answers."""

from dataclasses import dataclass
from datetime import datetime

from catalog.image import Conclusion
from provider.domain.enrollment import Build, Source
from provider.domain.policy.authority import Authority
from provider.domain.state import Target

REBUILD_ID = "image_factory_rebuild_id"
REASON = "image_factory_reason"
BASE_IMAGES = "image_factory_base_images"
"""The input of a workflow with the digests to build from."""

FILLED_INPUTS = (REBUILD_ID, REASON, BASE_IMAGES)
"""The inputs for which a rebuild has values; a build system passes those that the build takes."""


@dataclass(frozen=True, slots=True)
class BuildRequest:
    """A request to start a build.

    Attributes:
        rebuild_id: our unique id; the workflow may show it.
        requested_at: the time of the decision, by our clock; a run that started earlier is not ours.
        image: the name of the image.
        reference: of the image, with its tag, as text.
        file: the file of the entry, for messages about rules that are missing.
        authority: what the entry may have built.
    """

    rebuild_id: str
    image: str
    reference: str
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
class StartedBuild:
    """A build that was started, whose run is asked for.

    Attributes:
        run_id: the build system's id of the run; None: the run has to be found.
        since: when the build system accepted the request, by our clock.
    """

    request: BuildRequest
    run_id: str | None
    since: datetime


@dataclass(frozen=True, slots=True)
class RunGroup:
    """Which builds are asked for together, and how often that may be.

    Attributes:
        name: the same for builds whose runs are asked for together.
        budget: the same for groups whose requests count against one limit.
        hourly: the most requests an hour for all groups of the budget; None: they cost nothing that is limited.
    """

    name: str
    budget: str = ""
    hourly: int | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """A run as the build system shows it; `conclusion` is None until it is completed."""

    id: str
    url: str | None
    status: str
    conclusion: Conclusion | None
    completed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class BuildDescription:
    """What a build system would start for a request, read without a start.

    Attributes:
        where: the workflow, the pipeline or the address, for messages, such as
            `acme/portal/.github/workflows/build.yml at main`.
        startable: whether the service can start it; a workflow at GitHub needs the trigger `workflow_dispatch`.
        inputs: which of `FILLED_INPUTS` the build takes; all where the build system passes everything.
        demanded: names of other inputs that need a value; a rebuild has none for them, so every start is refused.
        ref: the branch that would be built; None where the build system builds no branch that the service names.
        default_branch: the default branch of the repository that is built; None where it was not asked for, because the
            request names a branch and its authority lets it build every branch.
    """

    where: str
    startable: bool
    inputs: frozenset[str]
    demanded: frozenset[str] = frozenset()
    ref: str | None = None
    default_branch: str | None = None
