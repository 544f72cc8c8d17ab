"""Whether readers got their pages in time. Pure."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from soak.checks.line import Line, line
from soak.evidence import Evidence, FaultWindow, Reading

SLOWEST = 1.0
"""Seconds."""

AFTERWARDS = 5.0
"""Seconds after PostgreSQL answers again, in which the connections to it are made anew."""

_DATABASE = "postgresql"
_OK = (200, 304)
_NOT_READY = 503
_READYZ = "/readyz"


def pages_in_time(evidence: Evidence) -> Line:
    """No page took more than a second while PostgreSQL was running."""
    down = [fault for fault in evidence.faults if fault.target == _DATABASE]
    counted = [each for each in evidence.readings if not _meets(each, down)]
    slow = [f"{each.path} {each.seconds:.2f} s{_when(evidence, each)}" for each in counted if each.seconds > SLOWEST]
    aside = len(evidence.readings) - len(counted)
    outside = f"; {aside} while PostgreSQL was down do not count" if aside else ""
    nothing = [] if counted else ["nothing was read"]
    busy = f"; the web part waited {evidence.waited:.0%} of its time for a processor" if evidence.waited else ""
    return line("no page takes more than a second", f"{summary(counted)}{outside}{busy}", slow + nothing)


def pages_answered(evidence: Evidence) -> Line:
    """Every page was answered well while PostgreSQL was running; only /readyz may say that something does not work."""
    down = [fault for fault in evidence.faults if fault.target == _DATABASE]
    wrong = [
        f"{each.path} {each.status or 'no answer'}{_when(evidence, each)}"
        for each in evidence.readings
        if each.status not in _OK and not _honest(each) and not _meets(each, down)
    ]
    unready = sum(1 for each in evidence.readings if _honest(each))
    return line("every page is answered", f"{len(evidence.readings)} answers, {unready} of /readyz said 503", wrong)


def summary(readings: Sequence[Reading]) -> str:
    """Median, 99th percentile and longest."""
    if not readings:
        return "nothing"
    seconds = sorted(each.seconds for each in readings)
    p50, p99 = seconds[len(seconds) // 2], seconds[min(len(seconds) - 1, len(seconds) * 99 // 100)]
    return f"{len(seconds)} answers: p50 {_ms(p50)}, p99 {_ms(p99)}, longest {_ms(seconds[-1])}"


def by_page(readings: Sequence[Reading]) -> Mapping[str, str]:
    """The same for each kind of page."""
    found: dict[str, list[Reading]] = defaultdict(list)
    for each in readings:
        found[each.page].append(each)
    return {page: summary(each) for page, each in sorted(found.items())}


def _when(evidence: Evidence, reading: Reading) -> str:
    return f" after {reading.at - evidence.began:.0f} s"


def _honest(reading: Reading) -> bool:
    return reading.page == _READYZ and reading.status == _NOT_READY


def _meets(reading: Reading, faults: Sequence[FaultWindow]) -> bool:
    return any(
        fault.began <= reading.at + reading.seconds and reading.at <= fault.ended + AFTERWARDS for fault in faults
    )


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms"
