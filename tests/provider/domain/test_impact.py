"""Tests of the images that would be rebuilt."""

from datetime import timedelta

from catalog.image import DependencyRole
from provider.domain.impact import Impact, impact_of
from tests.provider.web_images import NOW, base, dependency, managed

NODE = base("node")


def test_a_delay_counts_once_at_the_base() -> None:
    """A child is rebuilt after its parent without its own delay."""
    images = [managed("parent", "node", enrollment={"rebuildDelay": "2d"}), managed("child", "parent")]

    assert impact_of(NODE, images, NOW) == [
        Impact("parent", 1, ("node", "parent"), NOW + timedelta(days=2), automatic=True),
        Impact("child", 2, ("node", "parent", "child"), NOW + timedelta(days=2), automatic=True),
    ]


def test_without_a_written_delay_it_is_seven_days() -> None:
    """The default of an enrollment counts."""
    assert impact_of(NODE, [managed("app", "node")], NOW)[0].eligible_at == NOW + timedelta(days=7)


def test_an_image_on_a_managed_image_has_no_delay() -> None:
    """Between managed images there is no delay."""
    assert impact_of(managed("parent"), [managed("child", "parent")], NOW)[0].eligible_at == NOW


def test_the_earliest_path_counts() -> None:
    """An image on the base and on a quicker parent is rebuilt with the parent."""
    images = [managed("quick", "node", enrollment={"rebuildDelay": "1d"}), managed("both", "node", "quick")]

    assert [(one.name, one.depth) for one in impact_of(NODE, images, NOW)] == [("quick", 1), ("both", 2)]


def test_an_image_behind_a_manual_rebuild_is_not_automatic() -> None:
    """A child of an image without automatic rebuilds waits for a person too, unless another path leads to it."""
    held = managed("held", "node", enrollment={"autoRebuild": False, "rebuildDelay": "1d"})
    images = [held, managed("child", "held"), managed("also", "held", "node")]

    assert {one.name: one.automatic for one in impact_of(NODE, images, NOW)} == {
        "also": True,
        "held": False,
        "child": False,
    }


def test_a_dependency_that_is_no_cause_has_no_impact() -> None:
    """Syntax images, references by digest, and stages where only the final one counts."""
    pinned = dependency("node", reference=f"node:22@sha256:{'a' * 64}")
    images = [
        managed("a", dependencies=(dependency("node", DependencyRole.SYNTAX),)),
        managed("b", dependencies=(pinned,)),
        managed("c", dependencies=(dependency("node", DependencyRole.STAGE),), enrollment={"rebuildOn": "final"}),
        managed("d", dependencies=(dependency("node", DependencyRole.STAGE),)),
    ]

    assert [one.name for one in impact_of(NODE, images, NOW)] == ["d"]


def test_a_cycle_ends() -> None:
    """Images that depend on each other are each listed once."""
    images = [managed("a", "node", "b"), managed("b", "a")]

    assert [one.name for one in impact_of(NODE, images, NOW)] == ["a", "b"]


def test_a_reference_that_cannot_be_read_is_not_pinned() -> None:
    """Such an image may be rebuilt, so it is shown."""
    unread = managed("a", dependencies=(dependency("node", reference="node:${TAG}"),))

    assert [one.name for one in impact_of(NODE, [unread], NOW)] == ["a"]
