"""Tests of the plan over all images: which are rebuilt now, in which order, and which wait for others."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from catalog.image import Conclusion, DependencyRole, Status
from catalog.reference import ImageReference
from provider.domain.asking.asked import AskedRebuild, Hold
from provider.domain.enrollment import Build, Criticality, Source
from provider.domain.ledger import Ledger
from provider.domain.plan import BuildCaps, Plan, RunningPlan, next_decision, plan, waits
from provider.domain.planning.topology import Topology
from provider.domain.planning.world import World
from provider.domain.policy.rules import NO_POLICY, Policy, PolicyRule
from provider.domain.rebuild import Decision, Nothing, Rebuild, Wait, WaitFor
from provider.domain.state import BaseState, DependencyState, ImageState, RebuildStage, RebuildState
from tests.provider.domain.samples import (
    DAY,
    HOUR,
    NODE,
    START,
    WINDOW,
    base,
    dependency,
    digest,
    image,
    ledger,
    rebuilt,
)

MOVED = ledger(("a", timedelta(0)), ("b", HOUR))
GO = START + HOUR + 7 * DAY + WINDOW


def planned(images: list[ImageState], caps: BuildCaps | None = None, now: datetime = GO, known: Ledger = MOVED) -> Plan:
    """The plan for images over node:22."""
    by_name = {each.name: each for each in images}
    bases: Mapping[str, BaseState] = {"node": base("node", NODE, known)}
    return plan(now, World(by_name, bases, Topology.of(by_name, NO_POLICY)), caps or BuildCaps(window=WINDOW))


def on(parent: str, built_on: str = "own", tag: str = "latest") -> ImageState:
    """An image that is built from a managed image."""
    edge = dependency(ImageReference("ghcr.io", f"acme/{parent}", tag), built_on)
    return image(f"on-{parent}", replace(edge, name=parent))


def running(state: ImageState) -> ImageState:
    """The image while it is being built."""
    record = RebuildState("r", "k", GO - HOUR, START, (), (), "because", stage=RebuildStage.DISPATCHED)
    return state.with_record(record)


def test_parents_go_before_children() -> None:
    """The child has its own cause and still waits, also through an image between them."""
    parent, middle = image("base", dependency()), on("base")
    leaf = image("leaf", dependency(), replace(dependency(middle.enrollment.reference, "own"), name="on-base"))
    found = planned([parent, middle, leaf])

    assert found.now == ("base",)
    waits = found.decisions["leaf"]
    assert isinstance(waits, Wait)
    assert (waits.status, waits.reason) == (Status.DUE, "waiting for on-base, which is rebuilt first")


def test_a_child_waits_until_the_new_digest_has_been_read() -> None:
    """While the parent is built, the child is not rebuilt on the old digest."""
    child = replace(on("base"), dependencies=(*on("base").dependencies, dependency()))

    assert planned([running(image("base", dependency())), child]).now == ()


def test_a_parent_that_is_held_or_failed_does_not_block_its_child() -> None:
    """The child is rebuilt on the existing digests."""
    parent = image("base", dependency())
    child = replace(on("base"), dependencies=(*on("base").dependencies, dependency()))
    decision = planned([parent]).decisions["base"]

    assert planned([replace(parent, held=Hold("no")), child]).now == ("on-base",)
    assert planned([rebuilt(parent, decision, Conclusion.FAILURE), child]).now == ("on-base",)


def test_another_tag_of_an_enrolled_repository_is_managed_too() -> None:
    """The exact tag picks the parent, else all enrolled in that repository."""
    parent = image("base", dependency())
    child = replace(on("base", tag="1.2"), dependencies=(*on("base", tag="1.2").dependencies, dependency()))

    assert planned([parent, child]).now == ("base",)


def test_a_cycle_is_an_error_with_the_path() -> None:
    """No image of the cycle is rebuilt, and others are."""
    one = replace(on("on-x", "own"), enrollment=image("x").enrollment)
    two = on("x")
    found = planned([one, two, image("free", dependency())])

    for name in ("x", "on-x"):
        decision = found.decisions[name]
        assert isinstance(decision, Wait)
        assert decision.status is Status.ERROR
        assert "on-x -> x -> on-x" in decision.reason
    assert found.now == ("free",)


def test_the_order_is_criticality_then_depth_then_age() -> None:
    """When one build may start, it is the first by that order."""
    low = image("a-low", dependency(), criticality=Criticality.LOW)
    high = image("z-high", dependency(), criticality=Criticality.HIGH)
    held = replace(image("base"), held=Hold("no"))
    deep = replace(on("base"), dependencies=(*on("base").dependencies, dependency()))
    early, late = image("m-early", dependency(), rebuild_delay=5 * DAY), image("c-late", dependency())
    found = planned([low, high, held, deep, early, late])

    assert found.now == ("z-high", "m-early", "c-late", "on-base", "a-low")
    assert planned([low, high, early], BuildCaps(window=WINDOW, builds=1)).now == ("z-high",)


def test_an_emergency_goes_before_all_others() -> None:
    """Also before an image of high criticality; one that a person asks for otherwise does not."""
    asked = AskedRebuild("1", "jane", "openssl", START)
    low = image("low", dependency(), criticality=Criticality.LOW)
    high = image("high", dependency(), criticality=Criticality.HIGH)
    one = BuildCaps(window=WINDOW, builds=1)

    assert planned([replace(low, asked=(asked,)), high], one).now == ("high",)
    assert planned([replace(low, asked=(replace(asked, emergency=True),)), high], one).now == ("low",)


def test_running_builds_count_for_the_caps() -> None:
    """They count in all and for one source repository; the reason says what the image waits for."""
    same = Source("github", "acme/mono")
    images = [image(name, dependency(), source=same) for name in ("a", "b", "c")]

    assert planned([*images, image("other", dependency())], BuildCaps(WINDOW, 10, 2)).now == ("a", "b", "other")
    found = planned([running(images[0]), *images[1:]], BuildCaps(WINDOW, 2, 3))
    assert found.now == ("b",)
    waiting = found.statuses["c"]
    assert (waiting.status, waiting.reason.endswith("waiting for other builds to finish")) == (Status.DUE, True)


def test_nothing_is_dispatched_while_the_caps_are_stopped() -> None:
    """Each image that would be rebuilt shows the reason."""
    found = planned([image("portal", dependency())], BuildCaps(window=WINDOW, stopped="the clock is off"))
    decision = found.decisions["portal"]

    assert found.now == ()
    assert isinstance(decision, Wait)
    assert (decision.status, decision.reason) == (Status.DUE, "the clock is off")


def test_a_plan_over_changed_images_equals_the_whole_plan() -> None:
    """A new decision of an image changes those of its children, and other images keep theirs."""
    images = {each.name: each for each in (image("base", dependency()), on("base"), image("portal"))}
    before = World(images, {"node": base("node", NODE, ledger(("a", timedelta(0))))}, Topology.of(images, NO_POLICY))
    after = replace(before, bases={"node": base("node", NODE, MOVED)})
    known = RunningPlan.for_readers()
    earlier = plan(GO, before, BuildCaps(window=WINDOW), known)

    assert isinstance(earlier.decisions["on-base"], Nothing)
    found = plan(GO, after, BuildCaps(window=WINDOW), known, {"base"})
    assert found == plan(GO, after, BuildCaps(window=WINDOW))
    assert isinstance(found.decisions["base"], Rebuild)


def test_a_digest_made_in_a_wave_belongs_to_it() -> None:
    """The child has the wave of its parent, so that images that follow from one change wait for each other."""
    record = RebuildState("r", "k", START, START + HOUR, (), (), "because", result=digest("new"), settled=True)
    parent = replace(image("base"), ledger=ledger(("own", timedelta(0)), ("new", 2 * HOUR))).with_record(record)
    found = planned([parent, on("base")], now=START + 2 * HOUR)
    decision = found.decisions["on-base"]

    assert isinstance(decision, Rebuild)
    assert decision.wave == START + HOUR


def test_the_exact_tag_selects_the_parent() -> None:
    """The child does not wait for another image of the same repository."""
    one, two = (
        replace(each, enrollment=replace(each.enrollment, repository="acme/base", tag=each.name))
        for each in (image("one"), image("two", dependency()))
    )
    edge = replace(dependency(one.enrollment.reference, "own"), name="one")
    found = planned([one, two, image("child", dependency(), edge)])

    assert found.now == ("two", "child")


@pytest.mark.parametrize(
    "edge",
    [
        dependency(ImageReference("ghcr.io", "acme/base", "latest", digest("own")), "own"),
        dependency(ImageReference("ghcr.io", "acme/base", "latest"), "own", role=DependencyRole.SYNTAX),
    ],
)
def test_an_image_does_not_wait_for_a_parent_that_is_no_cause(edge: DependencyState) -> None:
    """Such a parent is pinned by digest, or is a syntax image."""
    found = planned([image("base", dependency()), image("child", dependency(), replace(edge, name="base"))])

    assert found.now == ("base", "child")


@pytest.mark.parametrize(("hours", "chosen"), [(5, ()), (6, ("b",)), (100, ("b",))])
def test_builds_that_never_end_keep_no_place(hours: int, chosen: tuple[str, ...]) -> None:
    """After six hours others take their places, in all and for one source repository."""
    same = Source("github", "acme/mono")
    record = RebuildState(
        "r", "k", START, START, (), (), "because", stage=RebuildStage.DISPATCHED, dispatched_at=GO - hours * HOUR
    )
    stuck = image("a", dependency(), source=same).with_record(record)

    for caps in (BuildCaps(WINDOW, 1, 10), BuildCaps(WINDOW, 10, 1)):
        assert planned([stuck, image("b", dependency(), source=same)], caps).now == chosen


def test_a_plan_without_images_is_empty() -> None:
    """Planning without images does not fail."""
    assert planned([]) == Plan({})


def test_an_image_that_is_stopped_keeps_its_wave_and_causes() -> None:
    """Its dependents wait for it, and its causes are shown."""
    portal = image("portal", dependency())
    goes = planned([portal]).decisions["portal"]
    assert isinstance(goes, Rebuild)
    stopped = planned([portal], BuildCaps(window=WINDOW, stopped="the clock is off")).decisions["portal"]

    assert isinstance(stopped, Wait)
    assert (stopped.status, stopped.wave, stopped.causes) == (Status.DUE, goes.wave, goes.causes)


def between(middle: ImageState) -> tuple[Plan, ImageState]:
    """The plan for base, `on-base` in the middle, and a leaf on that and on node; base goes."""
    leaf = image("leaf", dependency(), replace(dependency(middle.enrollment.reference, "own"), name="on-base"))
    return planned([image("base", dependency()), middle, leaf]), leaf


@pytest.mark.parametrize(
    "middle",
    [
        replace(on("base"), held=Hold("no")),
        replace(on("base"), held=Hold("no", until=GO + HOUR)),
        replace(on("base"), enrollment=replace(on("base").enrollment, auto_rebuild=False)),
        replace(on("base"), enrollment=replace(on("base").enrollment, build=None)),
    ],
)
def test_an_image_that_needs_a_person_has_no_wave(middle: ImageState) -> None:
    """Its dependents do not wait for it, even when its own parent is rebuilt."""
    assert set(between(on("base"))[0].going) == {"base", "on-base", "leaf"}
    found = between(middle)[0]

    assert set(found.going) == {"base", "leaf"}
    assert found.now == ("base", "leaf")


def test_an_image_whose_hold_has_ended_has_a_wave_again() -> None:
    """Its dependents wait for it, also before the hold is removed from the state."""
    assert set(between(replace(on("base"), held=Hold("no", until=GO)))[0].going) == {"base", "on-base", "leaf"}


def test_an_image_whose_entry_may_not_build_has_no_wave() -> None:
    """Nothing is built for it, so its dependents do not wait for it, even when its own parent is rebuilt."""
    webhook = Build("webhook", url="https://builds.example.com/start")
    states = {}
    for state in (image("base", dependency()), on("base"), on("on-base", "own")):
        build = webhook if state.name == "on-base" else state.enrollment.build
        states[state.name] = replace(state, enrollment=replace(state.enrollment, file=TEAM_A, build=build))
    world = World(states, {"node": base("node", NODE, MOVED)}, Topology.of(states, NO_POLICY))

    assert world.topology.parents["on-on-base"] == (("on-base",),)
    assert set(plan(GO, world, BuildCaps(window=WINDOW)).going) == {"base"}


def test_a_running_image_keeps_the_wave_of_its_rebuild() -> None:
    """The decisions of its parents do not change the wave."""
    record = RebuildState("r", "k", START, GO, (), (), "because", stage=RebuildStage.DISPATCHED)

    assert between(on("base").with_record(record))[0].going["on-base"] == GO


def test_a_cycle_has_no_wave() -> None:
    """It has no wave also when a parent outside the cycle is rebuilt."""
    edge = replace(dependency(image("base").enrollment.reference, "own"), name="base")
    one = replace(on("on-x", "own"), enrollment=image("x").enrollment)
    one = replace(one, dependencies=(*one.dependencies, edge))

    assert set(planned([image("base", dependency()), one, on("x")]).going) == {"base"}


def test_children_stop_waiting_for_an_image_without_a_wave() -> None:
    """This holds also when only that image is decided again."""
    images = {each.name: each for each in (image("base", dependency()), on("base"))}
    world = World(images, {"node": base("node", NODE, MOVED)}, Topology.of(images, NO_POLICY))
    known = RunningPlan.for_readers()
    earlier = plan(GO, world, BuildCaps(window=WINDOW), known)
    assert set(earlier.going) == {"base", "on-base"}

    held = replace(world, images={**images, "base": replace(images["base"], held=Hold("no"))})
    assert plan(GO, held, BuildCaps(window=WINDOW), known, {"base"}).going == {}


def test_children_stop_waiting_for_an_image_that_shows_the_same_and_has_no_wave_any_longer() -> None:
    """The plan over the changed image equals the whole plan."""
    base_, middle = image("base", dependency()), on("base")
    leaf = image("leaf", dependency(), replace(dependency(middle.enrollment.reference, "own"), name="on-base"))
    before = {each.name: each for each in (base_, middle, leaf)}
    world = World(before, {"node": base("node", NODE, MOVED)}, Topology.of(before, NO_POLICY))
    known = RunningPlan.for_readers()
    earlier = plan(GO, world, BuildCaps(window=WINDOW), known)
    by_hand = replace(middle, enrollment=replace(middle.enrollment, auto_rebuild=False))
    changed = replace(world, images={**before, "on-base": by_hand})
    after = plan(GO, changed, BuildCaps(window=WINDOW), known, {"on-base"})

    assert after.statuses["on-base"] == earlier.statuses["on-base"]
    assert (earlier.now, after.now) == (("base",), ("base", "leaf"))
    assert after == plan(GO, changed, BuildCaps(window=WINDOW))


def test_an_image_keeps_its_decision_while_its_parents_show_the_same() -> None:
    """It is decided again when something changes, or when its time has come."""
    child = replace(on("base"), dependencies=(*on("base").dependencies, dependency()))
    images = {each.name: each for each in (image("base"), child)}
    world = World(images, {"node": base("node", NODE, MOVED)}, Topology.of(images, NO_POLICY))
    known = RunningPlan.for_readers()
    earlier = plan(START + DAY, world, BuildCaps(window=WINDOW), known)
    after = plan(GO, world, BuildCaps(window=WINDOW), known, {"base"})

    assert after.decisions["on-base"] == earlier.decisions["on-base"]
    assert plan(GO, world, BuildCaps(window=WINDOW), known, {"on-base"}).now == ("on-base",)


def test_the_log_names_an_image_that_cannot_be_decided_for(caplog: pytest.LogCaptureFixture) -> None:
    """The others are decided."""
    odd = replace(image("timeless", dependency()), enrollment=image("timeless", rebuild_delay=None).enrollment)
    found = planned([odd, image("portal", dependency())])

    assert found.now == ("portal",)
    assert [record.getMessage().partition(":")[0] for record in caplog.records] == ["timeless"]


def test_a_base_without_a_record_is_not_known_yet() -> None:
    """The image is planned too."""
    golang = dependency(ImageReference("docker.io", "library/golang", "1"))

    assert isinstance(planned([image("portal", golang)]).decisions["portal"], Nothing)


def test_as_many_are_dispatched_as_the_cap_allows() -> None:
    """The whole cap is used."""
    images = [image(name, dependency()) for name in ("a", "b", "c")]

    assert planned(images, BuildCaps(window=WINDOW, builds=2)).now == ("a", "b")


def test_a_running_build_without_a_source_repository_counts_only_in_all() -> None:
    """The limit for a source repository is not reached by it."""
    external = running(image("external", dependency(), source=None))

    assert planned([external, image("a", dependency())], BuildCaps(WINDOW, 2, 1)).now == ("a",)
    assert planned([external, image("a", dependency())], BuildCaps(WINDOW, 1, 1)).now == ()


TEAM_A, TEAM_B = "images.d/team-a.yaml", "images.d/team-b.yaml"


def of_file(state: ImageState, file: str) -> ImageState:
    """The image as an entry of that file."""
    return replace(state, enrollment=replace(state.enrollment, file=file))


@pytest.mark.parametrize(
    ("maker", "user", "images", "trusted"),
    [
        ("images.yaml", TEAM_A, (), True),
        (TEAM_A, TEAM_A, (), True),
        (TEAM_A, "images.yaml", (), False),
        (TEAM_A, TEAM_B, (), False),
        (TEAM_A, TEAM_B, ("ghcr.io/acme/*",), True),
        (TEAM_A, TEAM_B, ("ghcr.io/other/*",), False),
    ],
)
def test_only_a_trusted_entry_makes_a_parent(maker: str, user: str, images: tuple[str, ...], trusted: bool) -> None:
    """Any other one is a base from outside: nobody waits for its builds, and its digests age."""
    states = {"base": of_file(image("base"), maker), "on-base": of_file(on("base"), user)}
    topology = Topology.of(states, Policy(rules=(PolicyRule((TEAM_A,), images=images),)))

    assert topology.parents["on-base"] == (("base",) if trusted else (),)
    assert [bool(edge.makers) for edge in World(states, {}, topology).edges("on-base")] == [trusted]


def test_a_hostile_entry_makes_no_cycle_and_hides_no_trusted_parent() -> None:
    """It claims a base of the victim, and another tag of the victim's parent, and is itself built from the victim."""
    parent = image("base")
    victim = image("victim", replace(dependency(parent.enrollment.reference, "own"), name="base"), dependency())
    claims = {
        "evil": replace(NODE, tag="22"),
        "evil-tag": ImageReference("ghcr.io", "acme/base", "evil"),
        "evil-same": parent.enrollment.reference,
    }
    states = {"base": parent, "victim": victim}
    alone = Topology.of(states, NO_POLICY)
    for name, claimed in claims.items():
        evil = of_file(image(name, replace(dependency(victim.enrollment.reference, "own"), name="victim")), TEAM_A)
        entry = replace(
            evil.enrollment, registry=claimed.registry, repository=claimed.repository, tag=claimed.tag or ""
        )
        states[name] = replace(evil, enrollment=entry)
    found = Topology.of(states, NO_POLICY)

    assert (found.parents["victim"], found.depth["victim"]) == (alone.parents["victim"], alone.depth["victim"])
    assert found.circles == {}
    assert found.parents["evil"] == (("victim",),)


