"""Random worlds in which people ask for rebuilds, emergencies, holds and skipped digests at random."""

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from provider.domain.asking.carrying_out import carry_out
from provider.domain.asking.request import PersonRequest, RequestKind
from provider.domain.rebuild import Rebuild
from provider.domain.snapshot import Snapshot
from provider.domain.state import ImageState
from tests.provider.simulations.simulation import DAY, START, STEP, Simulation, random_world
from tests.provider.simulations.test_simulation import built_on_digest

IMAGES, BASES, DAYS = 12, 3, 12
NO_DELAY = timedelta(0)
KINDS = tuple(kind for kind in RequestKind if kind is not RequestKind.REMOVALS)
Asked = tuple[int, RequestKind, int, int]
ASKED = st.lists(
    st.tuples(
        st.integers(0, DAYS * DAY // STEP),
        st.sampled_from(KINDS),
        st.integers(0, IMAGES - 1),
        st.integers(1, 200),
    ),
    max_size=25,
)


@dataclass
class AskedWorld:
    """A simulation, and what people ask for in it.

    Attributes:
        parents_first: for each dispatch, the parents of the same emergency that had not been built then.
    """

    simulation: Simulation
    parents_first: list[tuple[str, str]] = field(default_factory=list)

    def ask(self, number: int, asked: Asked) -> None:
        """Have a person ask for something at that step; the last number is how long it lasts, in steps."""
        step, kind, chosen, steps = asked
        name, when = f"image-{chosen}", START + step * STEP
        until = when + steps * STEP if kind in (RequestKind.HOLD, RequestKind.EMERGENCY) else None

        def happen(now: datetime) -> set[str]:
            image = self.simulation.images[name]
            dependency = image.dependencies[steps % len(image.dependencies)]
            current = self.simulation.world.ledger(dependency.name).current
            request = PersonRequest(
                f"request-{number}", kind, name, "because", "jane", now,
                tuple(self.with_parents(name)), current.digest if current else None, None, until,
            )  # fmt: skip
            return self.carry_out(now, request)

        self.simulation.at(when, happen)
        if until:
            self.simulation.at(until, self.carry_out)

    def carry_out(self, now: datetime, *requests: PersonRequest) -> set[str]:
        """As the worker does; returns which images changed."""
        images = self.simulation.images
        changes, outcomes = carry_out(now, Snapshot("", {}, images, {}), requests)
        again, _ = carry_out(now, changes.apply(Snapshot("", {}, images, {})), requests)
        assert not again
        assert all(outcome.done or "expired" in outcome.message for outcome in outcomes.values())
        images |= {changed: state for changed, state in changes.images.items() if state}
        return set(changes.images)

    def with_parents(self, name: str) -> set[str]:
        """The image and every managed image below it."""
        edges = self.simulation.world.topology.parents[name]
        return {name}.union(*(self.with_parents(parent) for found in edges for parent in found))

    def watch(self) -> None:
        """Note, at each dispatch, which parents of the same request were not built yet."""
        dispatch = self.simulation._dispatch

        def watched(now: datetime, name: str) -> None:
            rebuild = self.simulation.plan.decisions[name]
            assert isinstance(rebuild, Rebuild)
            ids = {asked.id for asked in rebuild.asked if asked.emergency}
            for parent in self.with_parents(name) - {name}:
                state = self.simulation.images[parent]
                waiting = ids & {asked.id for asked in state.open_requests(now)}
                running = state.active and ids & set(state.active.requests)
                if waiting or running:
                    self.parents_first.append((parent, name))
            dispatch(now, name)

        self.simulation._dispatch = watched  # type: ignore[method-assign]  # the test looks at each dispatch


def lived(seed: int, asked: list[Asked]) -> AskedWorld:
    """The world after its bases moved for some days, and people asked."""
    simulation = random_world(seed, IMAGES, BASES, (DAY, 3 * DAY))
    world = AskedWorld(simulation)
    chance = random.Random(seed)  # noqa: S311 - a repeatable world, no secret
    for _ in range(15):
        simulation.move(START + chance.randrange(DAYS * DAY // STEP) * STEP, f"base-{chance.randrange(BASES)}")
    for number, each in enumerate(asked):
        world.ask(number, each)
    world.watch()
    simulation.run()
    return world


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), ASKED)
def test_whatever_people_ask_for_the_invariants_hold(seed: int, asked: list[Asked]) -> None:
    """Once for a request, never twice automatically, parents first, nothing early, skipped, or on hold."""
    world = lived(seed, asked)
    simulation = world.simulation

    for image in simulation.images.values():
        carried = Counter(request for record in image.rebuilds for request in record.requests)
        assert set(carried.values()) <= {1}
        assert image.open_requests(START + 1000 * DAY) == ()
    automatic = [(now, name, rebuild, image) for now, name, rebuild, image in simulation.rebuilds if not rebuild.asked]
    assert set(Counter(rebuild.key for _, _, rebuild, _ in automatic).values()) <= {1}
    assert [name for now, name, _, image in automatic if image.hold(now)] == []
    assert world.parents_first == []
    for now, name, rebuild, image in simulation.rebuilds:
        for cause in rebuild.causes:
            assert image.skip_of(cause.digest) is None
            never_back(simulation, now, image, cause.name)
            delay = NO_DELAY if cause.name in simulation.images or rebuild.emergency else None
            waited = simulation.images[name].enrollment.rebuild_delay if delay is None else delay
            assert now - cause.first_seen >= waited
        for target in rebuild.targets:
            kept = target.digest == built_on_digest(image, target.name)
            assert kept or image.skip_of(target.digest) is None


def never_back(simulation: Simulation, now: datetime, image: ImageState, base: str) -> None:
    """The cause lies later in the history than what the image was built from."""
    seen = [each.digest for each in simulation.world.ledger(base).observations if each.first_seen <= now]
    rebuild = next(rebuild for at, _, rebuild, state in simulation.rebuilds if at == now and state is image)
    cause = next(cause for cause in rebuild.causes if cause.name == base)
    assert seen.index(cause.digest) > seen.index(built_on_digest(image, base))


def test_holds_and_skips_leave_an_image_behind_and_a_rebuild_catches_up() -> None:
    """While it is on hold and the newest digest is skipped; released, it is built on that."""
    hold: Asked = (0, RequestKind.HOLD, 0, 200)
    early = lived(3, [hold])
    (image,) = (early.simulation.images["image-0"],)
    ended = START + 200 * STEP
    first = [now for now, name, _, _ in early.simulation.rebuilds if name == "image-0"]
    assert min(first) >= ended
    assert image.held is None
