"""The dependents of images, kept from one set of images to the next."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from provider.config_repo.state.state_edits import Dependents
from provider.domain.state import ImageState
from tests.provider.domain.samples import dependency, image

NAMES = st.sampled_from(["a", "b", "c"])
WORLDS = st.dictionaries(NAMES, st.frozensets(NAMES))


def made(name: str, bases: frozenset[str]) -> ImageState:
    """An image that depends on these."""
    return image(name, *(replace(dependency(), name=base) for base in sorted(bases)))


@given(st.lists(WORLDS, max_size=5))
def test_they_are_those_of_the_images_that_are_asked_for(worlds: list[dict[str, frozenset[str]]]) -> None:
    """Whatever images were asked for before."""
    kept = Dependents()
    for world in worlds:
        images = {name: made(name, bases) for name, bases in world.items()}
        for _ in range(2):
            found = {base: set(names) for base, names in kept.of(images).items() if names}
            assert found == {
                base: names for base in "abc" if (names := {name for name, bases in world.items() if base in bases})
            }
