"""What follows on what in the course of one rebuild."""

from dataclasses import replace
from datetime import timedelta

import pytest

from catalog.image import Conclusion
from provider.domain.build_request import Dispatched, Run
from provider.domain.rebuild import Rebuild
from provider.domain.rebuild_record import (
    MOST_REQUESTS,
    adopted,
    answered,
    asked_again,
    built,
    ended,
    intended,
    request_of,
)
from provider.domain.state import RebuildStage, RebuildState
from proxy.errors import OutcomeUnknown, Refused, Unavailable
from tests.provider.domain.samples import HOUR, START, WINDOW, decided, dependency, digest, image, ledger

DECISION = decided(8 * 24 * HOUR, ledger(("a", timedelta(0)), ("b", HOUR)))
PORTAL = image("portal", dependency())


def intent() -> RebuildState:
    """A rebuild that was just decided."""
    assert isinstance(DECISION, Rebuild)
    return intended(START, "r-1", DECISION)


def test_an_intent_counts_as_sent() -> None:
    """From its commit on, a request may be on its way."""
    assert (intent().stage, intent().sending, intent().asked) == (RebuildStage.REQUESTED, True, 1)


def test_the_request_names_every_target_by_digest() -> None:
    """And nothing is asked where the enrollment names no workflow."""
    request = request_of(PORTAL.enrollment, intent())
    assert request
    assert [(target.image.image, target.image.tag, target.digest) for target in request.targets] == [
        ("docker.io/library/node", "22", digest("b"))
    ]
    assert request_of(replace(PORTAL.enrollment, build=None), intent()) is None


def test_pauses_grow_up_to_an_hour_and_asking_ends() -> None:
    """A build system that never takes it is a failure in the end, with its words."""
    record, pauses = intent(), []
    while record.active:
        record = answered(START, record, Unavailable("busy"))
        if record.retry_at:
            pauses.append(record.retry_at - START)
            record = asked_again(START, record)

    assert pauses[:3] == [timedelta(seconds=30), timedelta(minutes=1), timedelta(minutes=2)]
    assert pauses == sorted(pauses)
    assert len(pauses) == MOST_REQUESTS - 1
    assert record.error == f"busy; {MOST_REQUESTS} requests were sent"


def test_only_an_unknown_outcome_uses_up_the_second_request() -> None:
    """What was certainly not carried out may be asked again as before."""
    unknown = asked_again(START, answered(START, intent(), OutcomeUnknown("no answer")))
    limited = asked_again(START, answered(START, intent(), Unavailable("busy", START + HOUR)))

    assert (unknown.resent, limited.resent) == (True, False)
    assert unknown.sending
    assert limited.sending


def test_a_refusal_is_final() -> None:
    """Nobody waits for it any more."""
    record = answered(START, intent(), Refused("no such workflow"))

    assert (record.failed, record.active, record.error) == (True, False, "no such workflow")


def test_a_run_that_is_adopted_keeps_what_the_answer_told() -> None:
    """When it was dispatched, and what could not be passed."""
    taken = answered(START, intent(), Dispatched(None, None, ("reason",)))
    record = adopted(START + WINDOW, taken, Run("7", "https://ci.example.org/7", "queued", None))

    assert (record.run_id, record.dispatched_at, record.not_passed) == ("7", START, ("reason",))


@pytest.mark.parametrize("conclusion", list(Conclusion))
def test_only_a_success_waits_for_its_digest(conclusion: Conclusion) -> None:
    """Any other end is the end."""
    record = ended(START, intent(), Run("7", None, "completed", conclusion, START))

    assert record.active == (conclusion is Conclusion.SUCCESS)


def test_after_a_success_the_image_stands_on_what_was_passed() -> None:
    """And the rebuild knows which digest it made."""
    after = built(START + HOUR, PORTAL.with_record(intent()), intent(), digest("new"))

    (edge,) = after.dependencies
    assert edge.built_on
    assert edge.built_on.digest == digest("b")
    assert after.wave_of(digest("new")) == intent().wave
