"""Tests of the answers of the web part: one at a time, within a time limit, and kept while nothing changes."""

import threading
from contextlib import suppress
from datetime import timedelta

import pytest

from provider.domain.simulation.policies import WhatIf
from provider.services.simulation.kept_answers import SimulationBusy, SimulationTooLong, SimulationUnfinished
from tests.provider.simulation_world import SimulationWorld

ASKED = WhatIf(delays=(timedelta(days=1),))


def test_an_answer_is_kept_while_nothing_changes() -> None:
    """The same question reads nothing again; another question, another state or a later hour is computed."""
    world = SimulationWorld()
    first = world.simulations.answer(ASKED)

    assert world.simulations.answer(ASKED) is first
    assert world.reads == 1
    world.simulations.answer(WhatIf())
    assert world.reads == 2
    world.tag = "2"
    assert world.simulations.answer(ASKED) is not first
    assert world.reads == 3
    world.now += timedelta(minutes=59)
    world.simulations.answer(ASKED)
    assert world.reads == 3
    world.now += timedelta(minutes=1)
    world.simulations.answer(ASKED)
    assert world.reads == 4


def test_one_question_is_answered_at_a_time() -> None:
    """Others are told at once; a known answer is given meanwhile."""
    world = SimulationWorld()
    known = world.simulations.answer(WhatIf())
    reached, go_on = threading.Event(), threading.Event()

    def wait() -> None:
        reached.set()
        assert go_on.wait(30)

    world.reading = wait
    thread = threading.Thread(target=world.simulations.answer, args=(ASKED,))
    thread.start()
    assert reached.wait(30)
    with pytest.raises(SimulationBusy, match="only one is at a time"):
        world.simulations.answer(ASKED)
    assert world.simulations.answer(WhatIf()) is known
    go_on.set()
    thread.join()
    world.reading = lambda: None
    assert world.simulations.answer(ASKED).asked == ASKED
    assert world.reads == 2


def test_an_answer_that_takes_too_long_ends_and_names_the_command() -> None:
    """The next question is answered."""
    world = SimulationWorld(step=1.0)
    with pytest.raises(SimulationTooLong, match="run 'image-factory simulate'"):
        world.simulations.answer(ASKED)
    world.step = 0.0
    assert world.simulations.answer(ASKED).images == 12


def test_an_answer_goes_on_where_the_last_request_ended() -> None:
    """Each request adds policies, for one moment; in the end all are there, as if they were computed at once."""
    asked = WhatIf(delays=tuple(timedelta(days=number) for number in range(6)))
    at_once = SimulationWorld().simulations.answer(asked)
    # So many readings of the clock are enough for some policies.
    world = SimulationWorld(step=0.08)
    with pytest.raises(SimulationUnfinished, match="computed so far: recorded"):
        world.simulations.answer(asked)
    found = None
    for _ in range(20):
        world.now += timedelta(minutes=1)
        with suppress(SimulationUnfinished):
            found = world.simulations.answer(asked)
            break

    assert found == at_once


def test_only_the_newest_answers_are_kept() -> None:
    """The oldest of more than 32 is computed again."""
    world = SimulationWorld()
    for number in range(1, 34):
        world.simulations.answer(WhatIf(timedelta(hours=number)))
    assert world.reads == 33
    world.simulations.answer(WhatIf(timedelta(hours=33)))
    assert world.reads == 33
    world.simulations.answer(WhatIf(timedelta(hours=1)))
    assert world.reads == 34
