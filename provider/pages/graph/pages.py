"""The page of the dependency graph around an image, and its part on other pages."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Blueprint, request
from werkzeug.exceptions import NotFound

from provider.auth.strict_query import one_of, takes
from provider.domain.graph.choosing import LEVELS, MOST_LEVELS, MOST_NODES
from provider.domain.graph.edges import GraphEdge
from provider.domain.graph.neighbourhood import ImageGraph, neighbourhood
from provider.graph_ports import ImageGraphs
from provider.pages.graph.drawing import Picture, drawn
from provider.pages.graph.labels import EDGE_WORDS, EdgeKind, edge_words, sign_of
from provider.pages.rendering import rendered


@dataclass(frozen=True, slots=True)
class GraphPart:
    """What the template of a graph shows.

    Attributes:
        graph: the images and their edges.
        picture: where they are drawn.
        levels: over how many steps dependents are shown.
        edges: by the name of each image, the edges to what it depends on, for the table.
    """

    graph: ImageGraph
    picture: Picture
    levels: int
    edges: Mapping[str, Sequence[GraphEdge]]

    @property
    def legend(self) -> Sequence[tuple[EdgeKind, str]]:
        """The kinds of edges that occur, with what they mean."""
        return [(kind, words) for kind, words in EDGE_WORDS.items() if kind in self.picture.kinds]

    @property
    def left_out(self) -> int:
        """How many images are not drawn because there are too many."""
        return self.graph.total - len(self.graph.nodes)


def graph_part(graphs: ImageGraphs, name: str, levels: int = LEVELS) -> GraphPart | None:
    """The graph around an image, for the template `graph/graph.html`; None where there is no such image."""
    rows = graphs.around(name, levels, MOST_NODES)
    if rows is None:
        return None
    graph = neighbourhood(rows)
    edges: defaultdict[str, list[GraphEdge]] = defaultdict(list)
    for edge in graph.edges:
        edges[edge.image].append(edge)
    return GraphPart(graph, drawn(graph), levels, edges)


def add_graph(blueprint: Blueprint, graphs: ImageGraphs) -> None:
    """Serve /images/NAME/graph."""
    blueprint.add_app_template_filter(edge_words, "edge_words")
    blueprint.add_app_template_filter(sign_of, "node_sign")

    @blueprint.get("/images/<name>/graph")
    @takes("depth")
    def graph(name: str) -> str:
        levels = one_of(request.args, "depth", [str(number) for number in range(1, MOST_LEVELS + 1)])
        part = graph_part(graphs, name, int(levels or LEVELS))
        if part is None:
            raise NotFound(f"There is no image named {name}. It may have been removed, or the name may be misspelled.")
        return rendered("graph/page.html", name=name, part=part)
