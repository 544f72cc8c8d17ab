"""The acts of callers in memory."""

from collections.abc import Iterator

from provider.operation_ports import AuditFilter, AuditRecord, HistoryPage
from provider.ports import Place


class FakeAuditLog:
    """Keeps every record; implements `provider.operation_ports.AuditLog` without filters and pages.

    Attributes:
        kept: the records, the oldest first.
        broken: whether a record cannot be stored.
    """

    def __init__(self) -> None:
        self.kept: list[AuditRecord] = []
        self.broken = False

    def note(self, record: AuditRecord) -> None:
        """Keep a record."""
        if self.broken:
            raise OSError("the disk is full")
        self.kept.append(record)

    def records(
        self, wanted: AuditFilter, page: int, size: int, after: Place | None = None
    ) -> HistoryPage[AuditRecord]:
        """All records, newest first."""
        assert (wanted, page, after) == (AuditFilter(), 1, None)
        return HistoryPage(self.kept[::-1][:size], len(self.kept))

    def every_record(self, wanted: AuditFilter) -> Iterator[AuditRecord]:
        """All records, newest first."""
        assert wanted == AuditFilter()
        return reversed(self.kept)