def test_a_repository_of_the_organisation_is_known_by_the_policy() -> None:
    """Also where no image of it is enrolled."""
    states = {"on-base": on("base")}
    edges = [
        World(states, {}, Topology.of(states, Policy(own=own))).edges("on-base")[0].is_own
        for own in ((), ("ghcr.io/acme/*",), ("ghcr.io/acme/base",), ("docker.io/**",))
    ]

    assert edges == [False, True, True, False]


def test_a_build_that_no_rule_allows_is_held_and_a_new_rule_lets_it_go() -> None:
    """The reason names the rule that is missing."""
    state = of_file(image("portal", dependency(), build=Build("gitlab", project="acme/ci")), TEAM_A)
    rule = PolicyRule((TEAM_A,), sources=("gitlab:acme/*",))
    world = {"portal": state}
    bases = {"node": base("node", NODE, MOVED)}
    held, goes = (
        plan(GO, World(world, bases, Topology.of(world, policy)), BuildCaps(window=WINDOW)).decisions["portal"]
        for policy in (NO_POLICY, Policy(rules=(rule,)))
    )

    assert isinstance(held, Wait)
    assert held.status is Status.HELD
    assert '{files: images.d/team-a.yaml, sources: ["gitlab:acme/ci"]}' in held.reason
    assert isinstance(goes, Rebuild)


