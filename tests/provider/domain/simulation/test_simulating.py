"""Tests of the answer to a question: its period, its policies and its notes."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from provider.domain.plan import BuildCaps
from provider.domain.simulation.figures import Simulated
from provider.domain.simulation.policies import WhatIf
from provider.domain.simulation.simulating import Rules, simulate
from provider.domain.snapshot import Snapshot
from tests.provider.domain.simulation.organisations import DAY, NOW, digest, organisation
from tests.provider.domain.simulation.test_completeness import current

RULES = Rules(BuildCaps(), "group:default/platform")


def answered(snapshot: Snapshot, asked: WhatIf | None = None, rules: Rules = RULES) -> Simulated:
    """The answer."""
    return simulate(NOW, snapshot, asked or WhatIf(), rules, lambda *_: lambda _: None, {})


def labels(asked: WhatIf) -> list[str]:
    """The policies of an answer."""
    return [column.label for column in answered(organisation(1, 1, 1, 10, 1), asked).columns]


def test_each_delay_is_a_policy_beside_what_was_recorded_and_the_present_one() -> None:
    """Without a delay, another window or limit is one policy; without any, there are two columns."""
    assert labels(WhatIf()) == ["recorded", "present policy"]
    assert labels(WhatIf(delays=(timedelta(0), DAY))) == ["recorded", "present policy", "no delay", "1d delay"]
    assert labels(WhatIf(window=timedelta(0), builds=1))[2:] == ["present delays, no window, 1 build at a time"]
    assert labels(WhatIf(builds=RULES.caps.builds)) == ["recorded", "present policy"]


def test_the_period_is_what_was_asked_for_where_the_history_is_longer() -> None:
    """The replay begins before it, so it has no builds that catch up."""
    found = answered(organisation(1, 20, 4, 120, 12), WhatIf(30 * DAY, (DAY,)))
    assert found.since == NOW - 30 * DAY
    assert not any("catches up" in note for note in found.notes)
    assert len(found.columns[0].weeks) == 5


def test_the_period_is_shorter_where_nothing_is_known() -> None:
    """Since the first enrollment."""
    found = answered(organisation(1, 20, 4, 10, 3))
    assert found.since == NOW - 10 * DAY
    assert found.notes[0] == "Nothing is known from before 19 Nov 2026: the figures begin there."
    assert any("catches up" in note for note in found.notes)


def test_nothing_is_said_about_a_time_whose_history_was_removed() -> None:
    """By the settings, or by what the histories show."""
    found = answered(organisation(1, 20, 4, 60, 3), rules=replace(RULES, kept=20 * DAY))
    assert found.since == NOW - 20 * DAY

    whole = current(organisation(1, 5, 3, 90, 30))
    base = whole.bases["base-0"]
    cut = replace(base, ledger=replace(base.ledger, observations=base.ledger.observations[10:]))
    found = answered(replace(whole, bases={**whole.bases, "base-0": cut}))
    assert found.since == cut.ledger.observations[0].first_seen
    assert found.notes[0].startswith("Older parts of the histories were removed: the figures begin on ")


def test_the_notes_say_what_applies() -> None:
    """Build times, pushes of others, digests that are gone, images that are not rebuilt."""
    snapshot = organisation(1, 3, 1, 30, 4)
    one, two, three = snapshot.images.values()
    base = snapshot.bases["base-0"]
    changed = replace(
        snapshot,
        images={
            one.name: replace(one, ledger=one.ledger.observe(NOW - DAY, digest(5), {})),
            two.name: replace(two, rebuilds=(), enrollment=replace(two.enrollment, auto_rebuild=False)),
            three.name: replace(three, enrollment=replace(three.enrollment, build=None)),
        },
        bases={"base-0": replace(base, ledger=base.ledger.without(base.ledger.observations[2].digest))},
    )

    notes = " ".join(answered(changed).notes)

    assert "1 image without one: " in notes
    assert "1 image was pushed by builds of others" in notes
    assert "1 digest is no longer in the registry" in notes
    assert "2 images are not rebuilt automatically" in notes
    bare = {name: replace(image, rebuilds=()) for name, image in snapshot.images.items()}
    assert "each build is assumed to take 10m" in " ".join(answered(replace(snapshot, images=bare)).notes)


@pytest.mark.parametrize("asked", [WhatIf(), WhatIf(owner="group:default/nobody")])
def test_without_images_there_are_no_figures(asked: WhatIf) -> None:
    """Nothing fails."""
    snapshot = organisation(1, 0 if asked.owner is None else 3, 1, 30, 4)
    found = answered(snapshot, asked)
    assert found.images == 0
    assert [(column.builds, column.median_behind, column.worst) for column in found.columns] == [(0, None, ())] * 2


def test_only_the_images_of_the_owner_get_the_delay() -> None:
    """The others keep theirs, and are not counted."""
    snapshot = organisation(2, 6, 2, 60, 6)
    mine = {
        name: replace(
            image, enrollment=replace(image.enrollment, owner="group:default/Payments" if place < 2 else None)
        )
        for place, (name, image) in enumerate(snapshot.images.items())
    }
    found = answered(replace(snapshot, images=mine), WhatIf(delays=(DAY,), owner="group:default/payments"))
    assert found.images == 2
    assert {each.name for column in found.columns for each in column.worst} == {"image-0", "image-1"}


def test_progress_is_reported_for_each_column() -> None:
    """With the times of the replay, in order."""
    seen: list[tuple[str, list[datetime]]] = []

    def ticks(label: str, _start: datetime, _end: datetime) -> object:
        seen.append((label, []))
        return seen[-1][1].append

    simulate(NOW, organisation(1, 3, 2, 30, 4), WhatIf(delays=(DAY,)), RULES, ticks, {})  # type: ignore[arg-type]
    assert [label for label, _ in seen] == ["recorded", "present policy", "1d delay"]
    assert all(times == sorted(set(times)) for _, times in seen)
