"""The picture of a dependency graph."""

from catalog.image import Image
from provider.domain.graph.neighbourhood import neighbourhood
from provider.pages.graph.drawing import DrawnNode, DrawnRest, Picture, drawn
from provider.pages.graph.labels import EdgeKind
from tests.fakes.image_graphs import FakeImageGraphs
from tests.provider.web_images import MemoryIndex, base, managed


def _picture(name: str, *images: Image, most: int = 100) -> Picture:
    rows = FakeImageGraphs(MemoryIndex(images)).around(name, 2, most)
    assert rows is not None
    return drawn(neighbourhood(rows))


def _names(picture: Picture) -> list[str]:
    return [each.node.name if isinstance(each, DrawnNode) else f"{each.name}+{each.count}" for each in picture.nodes]


def test_people_read_from_left_to_right() -> None:
    """What the image depends on first, then what depends on it; every edge has its path."""
    picture = _picture("run", base("node"), managed("run", "node"), managed("app", "run"), managed("api", "run"))

    assert _names(picture) == ["node", "run", "api", "app"]
    assert len(picture.edges) == 3
    assert all(each.box.x >= 0 and each.box.right <= picture.width for each in picture.nodes)
    assert all(each.box.y >= 0 and each.box.y + each.box.height <= picture.height for each in picture.nodes)


def test_what_is_left_out_has_one_box() -> None:
    """It is beside those that are shown, and has an edge without words."""
    many = [managed(f"app-{number:03}", "node") for number in range(300)]
    picture = _picture("node", base("node"), *many)

    (rest,) = (each for each in picture.nodes if isinstance(each, DrawnRest))
    assert (rest.name, rest.count, rest.dependents) == ("node", 201, True)
    assert len(picture.nodes) == 101
    assert [edge.words for edge in picture.edges].count("") == 1
    assert picture.kinds == {EdgeKind.UNKNOWN}


def test_a_node_at_the_end_says_how_many_follow() -> None:
    """There is no box for them, because no other dependent of it is drawn."""
    picture = _picture("a", base("a"), managed("b", "a"), managed("c", "b"), managed("d", "c"), managed("e", "c"))

    assert _names(picture) == ["a", "b", "c"]
    assert [each.note for each in picture.nodes if isinstance(each, DrawnNode)] == ["", "", "+2 more"]


def test_dependencies_that_are_left_out_have_a_box_before_the_image() -> None:
    """An image of forty stages."""
    bases = [base(f"stage-{number:02}") for number in range(40)]
    picture = _picture("app", *bases, managed("app", *(image.name for image in bases)), most=11)

    (rest,) = (each for each in picture.nodes if isinstance(each, DrawnRest))
    assert (rest.count, rest.dependents) == (30, False)
    assert rest.box.x < next(
        each.box.x for each in picture.nodes if isinstance(each, DrawnNode) and not each.node.depth
    )


def test_a_cycle_is_drawn() -> None:
    """Its last edge has a path too, and stays inside the picture."""
    picture = _picture("a", managed("a", "b"), managed("b", "c"), managed("c", "a"))
    assert len([edge for edge in picture.edges if edge.path]) == 3
    assert min(each.box.y for each in picture.nodes) > 40


def test_an_image_alone_is_one_node() -> None:
    """No edge, no legend."""
    picture = _picture("app", managed("app"))
    assert (_names(picture), picture.edges, picture.kinds) == (["app"], (), frozenset())
