"""The picture of a dependency graph: where nodes and edges are, and their words. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from provider.domain.graph.edges import GraphEdge
from provider.domain.graph.neighbourhood import GraphNode, ImageGraph
from provider.pages.graph.curves import ARCH, MARGIN, backward, forward
from provider.pages.graph.labels import EdgeKind, edge_words, kind_of, shortened, sign_of
from provider.pages.graph.layers import Link, layered
from provider.pages.graph.ordering import ordered
from provider.pages.graph.places import Box, placed
from provider.pages.image.labels import Sign

# Common characters in bold that fit a box, in the widest of the fonts that browsers take.
_LABEL_WIDTH = 20


@dataclass(frozen=True, slots=True)
class DrawnNode:
    """An image in its box.

    Attributes:
        box: its place.
        node: the image.
        label: its name, as long as the box allows.
        sign: of its status.
        note: what its second line says beside the status; empty: nothing.
    """

    box: Box
    node: GraphNode
    label: str
    sign: Sign
    note: str


@dataclass(frozen=True, slots=True)
class DrawnRest:
    """A box for the neighbours of an image that the graph does not have.

    Attributes:
        box: its place.
        name: the image whose neighbours they are.
        count: how many there are.
        dependents: whether they depend on the image; else it depends on them.
    """

    box: Box
    name: str
    count: int
    dependents: bool


@dataclass(frozen=True, slots=True)
class DrawnEdge:
    """A line between two boxes; `words` say what it means."""

    path: str
    kind: EdgeKind
    words: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawn graph; nodes and rests are in the order in which people read them, from left to right."""

    width: float
    height: float
    nodes: tuple[DrawnNode | DrawnRest, ...]
    edges: tuple[DrawnEdge, ...]

    @property
    def kinds(self) -> frozenset[EdgeKind]:
        """The kinds of edges that it has, for the legend."""
        return frozenset(edge.kind for edge in self.edges if edge.words)


@dataclass(frozen=True, slots=True)
class _Rest:
    """Neighbours that are left out, to be drawn at one end of an edge."""

    name: str
    count: int
    dependents: bool
    depth: int


def drawn(graph: ImageGraph) -> Picture:
    """The picture of a graph."""
    rests = list(_rests(graph))
    number = {node.name: index for index, node in enumerate(graph.nodes)}
    links = [(number[edge.base], number[edge.image]) for edge in graph.edges]
    links += [_rest_link(rest, number[rest.name], len(number) + index) for index, rest in enumerate(rests)]
    steps = [*(node.depth for node in graph.nodes), *(rest.depth for rest in rests)]
    found = layered(steps, links)
    order = ordered(found.layers, found.links)
    places = placed(order, found.links, len(steps), MARGIN if all(found.chains) else ARCH)
    paths = [_path(chain, link, places.boxes) for chain, link in zip(found.chains, links, strict=True)]
    return Picture(
        places.width,
        places.height,
        tuple(_boxes(order, graph, rests, places.boxes)),
        tuple(_edges(graph.edges, paths)),
    )


def _rests(graph: ImageGraph) -> Iterator[_Rest]:
    """A box for each image some of whose neighbours are drawn; of others the note says it."""
    with_dependents = {edge.base for edge in graph.edges}
    with_dependencies = {edge.image for edge in graph.edges}
    for node in graph.nodes:
        if node.hidden_dependents and (node.depth == 0 or node.name in with_dependents):
            yield _Rest(node.name, node.hidden_dependents, dependents=True, depth=node.depth + 1)
        if node.hidden_dependencies and (node.depth == 0 or node.name in with_dependencies):
            yield _Rest(node.name, node.hidden_dependencies, dependents=False, depth=node.depth - 1)


def _rest_link(rest: _Rest, at: int, number: int) -> Link:
    return (at, number) if rest.dependents else (number, at)


def _path(chain: Sequence[int], link: Link, boxes: Mapping[int, Box]) -> str:
    return forward(chain, boxes) if chain else backward(boxes[link[0]], boxes[link[1]])


def _boxes(
    order: Sequence[Sequence[int]], graph: ImageGraph, rests: Sequence[_Rest], boxes: Mapping[int, Box]
) -> Iterator[DrawnNode | DrawnRest]:
    noted = {rest.name for rest in rests}
    for number in (number for layer in order for number in layer):
        if number < len(graph.nodes):
            node = graph.nodes[number]
            note = "" if node.name in noted else _note(node)
            yield DrawnNode(boxes[number], node, shortened(node.name, _LABEL_WIDTH), sign_of(node.status), note)
        elif number < len(graph.nodes) + len(rests):
            rest = rests[number - len(graph.nodes)]
            yield DrawnRest(boxes[number], rest.name, rest.count, rest.dependents)


def _note(node: GraphNode) -> str:
    hidden = node.hidden_dependents or node.hidden_dependencies
    return f"+{hidden} more" if hidden else ""


def _edges(edges: Sequence[GraphEdge], paths: Sequence[str]) -> Iterator[DrawnEdge]:
    """Those that are behind are drawn last, above the others."""
    found = [
        DrawnEdge(path, kind_of(edge), f"{edge.image} is built from {edge.base}: {edge_words(edge)}")
        for edge, path in zip(edges, paths, strict=False)
    ]
    yield from (DrawnEdge(path, EdgeKind.IDLE, "") for path in paths[len(edges) :])
    yield from sorted(found, key=lambda edge: edge.kind is EdgeKind.BEHIND)
