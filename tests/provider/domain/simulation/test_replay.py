"""The replay of a history under the policy that made it gives the builds that were made."""

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.reference import Digest
from provider.domain.ledger import Ledger
from provider.domain.plan import BuildCaps
from provider.domain.rebuild import Rebuild
from provider.domain.simulation.build_times import BuildTimes
from provider.domain.simulation.fates import Fates
from provider.domain.simulation.figures import PolicyFigures
from provider.domain.simulation.histories import Histories
from provider.domain.simulation.meter import Meter
from provider.domain.simulation.policies import PRESENT, TriedPolicy
from provider.domain.simulation.replay import Replay
from provider.domain.simulation.scene import Scene
from provider.domain.snapshot import Snapshot
from provider.domain.state import BaseState, ImageState
from tests.provider.domain.simulation.organisations import DAY, HOUR, MINUTE, NOW, digest, organisation, seen
from tests.provider.simulations.simulation import START, STEP, Simulation, random_world
from tests.provider.simulations.simulation import digest as other

END = START + 60 * DAY
Builds = list[tuple[datetime, str, list[tuple[str, Digest]]]]


def replayed(snapshot: Snapshot, caps: BuildCaps, end: datetime, delay: timedelta | None = None) -> Replay:
    """The replay of the whole history under a policy."""
    start = min(image.enrolled_at for image in snapshot.images.values())
    histories = Histories.of(snapshot, start, end)
    scene = Scene.of(histories)
    meter = Meter(scene, Fates.of_snapshot(snapshot), frozenset(snapshot.images), start)
    found = Replay(histories, TriedPolicy(PRESENT, delay, caps), BuildTimes.of(snapshot.images.values()), scene, meter)
    found.run(lambda _: None)
    return found


def builds(found: list[tuple[datetime, str, Rebuild]], snapshot: Snapshot) -> Builds:
    """When each image was built on which digests of bases; the digests that builds make differ."""
    return sorted(
        (at, name, sorted((each.name, each.digest) for each in rebuild.targets if each.name in snapshot.bases))
        for at, name, rebuild in found
    )


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("caps", [BuildCaps(builds=10_000, builds_per_source=10_000), BuildCaps(builds=2)])
def test_a_replay_gives_the_builds_of_the_simulated_world(seed: int, caps: BuildCaps) -> None:
    """Bases that move and move back, parents and children, delays that differ, and a cap or none."""
    world = random_world(seed, 30, 6, (12 * HOUR, 3 * DAY, 7 * DAY))
    world.build_time = lambda: STEP
    world.caps = caps
    for number in range(60):
        to = other(2**80 + number) if number % 7 else other(2**80 + max(0, number - 8))
        world.move(START + (number * 37 + seed * 11) % (40 * 96) * STEP, f"base-{number % 6}", to)
    world.run()
    snapshot = _recorded(world)

    found = replayed(snapshot, caps, END)

    assert len(world.rebuilds) > 60
    assert builds(found.started, snapshot) == builds([each[:3] for each in world.rebuilds], snapshot)


def _recorded(world: Simulation) -> Snapshot:
    return Snapshot("1", {}, world.images, world.bases)


CALM = st.builds(
    organisation,
    st.integers(0, 10_000),
    images=st.integers(1, 8),
    bases=st.integers(1, 4),
    days=st.just(30),
    moves_a_base=st.integers(0, 8),
)
FREE = BuildCaps(builds=10_000, builds_per_source=10_000)


@settings(max_examples=60, deadline=None)
@given(CALM, st.integers(0, 10))
def test_without_a_delay_no_image_is_behind_for_longer(snapshot: Snapshot, days: int) -> None:
    """Where no digest was withdrawn: each image is behind for at most as long as under any delay."""
    at_once = figures(replayed(snapshot, FREE, NOW, timedelta(0)))
    later = {each.name: each.time for each in figures(replayed(snapshot, FREE, NOW, days * DAY)).worst}

    assert all(each.time <= later.get(each.name, timedelta(0)) for each in at_once.worst)


def figures(found: Replay) -> PolicyFigures:
    """The figures of a replay."""
    return found.meter.figures("any", None, found.histories.until)


@settings(max_examples=60, deadline=None)
@given(CALM, st.integers(1, 3), st.integers(1, 2), st.integers(0, 4))
def test_builds_never_exceed_the_caps(snapshot: Snapshot, most: int, per_source: int, days: int) -> None:
    """Not in all, and not for one source repository."""
    images = {
        name: replace(image, enrollment=replace(image.enrollment, source=replace(source, repo=f"acme/{place % 2}")))
        for place, (name, image) in enumerate(snapshot.images.items())
        if (source := image.enrollment.source)
    }
    found = replayed(replace(snapshot, images=images), BuildCaps(MINUTE, most, per_source), NOW, days * DAY)

    running = Counter[str]()
    ends = [(at + found.times.time_of(name), 0, name) for at, name, _ in found.started]
    for _, starts, name in sorted([*ends, *((at, 1, name) for at, name, _ in found.started)]):
        group = f"{int(name.removeprefix('image-')) % 2}"
        running[group] += 1 if starts else -1
        assert running[group] <= per_source
        assert running.total() <= most


