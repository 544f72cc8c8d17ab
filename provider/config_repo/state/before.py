"""What the states of all images say about the time before a commit; the service and `validate` share it."""

from collections.abc import Iterable
from functools import partial

from provider.config_repo.enrollments.claims import Before
from provider.config_repo.layout import StateFile, StateRole
from provider.config_repo.state.files import StateFiles
from provider.containment import contained
from provider.domain.policy.rules import Policy
from provider.domain.snapshot import Origins
from provider.domain.state import ImageState


def before_of(states: StateFiles, policy: Policy) -> Before:
    """The enrollments that were in force, where they come from, and who depends on what."""
    previous = {name: image.enrollment for name, image in states.images.items()}
    previous |= {name: base.enrollment for name, base in states.bases.items() if base.enrollment}
    origins = Origins.of(
        (*states.archived_images.values(), *states.images.values()),
        (*states.archived_bases.values(), *states.bases.values()),
    )
    return Before(previous, origins, partial(_dependents_of, states.images.values()), policy)


def claim_of(states: StateFiles, file: StateFile) -> object:
    """All that `before_of` takes of one file: as long as these are equal, so is what is in force."""
    if file.role is StateRole.MANAGED:
        image = (states.archived_images if file.archived else states.images).get(file.name)
        return image and (image.enrollment, {each.image.image for each in image.dependencies})
    base = (states.archived_bases if file.archived else states.bases).get(file.name)
    return base and (base.image, base.home, base.enrollment)


def _dependents_of(images: Iterable[ImageState], repository: str) -> Iterable[str]:
    """The names of the images whose Dockerfiles name an image of the repository."""
    return [image.name for image in images if contained(image.name, _needs, image, repository) is True]


def _needs(image: ImageState, repository: str) -> bool:
    return any(each.image.image == repository for each in image.dependencies)
