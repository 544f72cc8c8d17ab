"""Reports of build systems in memory."""

from datetime import datetime

from provider.domain.build_request import Run
from provider.domain.events import BuildReported
from provider.domain.events.build_reports import report_problem, run_of


class FakeBuildReports:
    """Implements `provider.ports.BuildReports`."""

    def __init__(self) -> None:
        self._runs: dict[str, Run] = {}

    def note(self, report: BuildReported, at: datetime) -> None:
        """See the port."""
        assert report_problem(report.status, report.conclusion) is None
        known = self._runs.get(report.rebuild_id)
        if known is None or known.conclusion is None:
            self._runs[report.rebuild_id] = run_of(report, at)

    def last(self, rebuild_id: str) -> Run | None:
        """See the port."""
        return self._runs.get(rebuild_id)
