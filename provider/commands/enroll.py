"""`image-factory enroll`: enrolls the images of a file, as POST /api/v1/images does."""

import getpass
import logging
import os
import re
import sys
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from provider.commands.logged_parts import logged_parts
from provider.commands.progress_bar import progress_bar
from provider.composition.enrolling import enrolling_of
from provider.composition.parts import Parts, utc_now
from provider.config_repo.enrollments.requested import requested_entry
from provider.domain.enrolling.change import EntryChange, Requester
from provider.domain.findings.finding import Findings
from provider.errors import EntryRefused, ProviderError
from provider.operation_ports import AuditRecord
from provider.private_files import private_umask
from provider.services.enrolling.service import Enrolling, ReviewedChange
from provider.settings import Settings
from provider.store.operations.audit import SqlAuditLog
from provider.yaml_lines import LARGEST, UnreadableYaml, YamlDocument, read_yaml
from proxy.errors import OutsideFailure

_STDIN = "-"
# A field of an entry is written as source.contexts or platforms[1].
_STEP = re.compile(r"\[(\d+)\]|([^.\[\]]+)")
# As many commits as share one push.
_AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class _Outcome:
    """The lines for standard output, and those that say why the entry was refused."""

    shown: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()


def run(settings: Settings, file: str, *, dry_run: bool) -> int:
    """Enroll each entry of the file in a commit of its own; returns 1 if an entry was refused."""
    try:
        document = _read(file)
    except (OSError, UnicodeDecodeError, UnreadableYaml) as error:
        where = f"{file}:{error.line}" if isinstance(error, UnreadableYaml) else file
        cause = error.strerror if isinstance(error, OSError) else error
        print(f"{where}: cannot read the entries: {cause}", file=sys.stderr)
        return 1
    values = document.value if isinstance(document.value, list) else [document.value]
    with private_umask(), logged_parts(settings, logging.WARNING) as parts:
        act = partial(_carried_out, parts, enrolling_of(parts), Requester(_person(), is_admin=True), dry_run=dry_run)
        with progress_bar() as progress, ThreadPoolExecutor(_AT_ONCE) as threads:
            step = progress("checking" if dry_run else "enrolling", len(values))
            places = (partial(_place, file, document, index) for index in range(len(values)))
            faults = [_faults(document, index) for index in range(len(values))]
            outcomes = list(threads.map(partial(_one, act, step), places, values, faults))
        for outcome in outcomes:
            print("\n".join(map(parts.redactor, outcome.shown)), end="\n" if outcome.shown else "")
            for line in outcome.refused:
                print(parts.redactor(line), file=sys.stderr)
    return int(any(outcome.refused for outcome in outcomes))


def _read(file: str) -> YamlDocument:
    if file == _STDIN:
        return read_yaml(sys.stdin.read(LARGEST + 1))
    with Path(file).open("rb") as opened:
        # One byte more than allowed shows that the file is too large.
        return read_yaml(opened.read(LARGEST + 1).decode())


def _place(file: str, document: YamlDocument, index: int, field: str = "") -> str:
    """The line of a field of an entry; of the entry where it does not have that field."""
    entry = (index,) if isinstance(document.value, list) else ()
    inside = (int(item) if item else key for item, key in _STEP.findall(field))
    return f"{file}:{document.line_of((*entry, *inside))}"


def _faults(document: YamlDocument, index: int) -> tuple[str, ...]:
    """What is wrong in the text of the entry, such as a key that it has twice."""
    alone = not isinstance(document.value, list)
    return tuple(fault.message for fault in document.faults if alone or not fault.path or fault.path[0] == index)


def _one(
    act: Callable[[object], _Outcome],
    step: Callable[[], None],
    place: Callable[[str], str],
    value: object,
    faults: Collection[str],
) -> _Outcome:
    try:
        if faults:
            return _Outcome(refused=tuple(f"{place('')}: {fault}" for fault in faults))
        return act(value)
    except EntryRefused as error:
        return _Outcome(refused=tuple(f"{place(field)}: {field}: {message}" for field, message in error.fields.items()))
    except (ProviderError, OutsideFailure) as error:
        return _Outcome(refused=(f"{place('')}: {error}",))
    finally:
        step()


def _carried_out(parts: Parts, enrolling: Enrolling, who: Requester, value: object, *, dry_run: bool) -> _Outcome:
    wanted = requested_entry(value, enrolling.http_hosts)
    change = EntryChange(None, wanted.entry, wanted.file)
    name = change.subject
    if dry_run:
        planned = enrolling.plan(change, who)
        errors = tuple(f"{name}: {each.field}: {each.message}" for each in planned.findings.errors)
        return _Outcome((planned.plan.diff.rstrip("\n"), *_lines(name, planned.findings)), errors)
    audited = partial(AuditRecord, utc_now(), who.name, "enroll-image", name)
    records = SqlAuditLog(parts.engine)
    try:
        made = enrolling.make(change, who)
    except (ProviderError, OutsideFailure):
        records.note(audited("refused"))
        raise
    if isinstance(made, ReviewedChange):
        diff, done = made.plan.diff, f"pull request {made.pull_request.url}"
        ended = f"{name}: waits for a review: {made.pull_request.url}"
    else:
        diff, done = made.edit.diff, f"commit {made.edit.commit}"
        ended = (
            f"{name}: enrolled in commit {made.edit.commit}; see 'image-factory status {name}' after its first check"
        )
    records.note(audited("done", done))
    return _Outcome((diff.rstrip("\n"), *_lines(name, made.findings), ended))


def _lines(name: str, findings: Findings) -> Iterator[str]:
    errors = findings.errors
    for each in findings.items:
        if each not in errors:
            yield f"{name}: {each.level.value}: {each.field}: {each.message}"
    for base in findings.bases:
        yield f"{name}: depends on {base.reference} ({base.role.value}, {base.availability.value})"


def _person() -> str:
    """Who runs the command, for the commit message and the audit."""
    name = str(os.getuid())
    # A container may run as a user that has no name.
    with suppress(OSError, KeyError):
        name = getpass.getuser()
    return f"command-line:{name}"
