"""Tests of labels and signs of workflow runs."""

from provider.pages.image.run_labels import has_failed_jobs, run_sign, status_choices, word_sign
from proxy.github.run_types import STATUSES
from tests.provider.pages.upstream_web import run


def test_a_conclusion_is_shown_instead_of_the_status() -> None:
    """A run in progress shows its status."""
    assert run_sign(run(1, conclusion="failure")).word == "Failed"
    assert run_sign(run(1, status="in_progress", conclusion=None)).word == "Running"
    assert run_sign(run(1, conclusion=None)).word == "Completed"


def test_an_unknown_state_is_shown_as_it_is() -> None:
    """GitHub may add states; every known state has a different sign."""
    assert word_sign("held_back").word == "Held back"
    assert all(word_sign(status).icon != "?" for status in STATUSES)
    assert len(set(status_choices().values())) == len(STATUSES)


def test_only_failed_runs_have_failed_jobs() -> None:
    """A run that did not start has no failed jobs."""
    ends = ["failure", "timed_out", "cancelled", "success", "startup_failure", "skipped"]
    assert [has_failed_jobs(run(1, conclusion=end)) for end in ends] == [True, True, True, False, False, False]
    assert not has_failed_jobs(run(1, status="in_progress", conclusion=None))
