"""Tests of the images that would be rebuilt."""

from dataclasses import replace
from datetime import timedelta

from catalog.image import DependencyDocument, DependencyRole
from provider.domain.asking.coverage import Covered
from provider.domain.impact import Impact, emergency_impacts, impact_of
from tests.provider.web_images import NOW, base, dependency, managed

NODE = base("node")


def trusted(name: str) -> DependencyDocument:
    """An edge to an image whose new digests need not age."""
    return replace(dependency(name), ages=False)


def test_a_delay_counts_once_at_the_base() -> None:
    """A child is rebuilt after its parent without its own delay."""
    images = [
        managed("parent", "node", enrollment={"rebuildDelay": "2d"}),
        managed("child", dependencies=(trusted("parent"),)),
    ]

    assert impact_of(NODE, images, NOW) == [
        Impact("parent", 1, ("node", "parent"), NOW + timedelta(days=2), automatic=True),
        Impact("child", 2, ("node", "parent", "child"), NOW + timedelta(days=2), automatic=True),
    ]


def test_without_a_written_delay_it_is_seven_days() -> None:
    """The default of an enrollment counts."""
    assert impact_of(NODE, [managed("app", "node")], NOW)[0].eligible_at == NOW + timedelta(days=7)


def test_only_digests_that_the_image_trusts_have_no_delay() -> None:
    """What makes them decides: neither the role of the parent, nor the platforms of the dependency."""
    delay = {"rebuildDelay": "3d"}
    arm = replace(trusted("parent"), platforms=("linux/arm64",))
    child = managed("child", dependencies=(arm,), enrollment=delay)
    doubtful = managed("doubtful", "parent", enrollment=delay)
    own = managed("own", dependencies=(trusted("node"),), enrollment=delay)

    assert [one.eligible_at for one in impact_of(managed("parent"), [child], NOW)] == [NOW]
    assert [one.eligible_at for one in impact_of(managed("parent"), [doubtful], NOW)] == [NOW + timedelta(days=3)]
    assert [one.eligible_at for one in impact_of(NODE, [own], NOW)] == [NOW]


def test_a_parent_that_is_not_trusted_adds_a_delay() -> None:
    """Each image that does not trust the maker waits once more."""
    images = [
        managed("a", "node", enrollment={"rebuildDelay": "2d"}),
        managed("b", "a", enrollment={"rebuildDelay": "1d"}),
        managed("c", dependencies=(trusted("b"),), enrollment={"rebuildDelay": "9d"}),
    ]

    found = {one.name: one.eligible_at for one in impact_of(NODE, images, NOW)}
    assert found == {name: NOW + timedelta(days=days) for name, days in {"a": 2, "b": 3, "c": 3}.items()}


def test_the_earliest_path_counts() -> None:
    """An image on the base and on a quicker parent is rebuilt with the parent."""
    images = [
        managed("quick", "node", enrollment={"rebuildDelay": "1d"}),
        managed("both", dependencies=(dependency("node"), trusted("quick"))),
    ]

    assert [(one.name, one.depth) for one in impact_of(NODE, images, NOW)] == [("quick", 1), ("both", 2)]


def test_an_image_behind_a_manual_rebuild_is_not_automatic() -> None:
    """A child of an image without automatic rebuilds waits for a person too, unless another path leads to it."""
    held = managed("held", "node", enrollment={"rebuildDelay": "1d"}, by_hand="autoRebuild is off")
    images = [
        held,
        managed("child", dependencies=(trusted("held"),)),
        managed("also", dependencies=(trusted("held"), dependency("node"))),
    ]

    why = "held will not be built automatically: autoRebuild is off"
    assert {one.name: (one.automatic, one.eligible_at, one.reason) for one in impact_of(NODE, images, NOW)} == {
        "also": (True, NOW + timedelta(days=7), None),
        "held": (False, None, why),
        "child": (False, None, why),
    }


def test_a_hold_that_ends_by_itself_has_a_time() -> None:
    """It is the end of the hold, where that is later than the delay; children follow."""
    end = NOW + timedelta(days=5)
    images = [
        managed("long", "node", enrollment={"rebuildDelay": "1d"}, by_hand="on hold", by_hand_until=end),
        managed("short", "node", enrollment={"rebuildDelay": "6d"}, by_hand="on hold", by_hand_until=end),
        managed("child", dependencies=(trusted("long"),)),
    ]

    found = {one.name: (one.automatic, one.eligible_at) for one in impact_of(NODE, images, NOW)}
    assert found == {"long": (True, end), "child": (True, end), "short": (True, NOW + timedelta(days=6))}


def test_the_first_image_that_is_not_built_is_named() -> None:
    """An image without a workflow below another one."""
    images = [
        managed("base", "node", by_hand="the enrollment names no workflow"),
        managed("child", dependencies=(trusted("base"),), by_hand="autoRebuild is off"),
    ]

    found = {one.name: one.reason for one in impact_of(NODE, images, NOW)}
    assert set(found.values()) == {"base will not be built automatically: the enrollment names no workflow"}


def test_a_dependency_that_is_no_cause_has_no_impact() -> None:
    """Syntax images, references by digest, and stages where only the final one counts."""
    pinned = dependency("node", reference=f"node:22@sha256:{'a' * 64}")
    images = [
        managed("a", dependencies=(dependency("node", DependencyRole.SYNTAX),)),
        managed("b", dependencies=(pinned,)),
        managed("c", dependencies=(dependency("node", DependencyRole.STAGE),), enrollment={"rebuildOn": "final"}),
        managed("e", dependencies=(dependency("node", DependencyRole.UNUSED),)),
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


def test_the_images_of_an_emergency_are_shown_with_their_depth_and_what_stops_them() -> None:
    """Each after its parents, and at once; one that cannot be built has no time."""
    found = [
        Covered("base", ()),
        Covered("app", ("base",), None, "on hold"),
        Covered("web", ("app", "base"), "no workflow"),
    ]
    assert emergency_impacts(found, NOW) == [
        Impact("base", 1, ("base",), NOW, automatic=True),
        Impact("app", 2, ("base", "app"), NOW, automatic=True, reason="app is rebuilt although on hold"),
        Impact("web", 3, ("app", "base", "web"), None, automatic=False, reason="web cannot be built: no workflow"),
    ]
    cycle = [Covered("a", ("b",)), Covered("b", ("a",))]
    assert [each.depth for each in emergency_impacts(cycle, NOW)] == [1, 2]