def test_a_rebuild_that_was_refused_is_tried_again_after_a_new_rule() -> None:
    """The rule is part of what identifies a rebuild; without a new one nothing is tried twice."""
    state = of_file(image("portal", dependency()), TEAM_A)
    bases = {"node": base("node", NODE, MOVED)}
    rule = PolicyRule((TEAM_A,), workflows=("build.yml",))

    def decision(state: ImageState, policy: Policy) -> Decision:
        world = World({"portal": state}, bases, Topology.of({"portal": state}, policy))
        return plan(GO, world, BuildCaps(window=WINDOW)).decisions["portal"]

    refused = rebuilt(state, decision(state, NO_POLICY))
    assert isinstance(decision(refused, NO_POLICY), Wait)
    assert isinstance(decision(refused, Policy(rules=(rule,))), Rebuild)


def test_the_next_decision_is_at_the_first_time_that_is_still_to_come() -> None:
    """A time that has come is not one: what it changes is decided already."""
    waits = [START + DAY, START, START + HOUR, START - HOUR, None]
    decisions: dict[str, Decision] = {
        str(number): Wait(Status.WAITING, until, "because") for number, until in enumerate(waits)
    }
    found = Plan({**decisions, "current": Nothing()})
    assert next_decision(START, found) == START + HOUR
    assert next_decision(START + HOUR, found) == START + DAY
    assert next_decision(START + DAY, found) is None
    assert next_decision(START, Plan({"current": Nothing()})) is None


def test_each_wait_says_what_it_waits_for() -> None:
    """A delay, other changes, another image, a person, and the limits of builds."""
    two = BuildCaps(window=WINDOW, builds=2)
    parent = image("base", dependency())
    child = replace(on("base"), dependencies=(*on("base").dependencies, dependency()))
    held = replace(image("held", dependency()), held=Hold("a freeze", "jane", START))
    others = [image(name, dependency()) for name in ("first", "second")]
    found = planned([parent, child, held, *others], two)
    assert waits(found) == {WaitFor.PARENT: 1, WaitFor.PERSON: 1, WaitFor.LIMIT: 1}
    assert waits(planned([image("portal", dependency())], now=GO - WINDOW)) == {WaitFor.GROUPING: 1}
    assert waits(planned([image("portal", dependency())], now=GO - DAY)) == {WaitFor.DELAY: 1}
    stopped = BuildCaps(window=WINDOW, stopped="not this week")
    assert waits(planned([image("portal", dependency())], stopped)) == {WaitFor.STOPPED: 1}
    assert waits(planned([running(image("portal", dependency()))])) == {}
