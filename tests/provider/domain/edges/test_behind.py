"""Since when an image is behind, and that this is not said where nothing is known."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.image import DependencyRole, Evidence, Status
from catalog.reference import ImageReference
from provider.domain.enrollment import RebuildOn
from provider.domain.ledger import Ledger
from provider.domain.plan import BuildCaps, plan
from provider.domain.planning.topology import Topology
from provider.domain.planning.world import World
from provider.domain.policy.rules import NO_POLICY
from provider.domain.state import ImageState
from provider.domain.status import ImageStatus
from tests.provider.domain.samples import DAY, HOUR, NODE, START, WINDOW, base, dependency, digest, image, ledger

ALPINE = ImageReference("docker.io", "library/alpine", "3")
STILL = ledger(("a", timedelta(0)))
MOVED = ledger(("a", timedelta(0)), ("b", HOUR), ("c", 3 * HOUR))
HISTORIES = st.lists(st.tuples(st.sampled_from("abcd"), st.integers(1, 50)), min_size=1, max_size=8)
KNOWN = [Evidence.PASSED, Evidence.VERIFIED, Evidence.LABEL, Evidence.LAYERS]


def statuses(*images: ImageState, node: Ledger = MOVED, alpine: Ledger = STILL) -> Mapping[str, ImageStatus]:
    """The statuses of these images a month after the start."""
    found = {each.name: each for each in images}
    bases = {"node": base("node", NODE, node), "alpine": base("alpine", ALPINE, alpine)}
    return plan(START + 30 * DAY, World(found, bases, Topology.of(found, NO_POLICY)), BuildCaps(window=WINDOW)).statuses


def since(*images: ImageState, node: Ledger = MOVED, alpine: Ledger = STILL) -> datetime | None:
    """Since when the last of the images is behind."""
    return statuses(*images, node=node, alpine=alpine)[images[-1].name].behind_since


def checked(history: list[tuple[str, int]]) -> Ledger:
    """A ledger after checks so many hours after each other."""
    found, hours = Ledger(), 0
    for letter, step in history:
        hours += step
        found = found.observe(START + hours * HOUR, digest(letter))
    return found


def on(parent: ImageState, name: str, built_on: str = "own", role: DependencyRole = DependencyRole.FINAL) -> ImageState:
    """An image that is built from a managed image."""
    return image(name, replace(dependency(parent.enrollment.reference, built_on, role=role), name=parent.name))


@pytest.mark.parametrize("evidence", [*KNOWN, Evidence.ASSUMED])
@pytest.mark.parametrize(("built_on", "hours"), [("a", 1), ("b", 3), ("c", None)])
def test_an_image_is_behind_since_the_first_digest_that_it_lacks(
    evidence: Evidence, built_on: str, hours: int | None
) -> None:
    """Newer ones do not change that. What came after an assumed digest is not in the image either."""
    expected = None if hours is None else START + hours * HOUR

    assert since(image("portal", dependency(built_on=built_on, evidence=evidence))) == expected


def test_an_image_of_which_nothing_is_known_is_not_behind_but_unknown() -> None:
    """The status says so: that is no proof that it has the newest digest."""
    for state, status in (
        (image("portal", dependency(built_on=None)), Status.UNKNOWN),
        (image("portal", dependency(built_on="c", evidence=Evidence.ASSUMED)), Status.UNVERIFIED),
        (image("portal", dependency(replace(NODE, tag=None, digest=digest("a")), built_on=None)), Status.UNKNOWN),
    ):
        found = statuses(state)["portal"]
        assert (found.status, found.behind_since) == (status, None)


def test_the_oldest_of_several_bases_counts() -> None:
    """Whatever their order in the Dockerfile."""
    edges = dependency(built_on="b"), dependency(ALPINE)
    alpine = ledger(("a", timedelta(0)), ("z", 2 * HOUR))

    assert since(image("portal", *edges), alpine=alpine) == START + 2 * HOUR
    assert since(image("portal", *reversed(edges)), alpine=alpine) == START + 2 * HOUR


@pytest.mark.parametrize(
    ("role", "rebuild_on", "counts"),
    [
        (DependencyRole.STAGE, RebuildOn.ALL, True),
        (DependencyRole.STAGE, RebuildOn.FINAL, False),
        (DependencyRole.UNUSED, RebuildOn.ALL, False),
        (DependencyRole.SYNTAX, RebuildOn.ALL, False),
    ],
)
def test_only_dependencies_that_may_cause_a_rebuild_count(
    role: DependencyRole, rebuild_on: RebuildOn, counts: bool
) -> None:
    """As for the status."""
    found = since(image("portal", dependency(role=role), rebuild_on=rebuild_on))

    assert found == (START + HOUR if counts else None)


def test_an_image_over_a_parent_that_is_behind_is_behind_since_then() -> None:
    """Over any number of steps, and whatever newer digest of the parent itself is known."""
    parent = image("lib", dependency())
    child, moved = on(parent, "child"), replace(parent, ledger=ledger(("own", timedelta(0)), ("new", 2 * HOUR)))

    assert since(parent, child) == START + HOUR
    assert since(parent, child, on(child, "grandchild")) == START + HOUR
    assert since(moved, child) == START + HOUR
    assert since(parent, on(parent, "user", role=DependencyRole.UNUSED)) is None


def test_an_image_that_was_not_built_since_its_parent_was_is_behind_since_that() -> None:
    """The parent is up to date, and its new digest is what the child lacks."""
    parent = replace(image("lib", dependency(built_on="c")), ledger=ledger(("own", timedelta(0)), ("new", 2 * HOUR)))

    assert since(parent, on(parent, "child")) == START + 2 * HOUR
    assert since(parent, on(parent, "child", "new")) is None


def test_a_parent_of_which_nothing_is_known_makes_no_child_behind() -> None:
    """The child is unknown for its parent's reason."""
    parent = image("lib", dependency(built_on=None))
    found = statuses(parent, on(parent, "child"))["child"]

    assert (found.status, found.behind_since) == (Status.UNKNOWN, None)


