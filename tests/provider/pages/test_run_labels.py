"""Tests of where a build stands, in words."""

from provider.pages.run_labels import has_failed_jobs, run_sign, status_choices, word_sign
from proxy.github.run_types import STATUSES
from tests.provider.pages.upstream_web import run


def test_a_conclusion_wins_once_there_is_one() -> None:
    """What goes on shows its status."""
    assert run_sign(run(1, conclusion="failure")).word == "Failed"
    assert run_sign(run(1, status="in_progress", conclusion=None)).word == "Running"
    assert run_sign(run(1, conclusion=None)).word == "Completed"


def test_a_word_that_is_new_is_shown_as_it_is() -> None:
    """GitHub may add some; nothing known is among the unknown."""
    assert word_sign("held_back").word == "Held back"
    assert all(word_sign(status).icon != "?" for status in STATUSES)
    assert len(set(status_choices().values())) == len(STATUSES)


def test_failed_jobs_are_those_of_what_ended_badly() -> None:
    """Where a workflow did not even start there are none."""
    ends = ["failure", "timed_out", "cancelled", "success", "startup_failure", "skipped"]
    assert [has_failed_jobs(run(1, conclusion=end)) for end in ends] == [True, True, True, False, False, False]
    assert not has_failed_jobs(run(1, status="in_progress", conclusion=None))
