"""Organisations with a recorded history: random, and the same for each seed."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from catalog.image import Conclusion, DependencyRole, DiscoveryStatus, Evidence
from catalog.reference import Digest, ImageReference
from provider.domain.enrollment import Build, Enrollment, Source
from provider.domain.ledger import BuiltOn, Ledger
from provider.domain.policy.rules import NO_POLICY
from provider.domain.snapshot import Snapshot
from provider.domain.state import BaseState, DependencyState, ImageState, RebuildStage, RebuildState

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
PLATFORMS = ("linux/amd64", "linux/arm64")


def digest(number: int) -> Digest:
    """A different digest for each number."""
    return Digest(f"sha256:{number:064x}")


def seen(ledger: Ledger, at: datetime, number: int) -> Ledger:
    """The ledger after a check that found an index with this number."""
    return ledger.observe(at, digest(number), {name: digest(number + place) for place, name in enumerate(PLATFORMS, 1)})


def base(name: str, ledger: Ledger, found: datetime) -> BaseState:
    """A base image of Docker Hub."""
    return BaseState(name, ImageReference("docker.io", f"library/{name}", "1"), found, ledger)


def image(
    name: str, below: list[BaseState | ImageState], enrolled_at: datetime, delay: timedelta = 7 * DAY
) -> ImageState:
    """An image that was enrolled then, on what its bases were."""
    source, build = Source("github", f"acme/{name}"), Build("github-actions", workflow="build.yml")
    enrollment = Enrollment(name, "ghcr.io", f"acme/{name}", source=source, build=build, rebuild_delay=delay)
    dependencies = tuple(_on(each, enrolled_at) for each in below)
    known = Ledger().observe(enrolled_at, digest(abs(hash(name)) % 2**40 + 2**50), {})
    return ImageState(enrollment, enrolled_at, known, DiscoveryStatus.SUCCESS, dependencies=dependencies)


def _on(found: BaseState | ImageState, at: datetime) -> DependencyState:
    reference = found.image if isinstance(found, BaseState) else found.enrollment.reference
    current = next(each for each in reversed(found.ledger.observations) if each.first_seen <= at)
    return DependencyState(
        found.name,
        str(reference),
        reference,
        ("from",),
        DependencyRole.FINAL,
        PLATFORMS if isinstance(found, BaseState) else (),
        built_on=BuiltOn(current.digest, at),
        evidence=Evidence.PASSED,
    )


def organisation(seed: int, images: int, bases: int, days: int, moves_a_base: int) -> Snapshot:
    """Images on one to three bases or images, whose bases moved at random, and whose builds once took some minutes."""
    chance = random.Random(seed)  # noqa: S311 - a repeatable world, no secret
    start = NOW - days * DAY
    made: dict[str, BaseState] = {}
    for number in range(bases):
        ledger = Ledger()
        moments = sorted(chance.randrange(days * 24 * 60) for _ in range(moves_a_base))
        for place, minutes in enumerate([0, *moments]):
            new = number * 10_000 + place * 10 + 1
            ledger = seen(ledger, start + minutes * MINUTE, new)
        made[f"base-{number}"] = base(f"base-{number}", ledger, start)
    found: dict[str, ImageState] = {}
    for number in range(images):
        below: list[BaseState | ImageState] = [*chance.sample(list(made.values()), chance.randint(1, min(2, bases)))]
        if number and chance.random() < 0.3:
            below.append(found[f"image-{chance.randrange(number)}"])
        found[f"image-{number}"] = _with_a_build(chance, image(f"image-{number}", below, start))
    return Snapshot("1", {name: each.enrollment for name, each in found.items()}, found, made, policy=NO_POLICY)


def _with_a_build(chance: random.Random, state: ImageState) -> ImageState:
    """The image with one recorded build from before its history, which shows how long builds take."""
    at = state.enrolled_at - DAY
    record = RebuildState(
        "1",
        "key",
        at,
        at,
        (),
        (),
        "because",
        stage=RebuildStage.COMPLETED,
        dispatched_at=at,
        completed_at=at + chance.randint(2, 12) * MINUTE,
        conclusion=Conclusion.SUCCESS,
        settled=True,
    )
    return replace(state, rebuilds=(record,))
