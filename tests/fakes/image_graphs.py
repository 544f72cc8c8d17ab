"""The dependency graph around an image, in memory."""

from collections.abc import Callable, Iterable, Mapping

from catalog.attention import attention
from catalog.image import Image
from provider.domain.graph.choosing import chosen
from provider.domain.graph.neighbourhood import GraphRows
from tests.fakes.image_index import FakeImageIndex


class FakeImageGraphs:
    """The graph of the images of a fake index; implements `provider.graph_ports.ImageGraphs`."""

    def __init__(self, index: FakeImageIndex) -> None:
        self._index = index

    def around(self, name: str, levels: int, most: int) -> GraphRows | None:
        """What is around an image."""
        images = self._index.images
        if name not in images:
            return None
        below = _steps(name, lambda each: _uses(images.get(each)), len(images))
        above = _steps(name, self._users, levels)
        below = dict(sorted(below.items(), key=lambda item: (item[1], item[0])))
        above = dict(sorted(above.items(), key=lambda item: (item[1], attention(images[item[0]]), item[0])))
        names = chosen(name, list(below), list(above), most)
        shown = {each: images[each] for each in names if each in images}
        dependents = {each: len(found) for each in names if (found := self._users(each) - {each})}
        return GraphRows(name, below, above, tuple(names), shown, dependents)

    def _users(self, name: str) -> set[str]:
        return {image.name for image in self._index.images.values() if name in _uses(image)}


def _uses(image: Image | None) -> set[str]:
    return {dependency.name for dependency in image.dependencies} if image else set()


def _steps(name: str, following: Callable[[str], Iterable[str]], levels: int) -> Mapping[str, int]:
    found, level = {name: 0}, {name}
    for steps in range(1, levels + 1):
        level = {each for one in level for each in following(one)} - set(found)
        found |= dict.fromkeys(level, steps)
    del found[name]
    return found
