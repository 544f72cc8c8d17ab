"""Several machines, one of which has a wrong clock for a while."""

from datetime import timedelta

import pytest

from proxy.http.clock_skew import ClockDifference
from tests.provider.services.world import DAY, MINUTE, NODE, WINDOW, Company, settled


def _by(minutes: int) -> ClockDifference:
    return ClockDifference(timedelta(minutes=minutes), ("ghcr.io", "quay.io"))


def _seen_by_a_machine_that_is(minutes: int) -> Company:
    """node:22 moves, and the machine that sees it has a clock that is ahead by this."""
    company = settled(skew=_by(0))
    company.move(NODE, "node 1")
    company.now += timedelta(minutes=minutes)
    company.skew = _by(minutes)
    company.after(MINUTE)
    company.now -= timedelta(minutes=minutes)
    company.skew = _by(0)
    return company


@pytest.mark.parametrize("days", [1, 30, 36_000])
def test_a_clock_that_was_ahead_holds_no_rebuild_up(days: int) -> None:
    """What was seen in the future counts as seen now, as soon as a clock that is right is there."""
    company = _seen_by_a_machine_that_is(days * 24 * 60)

    company.after(MINUTE)
    assert company.snapshot.read().bases["node-22"].ledger.observations[-1].first_seen == company.now
    company.after(7 * DAY)
    company.after(WINDOW)

    assert len(company.builds.started) == 1


def test_a_clock_that_is_ahead_and_has_nothing_to_compare_corrects_nothing() -> None:
    """Where no other host tells the time, ours may be behind: then nothing is changed."""
    company = _seen_by_a_machine_that_is(60)
    before = company.snapshot.read().bases["node-22"]
    company.skew = None

    company.after(MINUTE)

    assert company.snapshot.read().bases["node-22"] == before


def test_a_clock_that_was_behind_makes_no_rebuild_early() -> None:
    """A digest that a machine saw whose clock was two days behind ages from the time at which others see it."""
    company = _seen_by_a_machine_that_is(-2 * 24 * 60)

    company.after(7 * DAY - 2 * MINUTE)
    company.after(MINUTE)
    assert len(company.builds.started) == 0

    company.after(MINUTE)
    company.after(WINDOW)
    assert len(company.builds.started) == 1
