"""Old records of the audit; what all stores of it promise is in tests/contracts/test_operations.py."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine

from provider.operation_ports import AuditFilter, AuditRecord
from provider.store.operations.audit import SqlAuditLog

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def test_records_from_before_a_time_are_removed(engine: Engine) -> None:
    """Those of that time and later stay."""
    log = SqlAuditLog(engine)
    for days in range(4):
        log.note(AuditRecord(NOW + timedelta(days=days), "jane", "check", f"day-{days}", "done"))
    log.forget(NOW + timedelta(days=2))

    assert [record.name for record in log.every_record(AuditFilter())] == ["day-3", "day-2"]
