"""How long answers of the GitHub proxy stay fresh; the answers are tested over HTTP."""

from datetime import timedelta

import pytest

from proxy.github.face import FRESH_ENDED, FRESH_RUNNING, FRESH_UNCHANGING, fresh_for

DONE, MOVING = {"status": "completed"}, {"status": "queued"}


@pytest.mark.parametrize(
    ("template", "document", "fresh"),
    [
        ("repository", {"status": "queued"}, FRESH_UNCHANGING),
        ("branches", [], FRESH_UNCHANGING),
        ("workflows", {"workflows": []}, FRESH_UNCHANGING),
        ("run", DONE, FRESH_ENDED),
        ("job", MOVING, FRESH_RUNNING),
        ("attempt", None, FRESH_RUNNING),
        ("runs", {"workflow_runs": [DONE, DONE]}, FRESH_ENDED),
        ("workflow-runs", {"workflow_runs": [DONE, MOVING]}, FRESH_RUNNING),
        ("jobs", {"jobs": [DONE]}, FRESH_ENDED),
        ("attempt-jobs", {"jobs": "?"}, FRESH_RUNNING),
    ],
)
def test_unfinished_runs_stay_fresh_for_a_short_time(template: str, document: object, fresh: timedelta) -> None:
    """Runs and jobs count as unfinished until their status is completed."""
    assert fresh_for(template, document) == fresh
