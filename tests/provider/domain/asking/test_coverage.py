"""Tests of what an emergency covers."""

from dataclasses import replace

from catalog.image import DependencyDocument, DependencyRole, Image
from provider.domain.asking.coverage import Covered, covered
from tests.provider.web_images import base, dependency, digest, managed

NODE = base("node")


def on(name: str, newest: str = "a", **others: object) -> DependencyDocument:
    """An edge of an image that is built from digest a."""
    edge = replace(dependency(name), built_on=digest("a"), newest=digest(newest))
    return replace(edge, **others)  # type: ignore[arg-type]  # keywords of the edge


def names(target: Image, *images: Image) -> list[str]:
    """The names of the covered images, in their order."""
    return [each.name for each in covered(target, [*images, NODE])]


def test_everything_that_is_built_from_a_base_is_covered_parents_first() -> None:
    """Over any number of parents; others are not."""
    images = [
        managed("a", dependencies=(on("b"),)),
        managed("b", dependencies=(on("c"),)),
        managed("c", dependencies=(on("node"),)),
        managed("d", dependencies=(on("node"), on("c"))),
        managed("other", dependencies=(on("debian"),)),
    ]
    assert covered(NODE, images) == [
        Covered("c", ()),
        Covered("b", ("c",)),
        Covered("d", ("c",)),
        Covered("a", ("b",)),
    ]
    assert covered(base("nothing"), images) == []


def test_a_stage_counts_whatever_causes_rebuilds_and_unused_and_syntax_images_do_not() -> None:
    """What the build takes from the stage may be in the image."""
    images = [
        managed("stage", dependencies=(on("node", role=DependencyRole.STAGE),), enrollment={"rebuildOn": "final"}),
        managed("unused", dependencies=(on("node", role=DependencyRole.UNUSED),)),
        managed("syntax", dependencies=(on("node", role=DependencyRole.SYNTAX),)),
    ]
    assert names(NODE, *images) == ["stage"]


def test_only_parents_that_are_behind_are_rebuilt_with_an_image() -> None:
    """For a newer digest of their own bases, or of those of their parents."""
    app = managed("app", dependencies=(on("middle"), on("fresh")))
    middle = managed("middle", dependencies=(on("bottom"),))
    fresh = managed("fresh", dependencies=(on("node"),))
    bottom = managed("bottom", dependencies=(on("node", newest="b"),))
    assert names(app, app, middle, fresh, bottom) == ["bottom", "middle", "app"]
    assert names(app, app, middle, fresh, managed("bottom", dependencies=(on("node"),))) == ["app"]
    unknown = managed("bottom", dependencies=(on("node", built_on=None),))
    assert names(app, app, middle, fresh, unknown) == ["bottom", "middle", "app"]
    pinned = managed("bottom", dependencies=(on("node", newest="b", reference=f"node:22@{digest('a')}"),))
    assert names(app, app, middle, fresh, pinned) == ["app"]
    both = managed("app", dependencies=(on("bottom"), on("second")))
    second = managed("second", dependencies=(on("node", newest="b"),))
    assert names(both, both, bottom, second) == ["bottom", "second", "app"]
    unused = managed("bottom", dependencies=(on("node", newest="b", role=DependencyRole.UNUSED),))
    assert names(app, app, middle, fresh, unused) == ["app"]


def test_parents_that_are_behind_join_an_emergency_of_a_base() -> None:
    """A parent that is built from another base."""
    child = managed("child", dependencies=(on("node"), on("parent")))
    parent = managed("parent", dependencies=(on("debian", newest="b"),))
    assert names(NODE, child, parent) == ["parent", "child"]


def test_images_that_cannot_be_built_are_named_with_the_reason() -> None:
    """No workflow, or a digest in the Dockerfile; what the emergency ignores is named too."""
    images = [
        managed("a", dependencies=(on("node"),), no_build="no workflow", by_hand="no workflow"),
        managed("b", dependencies=(on("node", reference=f"node:22@{digest('a')}"),)),
        managed("c", dependencies=(on("node"), on("node", reference=f"node:22@{digest('a')}"))),
        managed("d", dependencies=(on("node"),), by_hand="on hold by jane: freeze"),
        managed("e", dependencies=(on("node", reference=f"node:22@{digest('a')}"), on("d"))),
        managed("f", dependencies=(on("node", reference=f"node:22@{digest('a')}"), on("debian"))),
    ]
    assert covered(NODE, images) == [
        Covered("a", (), "no workflow"),
        Covered("b", (), "its Dockerfile pins node:22 by digest; change the digest there"),
        Covered("c", ()),
        Covered("d", (), None, "on hold by jane: freeze"),
        Covered("f", (), "its Dockerfile pins node:22 by digest; change the digest there"),
        Covered("e", ("d",)),
    ]
    pinned = managed("b", dependencies=(on("node", reference=f"node:22@{digest('a')}"),))
    assert covered(pinned, [pinned]) == [Covered("b", ())]


def test_only_the_named_images_are_covered_where_a_digest_is_asked_for() -> None:
    """With their parents that are behind."""
    images = [managed("a", dependencies=(on("node", newest="b"),)), managed("b", dependencies=(on("a"), on("node")))]
    assert [each.name for each in covered(NODE, images, {"b"})] == ["a", "b"]
    assert [each.name for each in covered(NODE, images, {"a"})] == ["a"]
    assert covered(NODE, images, ()) == []


def test_a_cycle_ends() -> None:
    """Each image is covered once."""
    images = [managed("a", dependencies=(on("b"), on("node"))), managed("b", dependencies=(on("a", newest="b"),))]
    assert sorted(names(NODE, *images)) == ["a", "b"]
    assert sorted(names(images[0], *images)) == ["a", "b"]
    alone = managed("self", dependencies=(on("self"), on("node")))
    assert names(alone, alone) == ["self"]


def test_a_reference_that_cannot_be_read_is_not_pinned() -> None:
    """Such an image may be rebuilt, so it is covered."""
    assert covered(NODE, [managed("a", dependencies=(on("node", reference="node:${TAG}"),))]) == [Covered("a", ())]
