"""What build systems reported about rebuilds. A row is needed until its rebuild has ended."""

from datetime import datetime, timedelta

from sqlalchemy import Column, Engine, Table, Text, delete, insert, select

from catalog.image import Conclusion
from provider.domain.build_request import Run
from provider.domain.events import BuildReported
from provider.domain.events.build_reports import run_of
from provider.store.engine import writing
from provider.store.tables import UtcTime, metadata

_KEPT = timedelta(days=30)

build_reports = Table(
    "build_reports",
    metadata,
    Column("rebuild_id", Text, primary_key=True),
    Column("at", UtcTime, nullable=False),
    Column("status", Text, nullable=False),
    Column("conclusion", Text),
    Column("url", Text),
)


class SqlBuildReports:
    """Implements `provider.ports.BuildReports` in a database that `migrate` has prepared."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def note(self, report: BuildReported, at: datetime) -> None:
        """See the port; reports of a month ago are removed."""
        new = run_of(report, at)
        with writing(self._engine) as connection:
            rows, name = build_reports.c, report.rebuild_id
            known = connection.execute(select(rows.conclusion).where(rows.rebuild_id == name)).first()
            if known and known.conclusion:
                return
            old = (rows.rebuild_id == name) | (rows.at < at - _KEPT)
            connection.execute(delete(build_reports).where(old))
            ended = new.conclusion.value if new.conclusion else None
            row = {"rebuild_id": name, "at": at, "status": new.status, "conclusion": ended, "url": new.url}
            connection.execute(insert(build_reports).values(row))

    def last(self, rebuild_id: str) -> Run | None:
        """See the port."""
        with self._engine.connect() as connection:
            row = connection.execute(select(build_reports).where(build_reports.c.rebuild_id == rebuild_id)).first()
        if row is None:
            return None
        ended = Conclusion(row.conclusion) if row.conclusion else None
        return Run(rebuild_id, row.url, row.status, ended, row.at if ended else None)
