"""Stores the acts of callers; call `audit` for each attempt, with its outcome. The audit log has them too."""

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus

from flask import Flask, current_app

from provider.auth.access import current_caller
from provider.operation_ports import AuditLog, AuditRecord
from proxy.observing.event_log import EventLog

_EXTENSION = "image_factory_audit"
AUDIT = "image_factory.audit"
"""The logger of what callers do."""

_log = EventLog(__name__)


def keep_audit(app: Flask, records: AuditLog, now: Callable[[], datetime]) -> None:
    """Store the acts of this application's callers here."""
    app.extensions[_EXTENSION] = records, now


def audit(action: str, name: str, outcome: str, *, reason: str = "", cve: str | None = None) -> None:
    """Store an act of the caller of the current request.

    Attempts without a known caller are only logged: anybody could fill the database with them. If the record cannot be
    stored, the act stays done, and the log says so.
    """
    caller = current_caller()
    if caller is None or _EXTENSION not in current_app.extensions:
        return
    records, now = current_app.extensions[_EXTENSION]
    try:
        records.note(AuditRecord(now(), caller.name, action, name, outcome, reason, cve))
    except Exception:  # noqa: BLE001 - logged; the act is done already
        _log.exception(
            "audit_not_stored",
            "the record of {action} by {caller} could not be stored; the audit log has it",
            action=action,
            caller=caller.name,
        )


def outcome_of(status: int) -> str:
    """The outcome in a word, from the HTTP status of the response."""
    if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        return "not-allowed"
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return "failed"
    return "refused" if status >= HTTPStatus.BAD_REQUEST else "done"
