"""What is removed once a day, by the settings: old histories, the archive, the audit."""

from provider.composition.parts import Parts, utc_now
from provider.domain.retention.pruning import Retention
from provider.services.worker import Worker
from provider.store.operations.audit import SqlAuditLog


def remove_old(parts: Parts, worker: Worker) -> None:
    """Remove what is older than its retention; without these settings nothing is removed."""
    settings = parts.settings
    retention = Retention(settings.history_retention, settings.archive_retention)
    if retention != Retention():
        worker.expire(retention)
    if settings.audit_retention is not None:
        SqlAuditLog(parts.engine).forget(utc_now() - settings.audit_retention)
