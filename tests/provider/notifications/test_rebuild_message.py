"""What is told of one rebuild."""

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
def test_how_far_it_is(record: RebuildState, state: str) -> None:
    """It has ended once its new digest is read."""
    assert rebuild_body("portal", record)["state"] == state


def test_another_try_is_nothing_new() -> None:
    """Counters and times of tries are not shown."""
    again = replace(ASKED, asked=3, asked_at=START + timedelta(hours=1), sending=True)
    assert rebuild_body("portal", again) == rebuild_body("portal", ASKED)


def test_it_says_why_and_by_whom() -> None:
    """The service itself is not named."""
    body = rebuild_body("portal", ASKED)
    cause = {"name": "node-22", "reference": "node:22", "digest": digest("b"), "previousDigest": digest("a")}

    assert (body["causes"], body["reason"], body["requestedBy"]) == ([cause], "node:22 moved", "")
    assert rebuild_body("portal", replace(ASKED, requested_by="user:default/ada"))["requestedBy"] == "user:default/ada"
