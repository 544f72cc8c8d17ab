"""What a report of a build system means."""

import pytest

from catalog.image import Conclusion
from provider.domain.build_request import Run
from provider.domain.events import BuildReported
from provider.domain.events.build_reports import report_problem, run_of
from tests.provider.builds.samples import NOW

URL = "https://ci.example.org/1"


@pytest.mark.parametrize("status", ["queued", "pending", "running", "in_progress"])
def test_a_build_that_has_not_ended_keeps_its_status(status: str) -> None:
    """It has neither a conclusion nor an end."""
    assert report_problem(status, None) is None
    assert run_of(BuildReported("r-1", status, None, URL), NOW) == Run("r-1", URL, status, None)


@pytest.mark.parametrize("conclusion", list(Conclusion))
def test_an_end_is_said_by_the_conclusion_or_by_the_status(conclusion: Conclusion) -> None:
    """Both mean the same, alone and together."""
    for status, said in (("completed", conclusion), (conclusion.value, None), (conclusion.value, conclusion)):
        assert report_problem(status, said) is None
        for url in (None, URL):
            run = run_of(BuildReported("r-1", status, said, url), NOW)
            assert run == Run("r-1", url, "completed", conclusion, NOW)


@pytest.mark.parametrize(
    ("status", "conclusion", "words"),
    [
        ("done", None, "known are queued, pending, running, in_progress, completed, success, failure"),
        ("", None, "not known"),
        ("Success", None, "not known"),
        ("completed", None, "needs a conclusion: success, failure, cancelled, timed_out"),
        ("running", Conclusion.SUCCESS, "has no conclusion"),
        ("success", Conclusion.FAILURE, "contradicts conclusion failure"),
    ],
)
def test_what_cannot_be_read_is_refused(status: str, conclusion: Conclusion | None, words: str) -> None:
    """The message says what is known."""
    assert words in (report_problem(status, conclusion) or "")


def test_an_address_with_control_characters_is_dropped() -> None:
    """The result counts all the same."""
    assert run_of(BuildReported("r-1", "success", None, "https://a\0b"), NOW).url is None
