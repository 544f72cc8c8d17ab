"""The pages of records, for the blueprint of pages."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint

from provider.operation_ports import AuditLog, ImageHistories, ProblemSource
from provider.pages.records.audit import add_audit
from provider.pages.records.changes import add_changes
from provider.pages.records.labels import action_label, freshness_label, kind_label, outcome_sign, seen_by_label
from provider.pages.records.problems import add_problems
from provider.pages.records.rebuilds import add_rebuilds
from provider.ports import ImageIndex


@dataclass(frozen=True, slots=True)
class Records:
    """Where the records come from; a page whose source is missing is not served."""

    histories: ImageHistories | None = None
    audit: AuditLog | None = None
    problems: Sequence[ProblemSource] = ()


def add_records(blueprint: Blueprint, records: Records, index: ImageIndex, now: Callable[[], datetime]) -> None:
    """Serve /rebuilds, /changes, /audit and /problems."""
    for template_filter in (action_label, freshness_label, kind_label, outcome_sign, seen_by_label):
        blueprint.add_app_template_filter(template_filter, template_filter.__name__)
    if records.histories:
        add_rebuilds(blueprint, records.histories, now)
        add_changes(blueprint, records.histories, now)
    if records.audit:
        add_audit(blueprint, records.audit, index, now)
    if records.problems:
        add_problems(blueprint, records.problems, index, now)
