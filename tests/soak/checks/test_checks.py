"""A soak that cannot fail is worthless: each check finds what it is there for."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from soak.checks import CHECKS
from soak.evidence import Dispatch, Evidence, FaultWindow, ImageFacts, LogText, PassedBase, Published, Reading
from tests.soak.evidence_samples import BASE, BEGAN, PARENT, flat, good_evidence

_TRACEBACK = """\
2026-11-29 14:44:36 WARNING provider.jobs: the period round failed
Traceback (most recent call last):
  File "/x.py", line 1, in run
    do()
ValueError: {message}
2026-11-29 14:44:37 INFO provider: it goes on
"""


def _failed(evidence: Evidence) -> set[str]:
    return {line.name for check in CHECKS if not (line := check(evidence)).holds}


def _missed_change(evidence: Evidence) -> None:
    evidence.recorded = {BASE: frozenset({"sha256:b1"})}


def _lost_dispatch(evidence: Evidence) -> None:
    del evidence.dispatches[1]
    evidence.records = {"app-00000": frozenset({"r1"})}


def _request_sent_twice(evidence: Evidence) -> None:
    evidence.dispatches.append(evidence.dispatches[0])


def _rebuilt_twice(evidence: Evidence) -> None:
    evidence.dispatches.append(replace(evidence.dispatches[0], rebuild="r3"))
    evidence.records = {**evidence.records, "app-00000": frozenset({"r1", "r3"})}


def _forgotten_record(evidence: Evidence) -> None:
    evidence.records = {"app-00000": frozenset({"r1"}), "app-00001": frozenset()}


def _never_sent(evidence: Evidence) -> None:
    evidence.records = {**evidence.records, "app-00001": frozenset({"r2", "r9"})}


def _hanging_build(evidence: Evidence) -> None:
    evidence.dispatches[1] = replace(evidence.dispatches[1], completed=False)


def _old_row(evidence: Evidence) -> None:
    evidence.in_index = {"app-00000": ImageFacts("sha256:p1", {"base-0000-1-0": "sha256:b1"}, None)}


def _missing_row(evidence: Evidence) -> None:
    evidence.in_index = {}


def _leak(evidence: Evidence) -> None:
    evidence.memory = flat() + flat("web", 8, a_minute=3.0)


def _no_samples(evidence: Evidence) -> None:
    evidence.memory = []


def _slow_page(evidence: Evidence) -> None:
    evidence.readings.append(Reading("/images", BEGAN + 300, 1.01, 200, "/images"))


def _broken_page(evidence: Evidence) -> None:
    evidence.readings.append(Reading("/images/NAME", BEGAN + 300, 0.1, 404, "/images/app-00001"))


def _unready(evidence: Evidence) -> None:
    evidence.ready = "worker: it has not finished a round for 300 s"


def _waiting(evidence: Evidence) -> None:
    evidence.statuses = {"up-to-date": 1, "waiting": 1}


def _traceback(evidence: Evidence) -> None:
    evidence.logs.append(LogText("web", _TRACEBACK.format(message="no idea")))


def _no_faults(evidence: Evidence) -> None:
    evidence.faults = [FaultWindow("kill registry", "", BEGAN, BEGAN, "not here", done=False)]


def test_every_check_holds_where_all_went_well() -> None:
    """Nothing is found wrong in a soak in which every change led to one rebuild."""
    assert _failed(good_evidence()) == set()


@pytest.mark.parametrize(
    ("spoil", "name"),
    [
        (_missed_change, "every base change is recorded"),
        (_lost_dispatch, "every due rebuild is dispatched"),
        (_request_sent_twice, "no rebuild id is dispatched twice"),
        (_rebuilt_twice, "no image is rebuilt twice for one digest"),
        (_forgotten_record, "git has every dispatch, and no other"),
        (_never_sent, "git has every dispatch, and no other"),
        (_hanging_build, "every build has ended"),
        (_old_row, "database and git agree"),
        (_missing_row, "database and git agree"),
        (_leak, "memory stays flat"),
        (_no_samples, "memory stays flat"),
        (_slow_page, "no page takes more than a second"),
        (_broken_page, "every page is answered"),
        (_unready, "ready at the end"),
        (_waiting, "nothing is stuck"),
        (_traceback, "no unexplained traceback in a log"),
        (_no_faults, "faults were injected"),
    ],
)
def test_what_goes_wrong_is_found(spoil: Callable[[Evidence], None], name: str) -> None:
    """The check that is there for it fails."""
    evidence = good_evidence()
    spoil(evidence)

    assert name in _failed(evidence)


def test_a_digest_that_was_overtaken_need_not_be_built() -> None:
    """Where the next digest came first, the image is rebuilt on that alone; the count says so."""
    evidence = good_evidence()
    evidence.published.append(Published(BASE, "sha256:b3", BEGAN + 45))
    evidence.recorded = {BASE: frozenset({"sha256:b1", "sha256:b2", "sha256:b3"})}
    evidence.dispatches[0] = Dispatch("app-00000", "r1", BEGAN + 40, (PassedBase(BASE, "sha256:b3", cause=True),))

    lines = {line.name: line for line in (check(evidence) for check in CHECKS)}

    assert lines["every due rebuild is dispatched"].holds
    assert "1 of them overtaken" in lines["every due rebuild is dispatched"].found


def test_a_digest_that_is_passed_but_not_a_cause_is_no_rebuild_for_it() -> None:
    """A dispatch that lists the new digest of the parent only beside its cause counts for the cause alone."""
    evidence = good_evidence()
    other = (PassedBase(PARENT, "sha256:p2", cause=False), PassedBase("library/base-0001", "sha256:x", cause=True))
    evidence.dispatches[1] = replace(evidence.dispatches[1], bases=other)

    assert "every due rebuild is dispatched" in _failed(evidence)


def test_slow_and_broken_pages_while_postgresql_is_down_do_not_count() -> None:
    """The time from the kill until some seconds after the restart is left out, and said."""
    evidence = good_evidence()
    evidence.readings.append(Reading("/images", BEGAN + 95, 9.0, 500, "/images"))

    lines = {line.name: line for line in (check(evidence) for check in CHECKS)}

    assert lines["no page takes more than a second"].holds
    assert "3 while PostgreSQL was down do not count" in lines["no page takes more than a second"].found
    assert lines["every page is answered"].holds


def test_pages_that_wait_for_a_processor_are_said() -> None:
    """A busy machine is no excuse, but a reason."""
    evidence = good_evidence()
    evidence.waited = 0.923

    lines = {line.name: line for line in (check(evidence) for check in CHECKS)}

    assert lines["no page takes more than a second"].found.endswith("waited 92% of its time for a processor")


def test_a_traceback_that_a_fault_causes_is_explained() -> None:
    """A full disk and a killed database are in the logs, and are counted as explained."""
    evidence = good_evidence()
    text = _TRACEBACK.format(message="[Errno 28] No space left on device")
    chained = text.replace(
        "ValueError:", "psycopg.OperationalError: the connection is lost\n\nThe above exception was:\nX:"
    )
    evidence.logs.append(LogText("worker-2", text + chained))

    line = next(line for check in CHECKS if (line := check(evidence)).name == "no unexplained traceback in a log")

    assert line.holds
    assert line.found == "2 tracebacks, 2 explained by faults"


def test_a_process_that_was_started_again_is_measured_anew() -> None:
    """The jump from one process to the next is no growth."""
    evidence = good_evidence()
    evidence.memory = [*flat(pid=7), *(replace(each, megabytes=each.megabytes + 60) for each in flat(pid=9))]

    assert "memory stays flat" not in _failed(evidence)
