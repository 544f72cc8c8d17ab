"""Writes a population to the database of a service."""

from datetime import datetime, timedelta

from sqlalchemy import Engine

from catalog.entity import entity
from catalog.render import fragment
from provider.operation_ports import AuditRecord
from provider.ports import ReportedProblem
from provider.store.images import SqlImageIndex
from provider.store.operations.audit import SqlAuditLog
from tests.population.images import population

_PROBLEM = "'7x' is not a duration; write for example 12h, 7d or 2w"


def fill(engine: Engine, count: int, now: datetime) -> None:
    """Store this number of images with their last checks; with any, also acts of people and a problem."""
    index = SqlImageIndex(engine)
    images = list(population(count, now))
    index.replace(images, {image.name: fragment(entity(image)) for image in images})
    index.checked([image.name for image in images], now - timedelta(minutes=4))
    if images:
        index.report([ReportedProblem("badentry", _PROBLEM, _PROBLEM, "images.yaml", 12, "rebuildDelay")], now)
        _audit(SqlAuditLog(engine), now)


def _audit(records: SqlAuditLog, now: datetime) -> None:
    hour = timedelta(hours=1)
    jane, name = "user:default/jane", "payments-api"
    for record in (
        AuditRecord(now - 50 * hour, jane, "hold", name, "done", "release freeze"),
        AuditRecord(now - 30 * hour, jane, "release", name, "done"),
        AuditRecord(now - 9 * 24 * hour, jane, "rebuild", name, "done", "CVE in openssl", "CVE-2026-12345"),
        AuditRecord(now - 2 * hour, "ci", "rebuild", "base-node", "not-allowed", "to try"),
    ):
        records.note(record)
