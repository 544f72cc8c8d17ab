"""Counts the checks of digests by what became of them, for the metrics. Pure."""

from collections import Counter
from collections.abc import Iterable

from provider.services.monitoring import CheckResult, UnreadDigest
from proxy.errors import KeptBack, NotFound, Refused
from proxy.ports import Manifest, Unchanged


def check_outcomes(results: Iterable[CheckResult]) -> Counter[str]:
    """How many checks had which outcome; one that was kept back was not made.

    Returns:
        The numbers of `unchanged`, `changed` (another digest, whose manifest was read), `unread` (one whose manifest
        could not be read; it is checked again), `missing`, `refused`, and `failed`.
    """
    return Counter(_outcome(result) for result in results if not isinstance(result, KeptBack))


def _outcome(result: CheckResult) -> str:
    match result:
        case Unchanged():
            return "unchanged"
        case Manifest():
            return "changed"
        case UnreadDigest():
            return "unread"
        case NotFound():
            return "missing"
        case Refused():
            return "refused"
        case _:
            return "failed"
