"""Reports of build systems that arrive at the callback address of a rebuild."""

import json
from typing import Any

import pytest

from catalog.image import Conclusion
from provider.domain.events import BuildReported, Ignored
from provider.webhooks.builds import BUILDS
from provider.webhooks.received import ReceivedWebhook


def read(payload: dict[str, Any]) -> object:
    """What a report to the address of r-1 says."""
    return BUILDS.read(ReceivedWebhook({}, payload, json.dumps(payload).encode(), "r-1")).events


@pytest.mark.parametrize(
    ("payload", "event"),
    [
        ({"status": "running"}, BuildReported("r-1", "running", None, None)),
        ({"status": "success", "url": "https://ci/1"}, BuildReported("r-1", "success", None, "https://ci/1")),
        (
            {"status": "completed", "conclusion": "timed_out", "url": None},
            BuildReported("r-1", "completed", Conclusion.TIMED_OUT, None),
        ),
    ],
)
def test_a_report_that_can_be_read_is_an_event(payload: dict[str, Any], event: BuildReported) -> None:
    """The conclusion may be the status itself."""
    assert read(payload) == (event,)


@pytest.mark.parametrize(
    ("payload", "words"),
    [
        ({"status": "done"}, "known are queued, pending, running"),
        ({"status": "completed"}, "needs a conclusion"),
        ({"status": "success", "conclusion": "failure"}, "contradicts conclusion failure"),
        ({"status": "running", "conclusion": "success"}, "has no conclusion"),
    ],
)
def test_a_report_that_means_nothing_is_ignored_with_its_reason(payload: dict[str, Any], words: str) -> None:
    """The sender sees what it has to write."""
    found = read(payload)

    assert isinstance(found, Ignored)
    assert words in found.reason
