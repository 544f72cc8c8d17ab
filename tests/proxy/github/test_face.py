"""Tests of how long the face's answers stay fresh; what it answers is tested over HTTP."""

from datetime import timedelta

import pytest

from proxy.github.face import FRESH_ENDED, FRESH_RUNNING, FRESH_STANDING, fresh_for

DONE, MOVING = {"status": "completed"}, {"status": "queued"}


@pytest.mark.parametrize(
    ("template", "document", "fresh"),
    [
        ("repository", {"status": "queued"}, FRESH_STANDING),
        ("branches", [], FRESH_STANDING),
        ("workflows", {"workflows": []}, FRESH_STANDING),
        ("run", DONE, FRESH_ENDED),
        ("job", MOVING, FRESH_RUNNING),
        ("attempt", None, FRESH_RUNNING),
        ("runs", {"workflow_runs": [DONE, DONE]}, FRESH_ENDED),
        ("workflow-runs", {"workflow_runs": [DONE, MOVING]}, FRESH_RUNNING),
        ("jobs", {"jobs": [DONE]}, FRESH_ENDED),
        ("attempt-jobs", {"jobs": "?"}, FRESH_RUNNING),
    ],
)
def test_what_may_still_move_is_asked_sooner(template: str, document: object, fresh: timedelta) -> None:
    """Runs and jobs until they have ended; what nobody understands counts as moving."""
    assert fresh_for(template, document) == fresh
