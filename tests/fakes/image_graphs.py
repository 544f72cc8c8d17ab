"""The dependency graph around an image, in memory."""

from collections.abc import Callable, Collection, Iterable, Mapping

from catalog.attention import attention
from catalog.image import DependencyDocument, DependencyRole, Image
from catalog.reference import Digest
from provider.domain.graph.choosing import chosen
from provider.domain.graph.dependents import DependentEdge, DependentRows
from provider.domain.graph.neighbourhood import GraphRows
from tests.fakes.image_index import FakeImageIndex

_NEEDED = (DependencyRole.FINAL, DependencyRole.STAGE)


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

    def dependents(self, image: Image) -> DependentRows:
        """Everything that depends on an image."""
        edges: list[DependentEdge] = []
        level, followed = {image.name}, {image.name}
        while level:
            fresh = [edge for each in self._index.images.values() for edge in _edges(each) if edge.base in level]
            edges += fresh
            level = {edge.image for edge in fresh if edge.role in _NEEDED} - followed
            followed |= level
        digests = {update.digest for update in image.updates} | ({image.digest} if image.digest else set())
        holders = {digest: self._holders(digest) for digest in digests}
        used = {edge.built_on for each in self._index.images.values() for edge in _edges(each)}
        held = {each for found in holders.values() for each in found} & used
        contents = {each: frozenset(one for one in digests if each in holders[one]) for each in held if each}
        return DependentRows(sorted(edges, key=lambda edge: edge.image), contents)

    def built_from(self, digests: Collection[Digest]) -> Mapping[Digest, int]:
        """How many images were built from each of these digests."""
        found = {digest: {digest} | self._holders(digest) for digest in digests}
        images = self._index.images.values()
        counts = {
            digest: sum(any(edge.built_on in inside for edge in _edges(image)) for image in images)
            for digest, inside in found.items()
        }
        return {digest: count for digest, count in counts.items() if count}

    def _holders(self, digest: Digest) -> set[Digest]:
        origins = [origin for image in self._index.images.values() for origin in image.origins]
        found: set[Digest] = set()
        while more := {each.digest for each in origins if {digest, *found} & set(each.built_from)} - found:
            found |= more
        return found

    def _users(self, name: str) -> set[str]:
        return {image.name for image in self._index.images.values() if name in _uses(image)}


def _edges(image: Image) -> Iterable[DependentEdge]:
    return [_edge(image, dependency) for dependency in image.dependencies]


def _edge(image: Image, dependency: DependencyDocument) -> DependentEdge:
    pin = dependency.reference.partition("@")[2]
    built_on = dependency.built_on or (Digest(pin) if pin else None)
    evidence = dependency.evidence if dependency.built_on else None
    pinned = bool(pin) and dependency.built_on is None
    shown = image.name, image.status, image.owner, image.behind_since
    return DependentEdge(*shown, dependency.name, dependency.role, built_on, evidence, pinned)


def _uses(image: Image | None) -> set[str]:
    return {dependency.name for dependency in image.dependencies} if image else set()


def _steps(name: str, following: Callable[[str], Iterable[str]], levels: int) -> Mapping[str, int]:
    found, level = {name: 0}, {name}
    for steps in range(1, levels + 1):
        level = {each for one in level for each in following(one)} - set(found)
        found |= dict.fromkeys(level, steps)
    del found[name]
    return found
