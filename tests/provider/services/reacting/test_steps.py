"""Tests of the turns of steps and reactions."""

import threading

from provider.services.reacting.steps import Steps

_SECONDS = 20


def test_a_reaction_goes_before_the_next_step() -> None:
    """A round that takes step after step lets it in, although it asked last."""
    steps, order = Steps(), list[str]()
    inside, waiting = threading.Event(), threading.Event()

    def rounds() -> None:
        for number in range(3):
            with steps.step("a step"):
                order.append(f"step {number}")
                inside.set()
                assert waiting.wait(_SECONDS)

    def react() -> None:
        with steps.reaction():
            order.append("reaction")

    running = threading.Thread(target=rounds)
    running.start()
    assert inside.wait(_SECONDS)
    reacting = threading.Thread(target=react)
    reacting.start()
    while not steps.reactions:
        threading.Event().wait(0.001)
    waiting.set()
    running.join(_SECONDS)
    reacting.join(_SECONDS)
    assert order == ["step 0", "reaction", "step 1", "step 2"]


def test_a_reaction_takes_steps_in_its_own_turn() -> None:
    """The turn is free again afterwards, also after an error."""
    steps = Steps()
    try:
        with steps.reaction(), steps.step("a step"), steps.step("a step"):
            raise ZeroDivisionError
    except ZeroDivisionError:
        pass
    others = threading.Thread(target=steps.step("a step").__enter__, daemon=True)
    others.start()
    others.join(_SECONDS)
    assert not others.is_alive()
