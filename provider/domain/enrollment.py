"""Values of an enrollment: the image, its source, how it is built and when. `enrollment_grammar.py` has the checks."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Literal, TypeAlias

from catalog.reference import DEFAULT_TAG, ImageReference
from provider.domain.duration import print_duration
from provider.domain.source_address import SourceProvider
from provider.domain.verification.rule import Verify

BuildSystem: TypeAlias = Literal["github-actions", "gitlab", "webhook"]
Document: TypeAlias = dict[str, object]

ADMINS_FILE = "images.yaml"
"""The file of enrollments that only admins may change."""

LOCAL_CONTEXT = "local"
"""The value of a build context that is no image: a folder, or another part of the build."""

DOCKERFILE_NAMES = ("Dockerfile", "Containerfile")
"""The names that are tried, in this order, when the enrollment names no file."""

DEFAULT_REBUILD_DELAY = timedelta(days=7)


class RebuildOn(StrEnum):
    """Which dependencies cause a rebuild: all, or the base of the built stage."""

    ALL = "all"
    FINAL = "final"


class Criticality(StrEnum):
    """The order of images when several are due."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class Bake:
    """A bake file of buildx.

    Attributes:
        file: its path inside the source repository, for example docker-bake.hcl.
        target: the target, or group of targets, that builds the image.
    """

    file: str
    target: str


@dataclass(frozen=True, slots=True)
class Source:
    """The source repository of an image, and what its build reads there.

    Attributes:
        provider: the host of the repository.
        repo: OWNER/NAME at GitHub, the path of a GitLab project, or an address for git.
        branch: None: the default branch of the repository.
        dockerfiles: paths inside the repository; empty: Dockerfile, else Containerfile.
        build_args: name to value, as passed to the build.
        target: the stage that is built; None: the last stage.
        contexts: name of a build context to `local`, or to `docker-image://` and a reference.
        bake: takes the place of `dockerfiles`, `target` and `contexts`.
        base_images: references that a person wrote, beside or in place of those in Dockerfiles.
    """

    provider: SourceProvider
    repo: str
    branch: str | None = None
    dockerfiles: tuple[str, ...] = ()
    # A mapping has no hash; equal enrollments have equal hashes also without it.
    build_args: Mapping[str, str] = field(default_factory=dict, hash=False)
    target: str | None = None
    contexts: Mapping[str, str] = field(default_factory=dict, hash=False)
    bake: Bake | None = None
    base_images: tuple[str, ...] = ()

    def to_document(self, workflow: str | None) -> Document:
        """The `source` of an entry; `workflow` is the short form of its build."""
        written = [*self.dockerfiles]
        return _written(
            {
                "provider": self.provider,
                "repo": self.repo,
                "branch": self.branch,
                "dockerfile": (written[0] if len(written) == 1 else written) if written else None,
                "buildArgs": dict(self.build_args) or None,
                "target": self.target,
                "contexts": dict(self.contexts) or None,
                "bake": {"file": self.bake.file, "target": self.bake.target} if self.bake else None,
                "baseImages": list(self.base_images) or None,
                "workflow": workflow,
            }
        )


@dataclass(frozen=True, slots=True)
class Build:
    """The build system that builds the image, and how a build is started.

    Attributes:
        system: decides which of the other attributes are set.
        workflow: GitHub Actions: the file name of the workflow.
        project: GitLab: the path of the project; None: the project of the source.
        ref: GitHub Actions and GitLab: the branch that is built; None: the branch of the source.
        url: webhook: the address of the POST request.
    """

    system: BuildSystem
    workflow: str | None = None
    project: str | None = None
    ref: str | None = None
    url: str | None = None

    @property
    def is_workflow_alone(self) -> bool:
        """Whether `source.workflow` describes the whole build."""
        return self == Build("github-actions", workflow=self.workflow)


@dataclass(frozen=True, slots=True)
class Enrollment:
    """One entry of images.yaml, or of a team's file.

    Attributes:
        source: None: an external image, which is only watched.
        build: None: no build system is configured for it.
        platforms: empty: the platforms of the image in its registry.
        owner: a Backstage entity reference; None: the service's default.
        verify: whose signatures its base images need; None: they need none.
        file: the path of the file that has the entry, in the config repository.
    """

    name: str
    registry: str
    repository: str
    tag: str = DEFAULT_TAG
    source: Source | None = None
    build: Build | None = None
    rebuild_delay: timedelta = DEFAULT_REBUILD_DELAY
    auto_rebuild: bool = True
    rebuild_on: RebuildOn = RebuildOn.ALL
    platforms: tuple[str, ...] = ()
    criticality: Criticality = Criticality.NORMAL
    owner: str | None = None
    title: str | None = None
    description: str | None = None
    system: str | None = None
    lifecycle: str | None = None
    verify: Verify | None = None
    file: str = ADMINS_FILE

    @property
    def made_by_admin(self) -> bool:
        """Whether an admin wrote the entry: teams have files of their own."""
        return self.file == ADMINS_FILE

    @property
    def reference(self) -> ImageReference:
        """The normalised reference of the image, with its tag.

        Raises:
            InvalidReference: registry, repository or tag are not valid; `EnrollmentSchema` has checked them.
        """
        return ImageReference.parse(f"{self.registry}/{self.repository}:{self.tag}")

    def to_document(self) -> Document:
        """The entry as in images.yaml: camelCase keys in the documented order, without keys that have their default.

        A build that consists only of a workflow is written as `source.workflow`.
        """
        return _written(
            {
                "name": self.name,
                "registry": self.registry,
                "repository": self.repository,
                "tag": _unless(DEFAULT_TAG, self.tag),
                "source": self._source_document(),
                "build": _build_document(self.build) if self.build and not self._is_short else None,
                "rebuildDelay": _unless(print_duration(DEFAULT_REBUILD_DELAY), print_duration(self.rebuild_delay)),
                "autoRebuild": None if self.auto_rebuild else False,
                "rebuildOn": _unless(RebuildOn.ALL.value, self.rebuild_on.value),
                "platforms": list(self.platforms) or None,
                "criticality": _unless(Criticality.NORMAL.value, self.criticality.value),
                "verify": self.verify.to_document() if self.verify else None,
                "owner": self.owner,
                "title": self.title,
                "description": self.description,
                "system": self.system,
                "lifecycle": self.lifecycle,
            }
        )

    @property
    def _is_short(self) -> bool:
        return self.source is not None and self.build is not None and self.build.is_workflow_alone

    def _source_document(self) -> Document | None:
        if self.source is None:
            return None
        return self.source.to_document(self.build.workflow if self.build and self._is_short else None)


def _build_document(build: Build) -> Document:
    keys = ("system", "workflow", "project", "ref", "url")
    return _written({key: getattr(build, key) for key in keys})


def _written(document: Document) -> Document:
    return {key: value for key, value in document.items() if value is not None}


def _unless(default: object, value: object) -> object:
    """The value; None where it is the default, which is not written."""
    return None if value == default else value
