"""GET /api/v1/images/NAME/graph."""

from collections.abc import Mapping
from typing import Any

from provider.api.images import no_image
from provider.api.resources import ReadingBlueprint
from provider.api.schemas.graph import GraphQuery, ImageGraphSchema
from provider.domain.graph.neighbourhood import ImageGraph, neighbourhood
from provider.graph_ports import ImageGraphs


def graph_resources(graphs: ImageGraphs) -> Any:
    """The blueprint for the graph of an image."""
    resources = ReadingBlueprint("graph", "What images depend on, and what depends on them")

    @resources.get("/api/v1/images/<name>/graph", ImageGraphSchema, GraphQuery)
    def read_graph(query: Mapping[str, Any], name: str) -> ImageGraph:
        """Get the dependency graph around an image.

        Returns everything that the image depends on, the image itself, and what depends on it within `depth` steps,
        with the dependencies between them: the digest that an image was built from, whether that is known, whether it
        is behind, and whether a newer digest rebuilds it. Of large graphs it returns a part, and `truncated` is true:
        the nearest images and those that need attention first; each node says how many of its neighbours are left out.
        """
        rows = graphs.around(name, query["depth"], query["nodes"])
        if rows is None:
            raise no_image(name)
        return neighbourhood(rows)

    return resources.blueprint
