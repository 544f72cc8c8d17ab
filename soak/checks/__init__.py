"""What must hold at the end of a soak: each check takes the evidence and gives a line. Start in `line.py`."""

from collections.abc import Callable, Sequence

from soak.checks.agreement import same_facts
from soak.checks.ending import faults_happened, nothing_left, ready
from soak.checks.line import Line
from soak.checks.logs import no_traceback
from soak.checks.memory import flat_memory
from soak.checks.pages import pages_answered, pages_in_time
from soak.checks.rebuilds import all_ended, each_cause_once, each_id_once, in_git, none_lost, recorded_changes
from soak.evidence import Evidence

CHECKS: Sequence[Callable[[Evidence], Line]] = (
    faults_happened,
    recorded_changes,
    none_lost,
    each_id_once,
    each_cause_once,
    in_git,
    all_ended,
    same_facts,
    flat_memory,
    pages_in_time,
    pages_answered,
    ready,
    nothing_left,
    no_traceback,
)
"""In the order in which they are printed."""
