"""One reaction of the worker: takes what is open in the queues, does it, and closes it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from provider.containment import contained
from provider.domain.events import Event, ReleasePublished
from provider.domain.snapshot import Snapshot
from provider.errors import InternalError, ProviderError
from provider.operation_ports import CheckRequest, CheckRequests
from provider.services.reacting.wanted import ConfigSource, Reacted, Wanted
from provider.services.round import Round
from provider.services.stopping import ServiceStops
from provider.webhook_ports import StoredDelivery, WebhookInbox
from proxy.errors import OutsideFailure

MOST_DELIVERIES = 500
"""The most deliveries of one reaction; the next one takes the others."""


@dataclass(frozen=True, slots=True)
class Reactions:
    """What the worker reacts to.

    Attributes:
        use_cases: the steps.
        requests: the checks that callers asked for; those without names are left to a round.
        inbox: the events of webhooks. A delivery is closed after it was acted on, so a killed worker acts on it again.
        config: the config repository.
        poll_soon: lets the release tracker poll the repository at an address soon; returns what it did.
    """

    use_cases: Round
    requests: CheckRequests
    inbox: WebhookInbox
    config: ConfigSource
    poll_soon: Callable[[str], str]

    def react(self) -> Snapshot:
        """Do what is open, and decide.

        Raises:
            ServiceStops: the process ends; what was not done stays open.
            ProviderError, OutsideFailure: the config repository could not be used; the events stay open.
            Exception: an unexpected error; the events that do not cause it are done all the same.
        """
        asked = [request for request in self.requests.open() if request.names]
        deliveries = self.inbox.open(MOST_DELIVERIES)
        try:
            reacted = self.use_cases.react(self._wanted(deliveries, asked))
        except ServiceStops:
            asked = []
            raise
        except (ProviderError, OutsideFailure):
            raise
        except Exception:
            self._one_by_one(deliveries)
            raise
        finally:
            # Also after an error: a request that always fails must not stop every reaction.
            self.requests.done(asked)
        self._close(deliveries, reacted)
        return reacted.snapshot

    def _one_by_one(self, deliveries: Sequence[StoredDelivery]) -> None:
        """React to each delivery alone after an unexpected error.

        Those that end with one are closed where others do not: then they are its cause.
        """
        failed: dict[int, InternalError] = {}
        for each in deliveries if len(deliveries) > 1 else ():
            reacted = contained(f"delivery {each.number}", self._react_to, each)
            if isinstance(reacted, InternalError):
                failed[each.number] = reacted
            else:
                self._close([each], reacted)
        if len(failed) < len(deliveries):
            for number, error in failed.items():
                self.inbox.done([number], str(error))

    def _react_to(self, delivery: StoredDelivery) -> Reacted:
        return self.use_cases.react(self._wanted([delivery]))

    def _wanted(self, deliveries: Sequence[StoredDelivery], asked: Sequence[CheckRequest] = ()) -> Wanted:
        events = tuple(dict.fromkeys(event for each in deliveries for event in each.delivery.events))
        return Wanted(
            frozenset(name for request in asked for name in request.names),
            events,
            frozenset(event for event in events if self.config.is_meant(event)),
        )

    def _close(self, deliveries: Sequence[StoredDelivery], reacted: Reacted) -> None:
        """Close the deliveries of which every event was acted on, those with the same outcome at once."""
        outcomes = dict(reacted.outcomes)
        numbers: dict[str, list[int]] = {}
        for each in deliveries:
            done = [self._outcome(event, outcomes) for event in each.delivery.events]
            known = [outcome for outcome in done if outcome is not None]
            if len(known) == len(done):
                numbers.setdefault("; ".join(dict.fromkeys(known)), []).append(each.number)
        for outcome, group in numbers.items():
            self.inbox.done(group, outcome)

    def _outcome(self, event: Event, outcomes: dict[Event, str]) -> str | None:
        if isinstance(event, ReleasePublished) and event in outcomes:
            polled = contained(event.address, self.poll_soon, event.address)
            outcomes[event] = str(polled)
        return outcomes.get(event)
