"""Several processes over one config repository: each rebuild is sent once, however slow one of them is."""

import threading
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest

from provider.jobs.process_locks import FileLocks
from provider.services.dispatching.claim import DispatchClaims
from provider.services.round import Round
from tests.provider.services.world import DAY, HOUR, MINUTE, NODE, Company, due, enrolled

HELD_UP = timedelta(seconds=61)
"""Longer than the time after which a request that is not in the list of runs counts as not sent."""


class HeldUp:
    """A dispatch that does not go on before the test says so, as in a machine that was suspended."""

    def __init__(self, company: Company) -> None:
        self.begun, self.goes_on = threading.Event(), threading.Event()
        self._dispatch = company.builds.dispatch
        company.builds.dispatch = self

    def __call__(self, request: object) -> object:
        """Wait, then send."""
        self.begun.set()
        assert self.goes_on.wait(60)
        return self._dispatch(request)


def follow(turn: Round) -> None:
    """The turn that follows running builds."""
    turn.follow()


def everything(turn: Round) -> None:
    """The turn over everything."""
    turn.run()


@pytest.fixture
def claims(tmp_path: Path) -> DispatchClaims:
    """The claim, as the processes of one machine have it."""
    return partial(FileLocks(tmp_path / "claims").acquire, "dispatching")


@pytest.mark.parametrize("turn", [follow, everything])
def test_a_request_of_a_process_that_is_held_up_is_not_sent_by_another_one(
    claims: DispatchClaims, turn: Callable[[Round], None]
) -> None:
    """It has recorded that it sends, and has not sent yet; a minute later the other one finds no run of it."""
    company = due(claims=claims)
    company.now += 8 * DAY
    slow, held = company.round, HeldUp(company)
    sender = threading.Thread(target=slow.run)
    sender.start()
    assert held.begun.wait(60)

    company.restart()
    company.now += HELD_UP
    turn(company.round)
    sent_meanwhile = len(company.builds.dispatches)
    held.goes_on.set()
    sender.join()
    turn(company.round)

    assert sent_meanwhile == 0
    assert len(company.builds.dispatches) == 1


def test_a_request_of_a_process_that_was_killed_is_sent_by_another_one(claims: DispatchClaims) -> None:
    """Its claim is gone with it."""
    company = due(claims=claims)
    company.now += 8 * DAY
    company.builds.dispatch, dispatch = _killed, company.builds.dispatch
    with pytest.raises(_Killed):
        company.round.run()
    company.builds.dispatch = dispatch

    company.restart()
    company.now += HELD_UP
    company.round.follow()

    assert len(company.builds.dispatches) == 1


def test_what_is_due_while_another_process_sends_is_done_in_the_next_turn(claims: DispatchClaims) -> None:
    """It is shown as due meanwhile, and nothing is lost."""
    company = due(claims=claims)
    company.now += 8 * DAY
    other = claims()
    assert other
    with other:
        company.round.run()
    before = len(company.builds.dispatches), company.status()[0]

    company.after(MINUTE)

    assert before == (0, "due")
    assert len(company.builds.dispatches) == 1


class _Lost:
    """A claim that is lost after the first request, with the connection to the database."""

    def __init__(self) -> None:
        self._asked = 0
        self._lock = threading.Lock()

    def held(self) -> bool:
        """True once."""
        with self._lock:
            self._asked += 1
            return self._asked == 1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing is left to release."""


def test_nothing_more_is_sent_after_the_claim_is_lost() -> None:
    """The rest is recorded as not sent, and the process that has the claim sends it."""
    company = Company(claims=_Lost)
    company.move(NODE, "node 0")
    for name in ("a", "b", "c"):
        company.have(enrolled(name))
        company.snapshot.enroll(enrolled(name))
    company.round.run()
    company.move(NODE, "node 1")
    company.after(HOUR)
    company.after(8 * DAY)

    assert len(company.builds.dispatches) == 1
    assert sorted(company.last(name).sending for name in ("a", "b", "c")) == [False, False, False]


class _Killed(BaseException):
    """The process ends here."""


def _killed(_: object) -> object:
    raise _Killed
