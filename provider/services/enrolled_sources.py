"""The images that are built from each source repository at GitHub, with the workflow that builds them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from catalog.image import Image, Role
from provider.ports import ImageFilter, ImageIndex

_ALL = 100_000
_GITHUB = "github"
_ACTIONS = "github-actions"


@dataclass(frozen=True, slots=True)
class EnrolledSource:
    """The source of an enrolled image at GitHub.

    Attributes:
        image: the name of the image.
        owner: the owner whose members may re-run the workflow, an entity reference; None: roles and admins alone may.
        repository: OWNER/NAME, as the enrollment spells it.
        workflow: the file name of the workflow that builds the image; None where no workflow does.
    """

    image: str
    owner: str | None
    repository: str
    workflow: str | None


@dataclass(frozen=True, slots=True)
class _Snapshot:
    tag: str
    repositories: Mapping[str, str] = field(default_factory=dict)
    sources: Mapping[str, tuple[EnrolledSource, ...]] = field(default_factory=dict)


class EnrolledSources:
    """Reads the index again when the catalog has changed. Safe to use from many threads."""

    def __init__(self, index: ImageIndex) -> None:
        self._index = index
        self._known: _Snapshot | None = None

    def repositories(self) -> Mapping[str, str]:
        """The repositories whose runs are shown: OWNER/NAME in lower case to the spelling of an enrollment."""
        return self._snapshot().repositories

    def images(self, repository: str, workflow: str | None = None) -> Sequence[EnrolledSource]:
        """The images that are built from a repository.

        Args:
            repository: OWNER/NAME in any case.
            workflow: a workflow's file name: only the images that it builds; None: all images.
        """
        found = self._snapshot().sources.get(repository.lower(), ())
        return [source for source in found if workflow is None or source.workflow == workflow]

    def _snapshot(self) -> _Snapshot:
        # Read the tag first: a change that comes in between is then read at the next call.
        tag, known = self._index.catalog_tag(), self._known
        if known is None or known.tag != tag:
            known = self._known = _snapshot_of(tag, self._index.page(ImageFilter(role=Role.MANAGED), 1, _ALL).items)
        return known


def enrolled_source(image: Image) -> EnrolledSource | None:
    """The source of the image; None where it is not at GitHub."""
    enrollment = image.enrollment or {}
    source, build = _mapping(enrollment.get("source")), _mapping(enrollment.get("build"))
    repository = source.get("repo")
    if source.get("provider") != _GITHUB or not isinstance(repository, str):
        return None
    by_actions = build.get("workflow") if build.get("system") == _ACTIONS else None
    workflow = source.get("workflow") or by_actions
    return EnrolledSource(image.name, image.acting_owner, repository, workflow if isinstance(workflow, str) else None)


def hidden_runs(image: Image) -> str | None:
    """Why the runs of the image's source repository are not shown; None: they are."""
    if image.shows_runs:
        return None
    missing = "no rule of policy.yaml lets the file of its enrollment use its source repository"
    return f"The builds of {image.name} are not shown: {missing}; an admin can add a rule with that file and sources."


def _snapshot_of(tag: str, images: Sequence[Image]) -> _Snapshot:
    repositories: dict[str, str] = {}
    sources: dict[str, tuple[EnrolledSource, ...]] = {}
    shown = (image for image in images if image.shows_runs)
    for source in filter(None, map(enrolled_source, shown)):
        key = source.repository.lower()
        repositories.setdefault(key, source.repository)
        sources[key] = (*sources.get(key, ()), source)
    return _Snapshot(tag, MappingProxyType(repositories), MappingProxyType(sources))


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}
