"""Each step over rebuilds and images ends in the time of a round, and goes on with the rest in the next one."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from provider.domain.plan import BuildCaps
from provider.domain.state import RebuildStage
from tests.fakes.registry import Call
from tests.provider.services.world import DAY, HOUR, MINUTE, NODE, WINDOW, Company

NAMES = [f"image-{number:02}" for number in range(30)]
SLOW = 20.0
"""Seconds that a request takes: so many that a few fill a round."""


def due() -> Company:
    """A company in which thirty rebuilds are due."""
    company = Company(caps=BuildCaps(WINDOW, builds=100, builds_per_source=100))
    company.move(NODE, "node 0")
    for name in NAMES:
        company.enroll(name)
    company.round.run()
    company.move(NODE, "node 1")
    company.after(HOUR)
    company.now += 7 * DAY + WINDOW
    return company


def slow(company: Company, call: Callable[..., Any]) -> Callable[..., Any]:
    """The same call, which takes its time."""

    def slowly(*arguments: Any, **options: Any) -> Any:
        company.seconds += SLOW
        return call(*arguments, **options)

    return slowly


@pytest.mark.parametrize("ids_shown", [True, False])
def test_a_request_that_was_not_begun_is_sent_in_a_later_round_and_never_twice(ids_shown: bool) -> None:
    """The record says that it was not sent, so it is no unknown outcome, and no search is made for its run."""
    company = due()
    company.builds.ids_shown = ids_shown
    company.builds.dispatch = slow(company, company.builds.dispatch)
    company.round.run()

    first = len(company.builds.dispatches)
    assert 0 < first < len(NAMES)
    left = [company.last(name) for name in NAMES if company.last(name).stage is RebuildStage.REQUESTED]
    assert [(each.sending, each.asked, each.error) for each in left] == [(False, 0, None)] * (len(NAMES) - first)
    for _ in NAMES:
        company.now += MINUTE
        company.round.follow()
    assert Counter(each.rebuild_id for each in company.builds.dispatches) == {
        company.last(each).id: 1 for each in NAMES
    }
    assert not any(company.last(name).resent for name in NAMES)


def test_digests_that_are_not_checked_in_time_do_not_stop_others_for_ever() -> None:
    """In the next round other images come first; after some rounds every image was built."""
    company = due()
    company.registry.exists = slow(company, company.registry.exists)  # type: ignore[method-assign]
    company.round.run()
    assert 0 < len(company.builds.dispatches) < len(NAMES)

    for _ in NAMES:
        company.now += MINUTE
        company.round.follow()
    assert Counter(each.source.repo for each in company.builds.dispatches) == {f"acme/{name}": 1 for name in NAMES}


def test_a_slow_build_system_keeps_no_rebuild_from_being_followed() -> None:
    """All are asked for beside the round, whose time does not count for it, and each once."""
    company = due()
    company.round.run()
    company.builds.run = slow(company, company.builds.run)
    company.builds.looks.clear()
    company.now += MINUTE
    company.round.follow()
    assert Counter(each.rebuild_id for each in company.builds.looks) == {company.last(each).id: 1 for each in NAMES}


def test_what_images_are_built_from_is_learned_in_turn() -> None:
    """A registry that is slow does not hold a round; after some rounds it was learned of every image."""
    company = Company()
    company.move(NODE, "node 0")
    for name in NAMES:
        company.enroll(name)

    def wait(call: Call) -> None:
        if call.method == "labels":
            company.seconds += SLOW

    company.registry.on_call = wait
    company.round.run()
    learned = [name for name in NAMES if company.image(name).dependencies[0].built_on]
    assert 0 < len(learned) < len(NAMES)

    for _ in NAMES:
        company.after(MINUTE)
    assert all(company.image(name).dependencies[0].built_on for name in NAMES)
