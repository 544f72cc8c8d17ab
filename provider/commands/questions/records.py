"""`image-factory audit` and `problems`: what people did, and what is wrong now."""

import dataclasses
from collections.abc import Iterator

from catalog.times import utc_time
from provider.api.schemas.operations import AuditRecordSchema, KnownProblemSchema
from provider.commands.questions.answering import answer
from provider.commands.questions.printed_list import PrintedList
from provider.composition.problems import problem_sources
from provider.operation_ports import AuditFilter, AuditRecord, ProblemDocument, ProblemFilter
from provider.services.problems.listing import problems_now
from provider.settings import Settings
from provider.store.operations.audit import SqlAuditLog


def audit(settings: Settings, form: str, wanted: AuditFilter) -> int:
    """Print what callers did, the newest first."""
    shown = PrintedList("acts", AuditRecordSchema(), dataclasses.asdict, _audit_lines)
    return answer(settings, form, shown, lambda engine: SqlAuditLog(engine).every_record(wanted))


def problems(settings: Settings, form: str, wanted: ProblemFilter) -> int:
    """Print what is wrong now, by kind and name."""
    shown = PrintedList("problems", KnownProblemSchema(), dataclasses.asdict, _problem_lines)
    return answer(settings, form, shown, lambda engine: problems_now(problem_sources(engine, settings), wanted))


def _audit_lines(record: AuditRecord) -> Iterator[str]:
    why = ", ".join(filter(None, (record.reason, record.cve)))
    reason = f": {why}" if why else ""
    yield f"{utc_time(record.at)}  {record.caller:30} {record.action} {record.name} ({record.outcome}){reason}"


def _problem_lines(problem: ProblemDocument) -> Iterator[str]:
    place = " ".join(filter(None, (problem.kind, problem.name, problem.where)))
    field = f"{problem.field}: " if problem.field else ""
    yield f"{place}: {field}{problem.message}"
    if problem.since:
        yield f"  since {utc_time(problem.since)}"
    yield f"  {problem.remedy}"
