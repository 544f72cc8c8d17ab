"""Values: what senders of webhooks say has happened. They cause a check; no fact is taken from them."""

from dataclasses import dataclass
from typing import TypeAlias

from catalog.image import Conclusion
from catalog.reference import Digest, ImageReference
from provider.domain.enrollment import BuildSystem
from provider.domain.source_address import SourceProvider


@dataclass(frozen=True, slots=True)
class SourcePushed:
    """Somebody pushed to a branch of a git repository.

    Attributes:
        provider: the host that sent the event.
        repository: OWNER/NAME at GitHub, or the path of a GitLab project.
        addresses: the addresses from which the repository is cloned, and its page, as the sender wrote them.
        branch: without `refs/heads/`.
    """

    provider: SourceProvider
    repository: str
    addresses: tuple[str, ...]
    branch: str


@dataclass(frozen=True, slots=True)
class ImagePushed:
    """Somebody pushed an image.

    Attributes:
        image: with a tag; without a digest.
        digest: what the sender says that the tag points to; None: it says nothing.
    """

    image: ImageReference
    digest: Digest | None


@dataclass(frozen=True, slots=True)
class RunChanged:
    """A run of a build system changed its state.

    Attributes:
        repository: OWNER/NAME at GitHub, or the path of a GitLab project.
        run_id: the build system's id.
        rebuild_id: our id, where the sender repeats it.
    """

    system: BuildSystem
    repository: str
    run_id: str
    rebuild_id: str | None


@dataclass(frozen=True, slots=True)
class ReleasePublished:
    """A repository published, changed or deleted a release.

    Attributes:
        address: the address of the repository, for example https://github.com/acme/portal.
    """

    address: str


@dataclass(frozen=True, slots=True)
class BuildReported:
    """A build system reported to the callback address of a rebuild.

    Attributes:
        rebuild_id: our id.
        status: a word of the build system, such as `in_progress` or `completed`.
        conclusion: None until the build has ended.
        url: where people see the run.
    """

    rebuild_id: str
    status: str
    conclusion: Conclusion | None
    url: str | None


@dataclass(frozen=True, slots=True)
class Pinged:
    """A sender tries the address."""


@dataclass(frozen=True, slots=True)
class Ignored:
    """The delivery asks for nothing; `reason` is a sentence for a person."""

    reason: str


Event: TypeAlias = SourcePushed | ImagePushed | RunChanged | ReleasePublished | BuildReported | Pinged
