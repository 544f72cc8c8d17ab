"""Asks GitHub for deliveries that failed, and removes old ones from the inbox."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from provider.containment import contained
from provider.domain.events.redelivery import lost
from provider.errors import InternalError
from provider.webhook_ports import HookLook, Redeliveries, WebhookInbox
from proxy.errors import NotNow, OutcomeUnknown, OutsideFailure
from proxy.github.hook_deliveries import HookDeliveries, HookDelivery
from proxy.observing.event_log import EventLog

_log = EventLog(__name__)
_KEPT = timedelta(days=30)
# GitHub sends nothing again that is older.
_OLDEST = timedelta(days=3)
# An attempt may have been under way at the last look.
_OVERLAP = timedelta(hours=1)
_AT_ONCE = 100


class WebhookUpkeep:
    """Runs periodically in the worker.

    Args:
        hooks: GitHub's webhooks, by a name for people.
        redeliveries: what was read and asked for.
        inbox: stores deliveries.
        now: the clock.
    """

    def __init__(
        self,
        hooks: Mapping[str, HookDeliveries],
        redeliveries: Redeliveries,
        inbox: WebhookInbox,
        now: Callable[[], datetime],
    ) -> None:
        self._hooks, self._redeliveries, self._inbox, self._now = hooks, redeliveries, inbox, now

    def run(self) -> None:
        """Look at each webhook once; the failure of one does not stop the others."""
        now = self._now()
        self._inbox.prune(now - _KEPT)
        self._redeliveries.prune(now - _KEPT, self._hooks)
        known = self._redeliveries.looks()
        for name, hook in self._hooks.items():
            last = known.get(name)
            problem = contained(f"deliveries of {name}", self._look, hook, last, now)
            self._note(name, str(problem) if isinstance(problem, InternalError) else problem, last, now)

    def _look(self, hook: HookDeliveries, last: HookLook | None, now: datetime) -> str:
        """Ask for what was lost; returns the problem, or an empty text."""
        since = now - _OLDEST if last is None else max(last.at - _OVERLAP, now - _OLDEST)
        try:
            attempts = hook.since(since)
        except OutsideFailure as error:
            return str(error)
        asked = self._redeliveries.asked({each.guid for each in attempts})
        problem = ""
        for delivery in lost(attempts, asked)[:_AT_ONCE]:
            failure = contained(f"delivery {delivery.guid}", self._send_again, hook, delivery, now)
            if isinstance(failure, NotNow):
                return str(failure)
            if failure is not None:
                problem = problem or str(failure)
        return problem

    def _send_again(self, hook: HookDeliveries, delivery: HookDelivery, now: datetime) -> OutsideFailure | None:
        """Ask for one delivery; it is noted before, so that a killed worker does not ask twice."""
        self._redeliveries.ask(delivery.guid, now)
        try:
            hook.send_again(delivery)
        except OutsideFailure as failure:
            if not isinstance(failure, OutcomeUnknown):
                # It was certainly not carried out.
                self._redeliveries.forget(delivery.guid)
            return failure
        return None

    def _note(self, name: str, problem: str, last: HookLook | None, now: datetime) -> None:
        """Store the look; after a failure the next one begins where this one did. A new problem is logged once."""
        if problem and problem != (last.problem if last else ""):
            _log.warning(
                "deliveries_not_asked",
                "lost deliveries of {hook} cannot be asked for: {error}",
                hook=name,
                error=problem,
            )
        at = (last.at if last else now - _OLDEST) if problem else now
        self._redeliveries.note(name, HookLook(at, problem))
