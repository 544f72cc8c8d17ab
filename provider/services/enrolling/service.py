"""Enroll, change and remove images for callers: a commit in the config repository, then a check by the worker."""

import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from provider.domain.enrolling.change import EntryChange, EntryEdit, Requester
from provider.domain.enrolling.placing import edit_for
from provider.operation_ports import CheckRequests, CommittedEdit, EnrollmentFiles, PlannedEdit

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Enrolling:
    """Makes the changes of entries that callers ask for.

    Attributes:
        files: the files of enrollments.
        default_owner: the owner of entries that name none.
        http_hosts: hosts for which entries may name plain http.
        requests: lets the worker apply a commit within a second.
        now: the clock.
    """

    files: EnrollmentFiles
    default_owner: str
    http_hosts: Collection[str]
    requests: CheckRequests
    now: Callable[[], datetime]

    def plan(self, change: EntryChange, requester: Requester) -> PlannedEdit:
        """The edit that the change would make; nothing is written.

        Raises:
            The same as `make`.
        """
        return self.files.plan(partial(edit_for, change, requester, default_owner=self.default_owner))

    def make(self, change: EntryChange, requester: Requester) -> CommittedEdit:
        """Make the change in a commit of its own, and ask the worker to check the image.

        Raises:
            ChangeNotAllowed: the requester may not do that.
            EditRefused: the change is not possible; its subclasses say why.
            NameNotFound: there is no such entry.
            ProviderError, OutsideFailure: the config repository cannot be used now.
        """
        decide = partial(edit_for, change, requester, default_owner=self.default_owner)
        made = self.files.commit(decide, requester.name)
        if made.commit:
            self._ask_for_a_check(made.edit)
        return made

    def _ask_for_a_check(self, edit: EntryEdit) -> None:
        names = dict.fromkeys(filter(None, (edit.name, edit.entry.name if edit.entry else None)))
        try:
            self.requests.ask(list(names), self.now())
        except Exception:  # noqa: BLE001 - logged; the commit is made, and the request only saves time
            _log.exception("the worker could not be asked for a check; it applies the commit at its next round")