def test_images_in_a_circle_have_a_time_of_their_own_at_most() -> None:
    """The decision for them is an error, and the search ends."""
    one = image("one", dependency())
    two = on(one, "two")
    back = replace(one, dependencies=(*one.dependencies, *on(two, "one").dependencies))

    found = statuses(back, two)
    assert {each.status for each in found.values()} == {Status.ERROR}
    assert found["one"].behind_since == START + HOUR


@pytest.mark.parametrize(("pin", "hours"), [("a", 1), ("b", 3), ("c", None), ("x", 0)])
def test_an_image_with_a_pinned_base_is_behind_since_the_tag_moved_on(pin: str, hours: int | None) -> None:
    """A digest that the tag never had counts as older than those that it had, as everywhere."""
    edge = dependency(replace(NODE, digest=digest(pin)), built_on=None, evidence=Evidence.ASSUMED)

    assert since(image("portal", edge)) == (None if hours is None else START + hours * HOUR)


def test_a_pinned_image_that_was_not_built_since_is_behind_its_pin() -> None:
    """What the image shows counts before what its Dockerfile says."""
    edge = dependency(replace(NODE, digest=digest("c")), built_on="a", evidence=Evidence.LABEL)

    assert since(image("portal", edge)) == START + HOUR


@pytest.mark.parametrize(("passed", "hours"), [("a", 1), ("b", 1), ("c", 3)])
def test_an_image_without_the_digest_that_was_passed_is_behind_that(passed: str, hours: int) -> None:
    """It may contain anything older; of the first digest of the tag nothing older is known."""
    assert since(image("portal", dependency(built_on=passed, evidence=Evidence.MISMATCH))) == START + hours * HOUR
    assert since(image("portal", dependency(evidence=Evidence.MISMATCH)), node=STILL) is None


@pytest.mark.parametrize("node", [ledger(("a", HOUR), ("b", 2 * HOUR), ("a", 3 * HOUR)), MOVED.without(digest("c"))])
def test_digests_that_were_withdrawn_or_are_gone_make_no_image_behind(node: Ledger) -> None:
    """An image on what is left is not behind."""
    built_on = "a" if len({seen.digest for seen in node.observations}) == 2 else "b"

    assert since(image("portal", dependency(built_on=built_on)), node=node) is None


@given(HISTORIES, st.sampled_from("abcd"), st.sampled_from([*KNOWN, Evidence.ASSUMED]))
def test_nothing_but_a_newer_digest_makes_an_image_behind(
    history: list[tuple[str, int]], built_on: str, evidence: Evidence
) -> None:
    """The time is that of an observation after the digest of the image; an image that is up to date has none."""
    node = checked(history)
    found = statuses(image("portal", dependency(built_on=built_on, evidence=evidence)), node=node)["portal"]

    if found.status is Status.UP_TO_DATE:
        assert found.behind_since is None
    if found.behind_since is None:
        assert found.status in (Status.UP_TO_DATE, Status.UNVERIFIED)
    else:
        later = [seen for seen in node.observations if seen.first_seen >= found.behind_since]
        assert later[0].first_seen == found.behind_since
        assert digest(built_on) not in {seen.digest for seen in later}


@given(HISTORIES, st.sampled_from("abcd"), st.integers(1, 50))
def test_a_further_digest_never_makes_the_time_later(history: list[tuple[str, int]], built_on: str, hours: int) -> None:
    """Only a rebuild does, or the tag's return to an earlier digest."""
    state, node = image("portal", dependency(built_on=built_on)), checked(history)
    before = since(state, node=node)
    later = since(state, node=node.observe(START + 500 * HOUR + hours * HOUR, digest("new")))

    assert later is not None
    assert before is None or later == before


@given(HISTORIES, HISTORIES, st.lists(st.sampled_from("abcd"), min_size=2, max_size=2))
def test_the_child_of_an_image_is_behind_at_least_since_its_parent(
    of_node: list[tuple[str, int]], of_alpine: list[tuple[str, int]], built_on: list[str]
) -> None:
    """Whatever it is built from besides."""
    parent = image("lib", dependency(built_on=built_on[0]))
    edges = (*on(parent, "child").dependencies, dependency(ALPINE, built_on[1]))
    found = statuses(parent, image("child", *edges), node=checked(of_node), alpine=checked(of_alpine))
    own = since(image("child", edges[1]), alpine=checked(of_alpine))

    assert found["child"].behind_since == min(filter(None, (found["lib"].behind_since, own)), default=None)
