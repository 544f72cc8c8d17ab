"""Whether the logs have errors that no fault explains. Pure."""

import re
from collections import Counter
from collections.abc import Iterator

from soak.checks.line import Line, line
from soak.evidence import Evidence

_TRACEBACK = "Traceback (most recent call last):"
_INSIDE = re.compile(r"\s|$|During handling of|The above exception|Traceback \(most recent")
EXPLAINED = (
    # PostgreSQL was killed: whatever asked it then fails, and is tried again.
    re.compile(r"sqlalchemy\.exc\.(OperationalError|DBAPIError|InterfaceError|InternalError)"),
    re.compile(r"psycopg\.(errors\.)?(OperationalError|AdminShutdown|CannotConnectNow|CrashShutdown|InterfaceError)"),
    # The disk was full.
    re.compile(r"No space left on device"),
)
"""The last lines of tracebacks that a fault of the soak causes."""


def no_traceback(evidence: Evidence) -> Line:
    """Every traceback in the logs ends with an error that an injected fault causes."""
    ends = [(log.process, end) for log in evidence.logs for end in tracebacks(log.text)]
    unexplained = Counter(
        f"{process}: {end[:200]}" for process, end in ends if not any(each.search(end) for each in EXPLAINED)
    )
    wrong = [f"{count} times {what}" for what, count in unexplained.items()]
    found = f"{len(ends)} tracebacks, {len(ends) - unexplained.total()} explained by faults"
    return line("no unexplained traceback in a log", found, wrong)


def tracebacks(text: str) -> Iterator[str]:
    """The last line of each traceback: the error itself; a chain of errors counts once, by its last one."""
    inside, error = False, ""
    for each in text.splitlines():
        if each.startswith(_TRACEBACK):
            inside, error = True, ""
        elif inside and error and not _INSIDE.match(each):
            # What follows the error is another record, or the rest of its message.
            yield error
            inside, error = False, ""
        elif inside and not _INSIDE.match(each):
            error = each
    if inside and error:
        yield error
