"""The body of the message about a rebuild."""

from dataclasses import replace
from datetime import timedelta

import pytest

from catalog.image import Conclusion
from provider.domain.state import CauseState, RebuildStage, RebuildState
from provider.notifications.rebuild_message import rebuild_body
from tests.provider.domain.samples import START, digest

CAUSE = CauseState("node-22", "node:22", digest("b"), digest("a"), START, START)
ASKED = RebuildState("r-1", "key", START, START, (CAUSE,), (), "node:22 moved")
TAKEN = replace(ASKED, stage=RebuildStage.DISPATCHED)
RUNNING = replace(TAKEN, run_id="7", url="https://ci.example.com/7")
PUSHED = replace(RUNNING, stage=RebuildStage.COMPLETED, conclusion=Conclusion.SUCCESS)


@pytest.mark.parametrize(
    ("record", "state"),
    [
        (ASKED, "requested"),
        (TAKEN, "dispatched"),
        (RUNNING, "running"),
        (PUSHED, "running"),
        (replace(PUSHED, settled=True), "success"),
        (replace(PUSHED, settled=True, conclusion=Conclusion.TIMED_OUT), "timed_out"),
    ],
)
def test_the_state_of_a_rebuild(record: RebuildState, state: str) -> None:
    """It ends when its new digest has been read."""
    assert rebuild_body("portal", record)["state"] == state


def test_another_try_does_not_change_the_body() -> None:
    """The number and the times of tries are not part of it."""
    again = replace(ASKED, asked=3, asked_at=START + timedelta(hours=1), sending=True)
    assert rebuild_body("portal", again) == rebuild_body("portal", ASKED)


def test_the_body_has_the_causes_the_reason_and_the_person() -> None:
    """For rebuilds of the service itself the person is empty."""
    body = rebuild_body("portal", ASKED)
    cause = {"name": "node-22", "reference": "node:22", "digest": digest("b"), "previousDigest": digest("a")}

    assert (body["causes"], body["reason"], body["requestedBy"]) == ([cause], "node:22 moved", "")
    assert rebuild_body("portal", replace(ASKED, requested_by="user:default/ada"))["requestedBy"] == "user:default/ada"


def test_an_emergency_is_announced_as_one() -> None:
    """Channels show it first."""
    assert rebuild_body("portal", ASKED)["emergency"] is False
    assert rebuild_body("portal", replace(ASKED, emergency=True))["emergency"] is True
