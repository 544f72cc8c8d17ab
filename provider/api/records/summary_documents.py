"""The document of the rebuilds of a period in numbers."""

from datetime import timedelta

from catalog.image import Conclusion
from provider.api.answers.paging import PageDocument
from provider.domain.records.durations import Durations
from provider.domain.records.rebuild_times import moved_at
from provider.operation_ports import RebuildSummary, SlowRebuild


def summary_document(summary: RebuildSummary) -> PageDocument:
    """All attributes that `RebuildSummarySchema` shows."""
    return {
        "total": summary.total,
        "conclusions": {
            **{conclusion.value: summary.conclusions.get(conclusion, 0) for conclusion in Conclusion},
            "running": summary.running,
        },
        "requested_by": [{"caller": caller, "count": count} for caller, count in summary.requesters.items()],
        "move_to_rebuild": _durations(summary.took),
        "beyond_delay": _durations(summary.beyond),
        "slowest": [_slow(slow) for slow in summary.slowest],
        "behind": summary.behind,
        "longest_behind": summary.longest_behind,
    }


def _durations(found: Durations) -> PageDocument:
    return {
        "count": found.count,
        "median_seconds": _seconds(found.median),
        "ninetieth_seconds": _seconds(found.ninetieth),
        "longest_seconds": _seconds(found.longest),
    }


def _slow(slow: SlowRebuild) -> PageDocument:
    return {
        "image": slow.image,
        "id": slow.rebuild.id,
        "moved_at": moved_at(slow.rebuild),
        "requested_at": slow.rebuild.requested_at,
        "completed_at": slow.rebuild.completed_at,
        "took_seconds": _seconds(slow.times.took),
        "beyond_seconds": _seconds(slow.times.beyond),
        "causes": slow.rebuild.causes,
        "url": slow.rebuild.url,
    }


def _seconds(time: timedelta | None) -> int | None:
    return None if time is None else int(time.total_seconds())
