"""Enroll, change and remove images for callers: a check, a commit in the config repository, a request to the worker."""

from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from provider.domain.enrolling.change import EntryChange, EntryEdit, Requester
from provider.domain.enrolling.placing import check_has_file, edit_for
from provider.domain.enrollment import Enrollment
from provider.domain.findings.finding import Findings
from provider.enrolling_ports import CommittedEdit, DecideEdit, EnrollmentFiles, PlannedEdit
from provider.errors import ChangeNotAllowed, EditRefused, EntryRefused
from provider.forge_ports import PullRequest
from provider.operation_ports import CheckRequests
from provider.services.enrollment_findings.checks import EnrollmentChecks
from provider.services.reviewing.proposing import Reviews
from proxy.deadline import Deadline
from proxy.errors import Refused
from proxy.observing.event_log import EventLog

_log = EventLog(__name__)
_NO_FINDINGS = Findings(())
_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class PlannedChange:
    """What a change would do; nothing was written."""

    plan: PlannedEdit
    findings: Findings


@dataclass(frozen=True, slots=True)
class CommittedChange:
    """A change that was made, and what was found before it; `page` is that of the commit, where it has one."""

    edit: CommittedEdit
    findings: Findings
    page: str | None = None


@dataclass(frozen=True, slots=True)
class ReviewedChange:
    """A change that people review before it is made: a pull request has it."""

    plan: PlannedEdit
    findings: Findings
    pull_request: PullRequest


@dataclass(frozen=True, slots=True)
class Enrolling:
    """Makes the changes of entries that callers ask for.

    Attributes:
        files: the files of enrollments.
        checks: checks an entry against the world.
        default_owner: the owner of entries that name none.
        http_hosts: hosts for which entries may name plain http.
        requests: lets the worker apply a commit within a second.
        now: the clock.
        reviews: opens pull requests for changes that may not be committed directly.
        commit_page: the web page of a commit by its id; None where the config repository has no such pages.
    """

    files: EnrollmentFiles
    checks: EnrollmentChecks
    default_owner: str
    http_hosts: Collection[str]
    requests: CheckRequests
    now: Callable[[], datetime]
    reviews: Reviews
    commit_page: Callable[[str], str | None]

    def entry(self, name: str, requester: Requester) -> Enrollment:
        """The entry as it is in its file, for a requester who may change it.

        Raises:
            ChangeNotAllowed: the requester may not change it.
            NameNotFound: there is no such entry.
            EditRefused: the entry in the file is not valid, or several files have one of that name.
            ProviderError, OutsideFailure: the config repository cannot be used now.
        """
        written = self.files.written()
        file = self._decision(EntryChange(name, None), requester)(written).file
        for entry in written.named(name):
            if entry.file == file:
                return entry
        raise EditRefused(f"The entry {name} in {file} is not valid; correct the file in git.")

    def check_may_enroll(self, requester: Requester) -> None:
        """Check that there is a file for new entries of the requester.

        Raises:
            ChangeNotAllowed: the message says which rule is missing.
            ProviderError, OutsideFailure: the config repository cannot be used now.
        """
        if not self.reviews.may_add_rules(requester):
            check_has_file(requester, self.files.written())

    def plan(self, change: EntryChange, requester: Requester) -> PlannedChange:
        """The edit that the change would make, and the findings about the entry; nothing is written.

        Raises:
            The same as `make`; an error among the findings raises nothing.
        """
        decide = self._decision(change, requester)
        try:
            planned = self.files.plan(decide)
        except EntryRefused:
            if not self.reviews.may_add_rules(requester):
                raise
            planned = self.files.plan(decide, reviewed=True)
        return PlannedChange(planned, self._findings(planned))

    def make(self, change: EntryChange, requester: Requester) -> CommittedChange | ReviewedChange:
        """Make the change in a commit of its own, and ask the worker to check the image; or open a pull request.

        A pull request is opened where the settings want it, for what no rule allows, and where the branch does not
        accept the commit.

        Raises:
            ChangeNotAllowed: the requester may not do that.
            EntryRefused: fields are not possible, or an error was found about them.
            EditRefused: the change is not possible; its subclasses say why.
            NameNotFound: there is no such entry.
            ReviewNotPossible: it has to be reviewed, and no pull request can be opened.
            ProviderError, OutsideFailure: the config repository cannot be used now.
        """
        decide = self._decision(change, requester)
        findings = self._findings(self._planned(decide, requester)) if change.entry else _NO_FINDINGS
        if findings.errors:
            raise EntryRefused({finding.field: finding.message for finding in reversed(findings.errors)})
        if why := self.reviews.reason(findings, requester):
            return self._reviewed(decide, requester, findings, why)
        try:
            made = self.files.commit(decide, requester.name)
        except Refused as refused:
            if (why := self.reviews.can_replace(refused)) is None:
                raise
            return self._reviewed(decide, requester, findings, why)
        if made.commit is None:
            return CommittedChange(made, findings)
        self._ask_for_a_check(made.edit)
        return CommittedChange(made, findings, self.commit_page(made.commit))

    def _reviewed(
        self, decide: DecideEdit, requester: Requester, findings: Findings, why: str
    ) -> CommittedChange | ReviewedChange:
        planned = self.files.plan(decide, newest=True, reviewed=True)
        if not planned.diff:
            return CommittedChange(CommittedEdit(planned.edit, "", None), findings)
        push = partial(self.files.propose, decide, requester.name)
        opened = self.reviews.open(planned.edit, planned.diff, findings, requester, why, push)
        return ReviewedChange(planned, findings, opened)

    def _decision(self, change: EntryChange, requester: Requester) -> DecideEdit:
        return partial(edit_for, change, requester, default_owner=self.default_owner)

    def _planned(self, decide: DecideEdit, requester: Requester) -> PlannedEdit:
        with suppress(EditRefused, ChangeNotAllowed):
            return self.files.plan(decide)
        try:
            # What was known may be seconds old: the reason may be gone.
            return self.files.plan(decide, newest=True)
        except EntryRefused:
            if not self.reviews.may_add_rules(requester):
                raise
            return self.files.plan(decide, newest=True, reviewed=True)

    def _findings(self, planned: PlannedEdit) -> Findings:
        entry = planned.edit.entry
        if entry is None:
            return _NO_FINDINGS
        return self.checks.findings(entry, planned.snapshot, Deadline.after(_SECONDS))

    def _ask_for_a_check(self, edit: EntryEdit) -> None:
        names = dict.fromkeys(filter(None, (edit.name, edit.entry.name if edit.entry else None)))
        try:
            self.requests.ask(list(names), self.now())
        except Exception:  # noqa: BLE001 - logged; the commit is made, and the request only saves time
            _log.exception(
                "check_not_asked", "the worker could not be asked for a check; it applies the commit at its next round"
            )
