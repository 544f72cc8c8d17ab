"""A replay of the state that real rounds wrote gives the rebuilds that those rounds started.

The rounds are the services over fakes of the registry and the build system, so the state is what the product writes.
"""

import random
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from catalog.reference import Digest
from provider.domain.plan import BuildCaps
from provider.domain.simulation.policies import RECORDED, WhatIf
from provider.domain.simulation.simulating import Rules, simulate
from provider.domain.snapshot import Snapshot
from tests.provider.domain.simulation.test_replay import builds, replayed
from tests.provider.services.world import DAY, HOUR, START, Company

STEP = 2 * HOUR
PYTHON = "docker.io/library/python:3.13"
GO = "docker.io/library/golang:1.25"
Build = tuple[datetime, str, list[tuple[str, Digest]]]


def worked(seed: int, caps: BuildCaps) -> Company:
    """Five images over forty days: bases move, and sometimes back; each build takes two hours."""
    chance = random.Random(seed)  # noqa: S311 - a repeatable world, no secret
    company = Company(caps=caps)
    contents = {name: [f"{name} 0"] for name in ("docker.io/library/node:22", PYTHON, GO)}
    for name, found in contents.items():
        company.move(name, found[0])
    company.enroll("portal", rebuild_delay=DAY)
    company.enroll("api", f"FROM {GO} AS build\nFROM {PYTHON}\nCOPY --from=build /app /app\n", rebuild_delay=3 * DAY)
    company.enroll("child", "FROM ghcr.io/acme/portal:latest\n", rebuild_delay=DAY)
    company.enroll("both", f"FROM ghcr.io/acme/api:latest\nCOPY --from={PYTHON} /x /x\n", rebuild_delay=2 * DAY)
    company.enroll("held", rebuild_delay=DAY, auto_rebuild=False)
    company.round.run()
    for number in range(40 * 12):
        company.now += STEP
        for name, found in contents.items():
            if chance.random() < 0.03:
                back = len(found) > 1 and chance.random() < 0.2
                found.append(found[-2] if back else f"{name} {number}")
                company.move(name, found[-1])
        for name, image in company.snapshot.read().images.items():
            if image.active:
                company.finish(name)
        company.round.run()
    return company


def recorded(snapshot: Snapshot) -> list[Build]:
    """When each image was built on which digests of bases."""
    return sorted(
        (
            record.dispatched_at or START,
            name,
            sorted((each.name, each.digest) for each in record.targets if each.name in snapshot.bases),
        )
        for name, image in snapshot.images.items()
        for record in image.rebuilds
    )


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("most", [10, 1])
def test_a_replay_gives_the_rebuilds_of_the_rounds(seed: int, most: int) -> None:
    """Stages, images that are built from images, delays that differ, tags that return, a cap or none."""
    caps = BuildCaps(window=STEP, builds=most)
    company = worked(seed, caps)
    snapshot = company.snapshot.read()

    found = replayed(snapshot, caps, company.now)

    assert len(recorded(snapshot)) > 20
    assert builds(found.started, snapshot) == recorded(snapshot)


def test_the_figures_of_the_present_policy_are_those_of_what_was_recorded() -> None:
    """Where nobody interfered, both columns are the same."""
    caps = BuildCaps(window=STEP)
    company = worked(1, caps)

    found = simulate(
        company.now,
        company.snapshot.read(),
        WhatIf(41 * DAY),
        Rules(caps, "group:default/x"),
        lambda *_: lambda _: None,
        {},
    )
    record, present = found.columns

    assert (record.label, found.since) == (RECORDED, START)
    assert replace(record, label=present.label, policy=present.policy) == present
    assert record.median_behind is not None
    assert record.median_behind > timedelta(days=1)
