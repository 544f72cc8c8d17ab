"""The states of all images, and what they say about the time before a commit; the service and `validate` share it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial

from provider.config_repo.enrollments.claims import Before
from provider.config_repo.layout import StateRole
from provider.config_repo.state.files import StateFiles
from provider.containment import contained
from provider.domain.policy.rules import Policy
from provider.domain.snapshot import Origins
from provider.domain.state import BaseState, ImageState


@dataclass(frozen=True, slots=True)
class KnownStates:
    """The states that can be read, by name; the archive has the images that are no longer tracked."""

    images: Mapping[str, ImageState]
    bases: Mapping[str, BaseState]
    archived_images: Mapping[str, ImageState]
    archived_bases: Mapping[str, BaseState]

    @classmethod
    def of(cls, files: StateFiles) -> "KnownStates":
        """The states in these files."""
        return cls(
            files.states(StateRole.MANAGED, ImageState),
            files.states(StateRole.BASE, BaseState),
            files.states(StateRole.MANAGED, ImageState, archived=True),
            files.states(StateRole.BASE, BaseState, archived=True),
        )

    def before(self, policy: Policy) -> Before:
        """The enrollments that were in force, where they come from, and who depends on what."""
        previous = {name: image.enrollment for name, image in self.images.items()}
        previous |= {name: base.enrollment for name, base in self.bases.items() if base.enrollment}
        origins = Origins.of(
            (*self.archived_images.values(), *self.images.values()),
            (*self.archived_bases.values(), *self.bases.values()),
        )
        return Before(previous, origins, partial(_dependents_of, self.images.values()), policy)


def _dependents_of(images: Iterable[ImageState], repository: str) -> Iterable[str]:
    """The names of the images whose Dockerfiles name an image of the repository."""
    return [image.name for image in images if contained(image.name, _needs, image, repository) is True]


def _needs(image: ImageState, repository: str) -> bool:
    return any(each.image.image == repository for each in image.dependencies)
