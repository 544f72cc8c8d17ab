"""The dependency graph around one image."""

from catalog.image import Image, Role, Status
from provider.domain.graph.neighbourhood import NOT_TRACKED, GraphRows, ImageGraph, neighbourhood
from tests.fakes.image_graphs import FakeImageGraphs
from tests.provider.web_images import MemoryIndex, base, managed


def _graph(name: str, *images: Image, levels: int = 2, most: int = 100) -> ImageGraph:
    rows = FakeImageGraphs(MemoryIndex(images)).around(name, levels, most)
    assert rows is not None
    return neighbourhood(rows)


def test_nodes_and_edges_of_both_sides() -> None:
    """What the image depends on has negative depths and comes first."""
    graph = _graph("run", base("node"), managed("run", "node"), managed("app", "run", "node"))

    assert [(node.name, node.depth, node.role) for node in graph.nodes] == [
        ("node", -1, Role.BASE),
        ("run", 0, Role.MANAGED),
        ("app", 1, Role.MANAGED),
    ]
    assert {(edge.base, edge.image) for edge in graph.edges} == {("node", "run"), ("run", "app"), ("node", "app")}
    assert (graph.total, graph.truncated, graph.dependents) == (3, False, 1)


def test_what_is_left_out_is_counted_at_its_neighbour() -> None:
    """Of 300 dependents five are there, and the node says how many are not."""
    many = [managed(f"app-{number:03}", "node") for number in range(300)]
    graph = _graph("node", base("node"), *many, most=6)

    middle = graph.nodes[0]
    assert (middle.name, middle.hidden_dependents) == ("node", 295)
    assert (graph.total, graph.truncated, len(graph.nodes), len(graph.edges)) == (301, True, 6, 5)


def test_what_lies_beyond_the_depth_is_counted_too() -> None:
    """The last node says how many images depend on it; the graph is not called truncated for it."""
    graph = _graph("node", base("node"), managed("run", "node"), managed("a", "run"), managed("b", "run"), levels=1)

    assert [node.hidden_dependents for node in graph.nodes] == [0, 2]
    assert graph.truncated is False


def test_the_graph_is_about_the_image_in_the_middle() -> None:
    """Other dependents of what it depends on, and other bases of its dependents, are no part of it and not counted."""
    graph = _graph(
        "run",
        base("node"),
        base("debian"),
        managed("run", "node"),
        managed("other", "node"),
        managed("app", "run", "debian"),
    )

    assert [node.name for node in graph.nodes] == ["node", "run", "app"]
    assert {(node.hidden_dependents, node.hidden_dependencies) for node in graph.nodes} == {(0, 0)}


def test_dependencies_that_are_left_out_are_counted() -> None:
    """An image of forty stages has room for some of them."""
    bases = [base(f"stage-{number:02}") for number in range(40)]
    graph = _graph("app", *bases, managed("app", *(image.name for image in bases)), most=11)

    (middle,) = (node for node in graph.nodes if node.depth == 0)
    assert middle.hidden_dependencies == 30
    assert graph.truncated is True


def test_an_image_that_is_not_tracked_is_shown_as_such() -> None:
    """No status is made up for it."""
    graph = _graph("app", managed("app", "unknown"))

    (unknown, _) = graph.nodes
    assert (unknown.name, unknown.status, unknown.reason, unknown.owner) == ("unknown", None, NOT_TRACKED, None)


def test_a_cycle_of_dockerfiles_has_each_image_once() -> None:
    """An image on both sides counts among what the image in the middle depends on; an edge to itself is no edge."""
    graph = _graph("a", managed("a", "b", "a", status=Status.ERROR), managed("b", "c"), managed("c", "a"))

    assert [(node.name, node.depth) for node in graph.nodes] == [("c", -2), ("b", -1), ("a", 0)]
    assert {(edge.base, edge.image) for edge in graph.edges} == {("b", "a"), ("c", "b"), ("a", "c")}
    assert {node.hidden_dependents for node in graph.nodes} == {0}


def test_rows_that_changed_between_two_queries_make_no_negative_count() -> None:
    """An edge whose row the count did not see is drawn."""
    rows = GraphRows("node", {}, {"app": 1}, ("node", "app"), {"app": managed("app", "node")}, {})
    assert [node.hidden_dependents for node in neighbourhood(rows).nodes] == [0, 0]
