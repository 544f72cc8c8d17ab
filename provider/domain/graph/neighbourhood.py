"""The dependency graph around one image: nodes, edges, and how many images are left out. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from catalog.image import Image, Role, Status
from provider.domain.graph.edges import GraphEdge, edges_of

NOT_TRACKED = "This image is not tracked, so its digests are not known."


@dataclass(frozen=True, slots=True)
class GraphRows:
    """What the index has around an image.

    Attributes:
        name: the image in the middle.
        below: everything that it depends on, and in how many steps, nearest first.
        above: everything that depends on it within the limit of steps, and in how many steps.
        names: the images that the graph has.
        images: of these names, those that are tracked.
        dependents: how many images directly depend on each of these names, also those that the graph does not have.
    """

    name: str
    below: Mapping[str, int]
    above: Mapping[str, int]
    names: tuple[str, ...]
    images: Mapping[str, Image]
    dependents: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class GraphNode:
    """One image.

    Attributes:
        depth: steps from the image in the middle; negative for what that depends on.
        status: None where the image is not tracked.
        hidden_dependents: how many images directly depend on it that the graph does not have; 0 for what the image in
            the middle depends on, because the graph is about that image.
        hidden_dependencies: how many images it directly depends on that the graph does not have; 0 for what depends on
            the image in the middle.
    """

    name: str
    depth: int
    role: Role
    status: Status | None
    reason: str
    owner: str | None = None
    hidden_dependents: int = 0
    hidden_dependencies: int = 0


@dataclass(frozen=True, slots=True)
class ImageGraph:
    """The graph around an image.

    Attributes:
        name: the image in the middle.
        nodes: what it depends on, itself, and what depends on it; each in the order in which it was chosen.
        edges: between these nodes.
        total: the number of images that the graph would have without its limit of nodes.
    """

    name: str
    nodes: tuple[GraphNode, ...]
    edges: tuple[GraphEdge, ...]
    total: int

    @property
    def truncated(self) -> bool:
        """Whether images are left out because there are too many."""
        return self.total > len(self.nodes)

    @property
    def dependents(self) -> int:
        """How many of the nodes depend on the image in the middle."""
        return sum(node.depth > 0 for node in self.nodes)


def neighbourhood(rows: GraphRows) -> ImageGraph:
    """The graph of these rows."""
    names = set(rows.names)
    edges = tuple(
        edge
        for name in rows.names
        if name in rows.images
        for edge in edges_of(rows.images[name])
        if edge.base in names and edge.base != edge.image
    )
    drawn: dict[str, int] = dict.fromkeys(rows.names, 0)
    for edge in edges:
        drawn[edge.base] += 1
    nodes = sorted((_node(rows, name, names, drawn[name]) for name in rows.names), key=lambda node: node.depth)
    return ImageGraph(rows.name, tuple(nodes), edges, len({rows.name, *rows.below, *rows.above}))


def _node(rows: GraphRows, name: str, names: set[str], drawn: int) -> GraphNode:
    depth = 0 if name == rows.name else -rows.below[name] if name in rows.below else rows.above[name]
    image = rows.images.get(name)
    below = {each.name for each in image.dependencies} - names if image and depth <= 0 else set()
    hidden = rows.dependents.get(name, 0) - drawn if depth >= 0 else 0
    if image is None:
        return GraphNode(name, depth, Role.BASE, None, NOT_TRACKED, None, max(0, hidden))
    return GraphNode(name, depth, image.role, image.status, image.reason, image.owner, max(0, hidden), len(below))
