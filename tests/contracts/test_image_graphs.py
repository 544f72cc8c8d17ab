"""The contract of the dependency graph around an image, over the fake and over each database."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from catalog.image import DependencyDocument, DependencyRole, Evidence, Image, Status, UpdateDocument
from catalog.reference import Digest
from provider.domain.graph.dependents import DependentEdge
from provider.graph_ports import ImageGraphs
from provider.store.graph.image_graphs import SqlImageGraphs
from provider.store.images import SqlImageIndex
from tests.databases import KINDS, migrated_engine
from tests.fakes.image_graphs import FakeImageGraphs
from tests.fakes.image_index import FakeImageIndex
from tests.provider.store.samples import NOW, base, built, managed

Fill = Callable[..., ImageGraphs]
OLD, NEW, RUN, RUN_BEFORE, APP = (Digest("sha256:" + letter * 64) for letter in "abcde")
NODE = replace(base("node"), digest=NEW, updates=())


@pytest.fixture(name="fill", params=["fake", *KINDS])
def filler(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Fill]:
    """Makes the graphs of images."""
    with ExitStack() as stack:

        def fill(*images: Image) -> ImageGraphs:
            if request.param == "fake":
                index = FakeImageIndex()
                index.replace(images, {})
                return FakeImageGraphs(index)
            engine = stack.enter_context(migrated_engine(request.param, tmp_path))
            SqlImageIndex(engine).replace(images, {})
            return SqlImageGraphs(engine)

        yield fill


def test_both_sides_are_read_with_their_steps(fill: Fill) -> None:
    """What an image depends on is read to its end, what depends on it only so far as was asked."""
    graphs = fill(
        base("scratch"), managed("os", "scratch"), managed("run", "os"), managed("app", "run"), managed("page", "app")
    )

    rows = graphs.around("run", 1, 100)

    assert rows is not None
    assert dict(rows.below) == {"os": 1, "scratch": 2}
    assert dict(rows.above) == {"app": 1}
    assert rows.names == ("run", "os", "scratch", "app")
    assert {name: image.reference for name, image in rows.images.items()} == {
        name: (base if name == "scratch" else managed)(name).reference for name in rows.names
    }
    assert rows.dependents == {"run": 1, "os": 1, "scratch": 1, "app": 1}


def test_an_image_that_is_not_tracked_has_no_graph(fill: Fill) -> None:
    """This holds also for a name that images depend on."""
    graphs = fill(managed("app", "unknown"))

    assert graphs.around("nothing", 2, 100) is None
    assert graphs.around("unknown", 2, 100) is None
    assert graphs.around("with \0 in it", 2, 100) is None


def test_a_base_that_is_not_tracked_is_a_name_without_an_image(fill: Fill) -> None:
    """It has its place in the graph."""
    rows = fill(managed("app", "unknown")).around("app", 2, 100)

    assert rows is not None
    assert dict(rows.below) == {"unknown": 1}
    assert set(rows.images) == {"app"}


def test_the_shortest_way_counts(fill: Fill) -> None:
    """An image that depends on a base directly and over another image is one step away."""
    rows = fill(base("node"), managed("run", "node"), managed("app", "run", "node")).around("node", 5, 100)

    assert rows is not None
    assert dict(rows.above) == {"app": 1, "run": 1}


def test_a_cycle_ends(fill: Fill) -> None:
    """Dockerfiles can name each other, and themselves; an image is no neighbour of itself."""
    rows = fill(managed("a", "b", "a"), managed("b", "c"), managed("c", "a")).around("a", 10, 100)

    assert rows is not None
    assert dict(rows.below) == {"b": 1, "c": 2}
    assert dict(rows.above) == {"c": 1, "b": 2}
    assert rows.names == ("a", "b", "c")
    assert rows.dependents == {"a": 1, "b": 1, "c": 1}


def test_what_needs_attention_is_chosen_first(fill: Fill) -> None:
    """Of 300 dependents, the one that failed and the one that is held are among the first."""
    many = [managed(f"app-{number:03}", "node") for number in range(300)]
    graphs = fill(
        base("node"), *many, managed("zz", "node", status=Status.FAILED), managed("zy", "node", status=Status.HELD)
    )

    rows = graphs.around("node", 2, 10)

    assert rows is not None
    assert rows.names == ("node", "zz", "zy", *(f"app-{number:03}" for number in range(7)))
    assert set(rows.images) == set(rows.names)
    assert len(rows.above) == 302
    assert rows.dependents == {"node": 302}


def _uses(name: str, role: DependencyRole = DependencyRole.FINAL, built_on: str = "") -> DependencyDocument:
    return DependencyDocument(name, f"docker.io/library/{name}:1{built_on}", role, ("from",))


def test_each_dependency_on_an_image_is_read_over_any_number_of_steps(fill: Fill) -> None:
    """With what the build needs it for, the digest and its evidence."""
    run = replace(built(managed("run", "node"), NEW), behind_since=NOW)
    pinned = replace(managed("app"), dependencies=(_uses("run", DependencyRole.STAGE, f"@{RUN}"),))
    graphs = fill(NODE, run, pinned, managed("page", "app"), managed("other"))

    rows = graphs.dependents(NODE)

    team, done = "group:default/team-a", Status.UP_TO_DATE
    final, stage = DependencyRole.FINAL, DependencyRole.STAGE
    assert list(rows.edges) == [
        DependentEdge("app", done, team, None, "run", stage, RUN, None, pinned=True),
        DependentEdge("page", done, team, None, "app", final, None, None, pinned=False),
        DependentEdge("run", done, team, NOW, "node", final, NEW, Evidence.PASSED, pinned=False),
    ]


@pytest.mark.parametrize("role", [DependencyRole.SYNTAX, DependencyRole.UNUSED])
def test_what_depends_on_an_image_that_does_not_contain_the_base_is_not_read(fill: Fill, role: DependencyRole) -> None:
    """An image whose Dockerfile a base only reads contains nothing of it, and neither do others through it."""
    reader = replace(managed("reader"), dependencies=(_uses("node", role),))
    rows = fill(NODE, reader, managed("app", "reader")).dependents(NODE)
    assert [(edge.image, edge.role) for edge in rows.edges] == [("reader", role)]


def test_a_cycle_of_dependents_ends(fill: Fill) -> None:
    """Each of its dependencies is read once."""
    rows = fill(NODE, managed("a", "node", "b"), managed("b", "a")).dependents(NODE)
    assert sorted((edge.base, edge.image) for edge in rows.edges) == [("a", "b"), ("b", "a"), ("node", "a")]


def test_digests_contain_digests_over_any_number_of_steps(fill: Fill) -> None:
    """Only those count that an image is built from."""
    run = built(managed("run", "node"), NEW, origins={RUN: (NEW,), RUN_BEFORE: (OLD,)})
    app = built(managed("app", "run"), RUN_BEFORE, origins={APP: (RUN_BEFORE,)})
    graphs = fill(NODE, run, app, built(managed("page", "app"), APP))
    node = replace(NODE, updates=(_seen(OLD), _seen(NEW)))

    assert graphs.dependents(node).contents == {RUN_BEFORE: {OLD}, APP: {OLD}}
    assert graphs.built_from([OLD, NEW, RUN, RUN_BEFORE]) == {OLD: 2, NEW: 1, RUN_BEFORE: 2}
    assert graphs.built_from([]) == {}


def test_origins_that_go_in_a_circle_end(fill: Fill) -> None:
    """State files are written by hand, too."""
    run = built(managed("run", "node"), NEW, origins={RUN: (NEW, APP), APP: (RUN,)})
    graphs = fill(NODE, run, built(managed("app", "run"), RUN))

    assert graphs.dependents(NODE).contents == {RUN: {NEW}}
    assert graphs.built_from([NEW]) == {NEW: 2}


def _seen(digest: Digest) -> UpdateDocument:
    return UpdateDocument(digest, None, NOW, None, "poll", repoint=False, platforms=())