@settings(max_examples=60, deadline=None)
@given(CALM, st.integers(0, 10))
def test_each_image_is_built_once_for_each_aged_change(snapshot: Snapshot, days: int) -> None:
    """No digest of a base causes two builds of an image, each has aged, and the newest aged one was built on."""
    delay = days * DAY
    found = replayed(snapshot, FREE, NOW, delay)

    used = Counter((name, cause.name, cause.digest) for _, name, rebuild in found.started for cause in rebuild.causes)
    assert set(used.values()) <= {1}
    for at, _, rebuild in found.started:
        assert all(at - cause.first_seen >= delay for cause in rebuild.causes if cause.name in snapshot.bases)
    settled = NOW - delay - DAY
    for name, image in snapshot.images.items():
        for dependency in image.dependencies:
            aged = [each for each in snapshot.ledger(dependency.name).observations[1:] if each.first_seen < settled]
            if dependency.name in snapshot.bases and aged:
                assert used[name, dependency.name, aged[-1].digest] == 1


def test_the_same_history_gives_the_same_answer() -> None:
    """Names, digests and times do not depend on the order of anything unordered."""
    snapshot = organisation(5, 40, 6, 60, 12)
    turned = replace(
        snapshot,
        images=dict(sorted(snapshot.images.items(), reverse=True)),
        bases=dict(sorted(snapshot.bases.items(), reverse=True)),
    )

    one, two = (replayed(each, BuildCaps(builds=3), NOW, DAY) for each in (snapshot, turned))

    assert builds(one.started, snapshot) == builds(two.started, snapshot)
    assert figures(one) == figures(two)


def test_a_withdrawn_digest_is_built_on_only_by_those_who_do_not_wait() -> None:
    """A digest that is withdrawn after two days is built on with a delay of a day, and not with one of three."""
    snapshot = withdrawn_after(2 * DAY)

    early, late = (replayed(snapshot, FREE, NOW, delay) for delay in (DAY, 3 * DAY))

    assert [bad_builds(each) for each in (early, late)] == [["image-0"], []]
    # Whoever used it builds once more to leave it.
    assert [len(each.started) for each in (early, late)] == [2, 0]


def bad_builds(found: Replay) -> list[str]:
    """The images that were built on a digest that was withdrawn later."""
    return [each.name for each in figures(found).withdrawn]


def withdrawn_after(time: timedelta) -> Snapshot:
    """One image on a base whose tag moved twenty days ago, and moved back after this time."""
    snapshot = organisation(1, 1, 1, 30, 0)
    bottom = snapshot.bases["base-0"]
    moved = seen(seen(bottom.ledger, NOW - 20 * DAY, 77), NOW - 20 * DAY + time, 1)
    return replace(snapshot, bases={"base-0": replace(bottom, ledger=moved)})


def test_a_base_that_was_found_later_is_used_from_then_on() -> None:
    """An image whose base was first seen after the start is built when that base moves."""
    snapshot = organisation(1, 1, 1, 30, 0)
    late = Ledger().observe(NOW - 10 * DAY, digest(1)).observe(NOW - 5 * DAY, digest(2))
    base: BaseState = replace(snapshot.bases["base-0"], ledger=late)

    found = replayed(replace(snapshot, bases={"base-0": base}), FREE, NOW, DAY)

    assert [at for at, _, _ in found.started] == [NOW - 4 * DAY + FREE.window]


def test_an_image_that_was_enrolled_later_is_built_from_then_on() -> None:
    """Before its enrollment it causes no build and is never behind."""
    snapshot = organisation(3, 2, 1, 30, 0)
    bottom = snapshot.bases["base-0"]
    moved = seen(seen(bottom.ledger, NOW - 20 * DAY, 5), NOW - 6 * DAY, 8)
    late: ImageState = replace(
        snapshot.images["image-1"],
        enrolled_at=NOW - 10 * DAY,
        ledger=Ledger().observe(NOW - 10 * DAY, digest(9)),
        rebuilds=(),
        dependencies=tuple(replace(each, built_on=None) for each in snapshot.images["image-1"].dependencies),
    )
    images = {**snapshot.images, "image-1": late}

    found = replayed(replace(snapshot, images=images, bases={"base-0": replace(bottom, ledger=moved)}), FREE, NOW, DAY)

    assert [(at, name) for at, name, _ in found.started if name == "image-1"] == [
        (NOW - 5 * DAY + FREE.window, "image-1")
    ]
