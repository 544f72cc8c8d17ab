"""What build systems report about rebuilds is kept, because some of them cannot be asked."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from provider.domain.build_request import Run
from provider.domain.events import BuildReported
from provider.domain.events.build_reports import ended_runs
from provider.ports import BuildReports


def kept_reports(kept: BuildReports | None, reports: Sequence[BuildReported], now: datetime) -> Mapping[str, Run]:
    """Keep these reports, where they are kept; returns the runs that have ended, by rebuild id."""
    if kept:
        for report in reports:
            kept.note(report, now)
    return ended_runs(reports, now)
