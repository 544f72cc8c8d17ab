"""Whether the service works at the end, and nothing is left to do. Pure."""

from soak.checks.line import Line, line
from soak.evidence import Evidence

_AT_REST = frozenset({"up-to-date", "unverified", "watched"})
"""Before its first rebuild nothing shows what the other stages of an image were built from: it is `unverified`."""


def ready(evidence: Evidence) -> Line:
    """/readyz says that every part works."""
    return line("ready at the end", evidence.ready or "every part works", [evidence.ready] if evidence.ready else [])


def nothing_left(evidence: Evidence) -> Line:
    """No image waits, is due, is being rebuilt or cannot be checked."""
    found = ", ".join(f"{count} {status}" for status, count in sorted(evidence.statuses.items())) or "no images"
    stuck = [f"{count} {status}" for status, count in evidence.statuses.items() if status not in _AT_REST]
    return line("nothing is stuck", found, stuck if evidence.statuses else ["no images"])


def faults_happened(evidence: Evidence) -> Line:
    """Faults were injected, and each ended; what is not possible on this machine is named."""
    left_out = sorted({f"{each.kind} was not done: {each.note}" for each in evidence.faults if not each.done})
    done = sum(each.done for each in evidence.faults)
    found = f"{done} faults" + (f" ({'; '.join(left_out)})" if left_out else "")
    return line("faults were injected", found, [] if done else ["none"])
