"""How soon the service reacts to webhooks, and how it bears a storm of them: the real command and real peers."""

import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from bench.marks import Mark
from bench.rounds import RunFailed
from demo.hooked import HookedWorld, seconds_until
from demo.storm import storm

_DISPATCH_SECONDS = 2.0
_ENTITY_SECONDS = 5.0
_REBUILT = ("base", "portal")


def reaction_marks(folder: Path, count: int, rounds: int, report: Callable[[str], None]) -> list[Mark]:
    """Start the service `count` times in a round, and measure both times in each; the medians count.

    Raises:
        RunFailed: the service did not do what a webhook asked for.
    """
    entities: list[float] = []
    dispatches: list[float] = []
    for number in range(rounds):
        report("reactions")
        for start in range(count):
            entity, dispatch = _measured(folder / f"{number}-{start}")
            entities.append(entity)
            dispatches.append(dispatch)
    return [
        Mark("webhook to dispatch of what was due", median(dispatches), "s", _DISPATCH_SECONDS, at_most=True),
        Mark("push to the config repository to entity", median(entities), "s", _ENTITY_SECONDS, at_most=True),
    ]


def storm_marks(folder: Path, count: int, _rounds: int, report: Callable[[str], None]) -> list[Mark]:
    """Send `count` webhooks, a third of them twice, and kill the service in the middle.

    Raises:
        RunFailed: a webhook was lost, or was not acted on.
    """
    report("storm")
    try:
        with HookedWorld(folder / "world") as world:
            world.by_hand = False
            _until_entity(world)
            world.wait_until_settled()
            found = storm(world, count)
            world.wait_until_rebuilt(len(_REBUILT))
            stored, twice = world.deliveries() - 1, len(world.builds) - len({name for name, _ in world.builds})
    except TimeoutError as error:
        raise RunFailed(f"storm: {error}") from error
    if stored != found.different:
        raise RunFailed(f"storm: {stored} of {found.different} different webhooks were stored")
    name = f"storm of {count:,} webhooks"
    return [
        Mark(f"{name}: answers over 1 s", found.late, "answers", 0, at_most=True),
        Mark(f"{name}: rebuilt twice", twice, "images", 0, at_most=True),
        Mark(f"{name}: taken", count / found.seconds * 60, "a minute", 5000),
    ]


def _measured(folder: Path) -> tuple[float, float]:
    try:
        with HookedWorld(folder) as world:
            return _until_entity(world), _until_dispatch(world)
    except TimeoutError as error:
        raise RunFailed(f"reactions: {error}") from error


def _until_entity(world: HookedWorld) -> float:
    """From the push to the config repository to the entity in the catalog document."""
    world.wait_for_the_first_round()
    started = time.monotonic()
    world.enroll()
    world.config_pushed()
    return seconds_until(lambda: "name: portal" in world.catalog(), started)


def _until_dispatch(world: HookedWorld) -> float:
    """From the webhook about the end of the parent's build to the dispatch of the child, which was due before."""
    world.wait_until_settled()
    world.move()
    world.image_pushed()
    world.wait_for_dispatch("acme/base")
    started = time.monotonic()
    world.complete("acme/base")
    return world.wait_for_dispatch("acme/portal") - started
