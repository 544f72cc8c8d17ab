"""Sends the messages of a queue to its channel: each message once, in order, at most one a second."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from provider.notifications.channel_watch import ChannelWatch
from provider.notifications.failures import CannotUpdate, ChannelClosed, MessageRefused
from provider.notifications.message import Message
from provider.notifications.pauses import OUTAGES, STOPS
from provider.notifications.ports import Notifier, Outbox
from provider.notifications.queue_state import ChannelProblem, QueueState, SendOutcome
from proxy.errors import Never, NotNow, PerhapsDone
from proxy.observing.event_log import EventLog

_log = EventLog(__name__)
PACE = timedelta(seconds=1)
"""The time between two messages to a channel. Source: Slack's docs, "Rate limits"."""
SETTLING_TIME = timedelta(seconds=20)
"""How long a message may take to appear in the channel's history."""
UNKNOWN_ERRORS = timedelta(days=1)
"""How long an error that the channel does not document stops the queue; then it counts as one of the message.

So does one after which it is not known whether the message arrived: a receiver may fail with this message alone.
"""
_FOREVER = datetime.max.replace(tzinfo=UTC)
_OUTAGE_REMEDY = "The service tries again by itself; no message is lost."
_UNKNOWN_REMEDY = "Correct the configuration of the channel; the service tries again by itself."


@dataclass(slots=True)
class MessageSender:
    """Sends one message for each call and never waits; the result says when to call again.

    At most one sender may use an outbox at a time. While the channel takes no messages, the oldest one is tried
    again after growing pauses, and the others wait behind it.

    Args:
        outbox: the messages.
        notifier: the channel.
        now: the clock.
        restarted: this process has just started, so its settings may be others. Otherwise a pause that an earlier
            sender began goes on.
    """

    outbox: Outbox
    notifier: Notifier
    now: Callable[[], datetime]
    restarted: bool
    pace: timedelta = PACE
    settling_time: timedelta = SETTLING_TIME
    _watch: ChannelWatch = field(init=False)
    _not_before: datetime | None = field(default=None, init=False)
    _settled_at: datetime | None = field(default=None, init=False)
    _failures: int = field(default=0, init=False)
    _stops: int = field(default=0, init=False)
    # The message whose outcome is unknown time and again, and since when.
    _unclear: tuple[str, datetime] | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self._watch = ChannelWatch(self.outbox, self.notifier, None)

    def send_next(self) -> datetime | None:
        """Send the next message, if one is due and the channel may be asked now.

        Returns:
            When to call again; None if no message is due.
        """
        now = self.now()
        if self._settled_at is None:
            self._settled_at = self._started(now)
        if self._not_before and now < self._not_before:
            return self._not_before
        due = self.outbox.due(1)
        self._watch.look_if_due(now, idle=not due)
        if not due:
            return None
        if due[0].tried and due[0].receipt is None and now < self._settled_at:
            return self._settled_at
        self._send(due[0])
        return self._not_before

    def _started(self, now: datetime) -> datetime:
        """Begin; returns when everything that an earlier process sent is visible in the channel.

        An earlier process may have been killed during a request.
        """
        state = replace(self.outbox.state(), channel=self.notifier.name, where=self.notifier.where)
        if self.restarted:
            self.outbox.take_up_refused()
        if self.restarted or state.problem or state.notes:
            self._watch.next_at = now
        if state.named or not self.restarted:
            self._not_before = state.retry_at
        self.outbox.record(state)
        return now + self.settling_time

    def _send(self, message: Message) -> None:
        """Send one message, and record the outcome or when to try again."""
        try:
            receipt = self._delivered(message)
        except CannotUpdate as error:
            _log.warning(
                "message_sent_anew",
                "message {message_id} cannot be updated, and is sent as a new one: {error}",
                message_id=message.id,
                error=error,
            )
            self.outbox.send_anew(message)
            self._not_before = self.now() + self.pace
        except MessageRefused as error:
            self._refused(message, str(error))
        except ChannelClosed as error:
            self._closed(message, error)
        except Never as error:
            self._closed(message, ChannelClosed(str(error), _UNKNOWN_REMEDY))
        except NotNow as error:
            self._delayed(message, error)
        except PerhapsDone as error:
            self._uncertain(message, error)
        except Exception as error:  # noqa: BLE001 - logged, and kept for a person
            # An unexpected error with one message must not stop those after it.
            _log.exception(
                "message_failed", "sending message {message_id} failed with an unexpected error", message_id=message.id
            )
            self._refused(message, f"{type(error).__name__}: see the log")
        else:
            self.outbox.sent(message, receipt)
            self._arrived()

    def _delivered(self, message: Message) -> str:
        """Send or update the message; returns the receipt."""
        if message.receipt is not None:
            return self.notifier.update(message, message.receipt)
        if message.tried and (found := self._found(message)):
            try:
                # The message in the channel may be an earlier revision.
                return self.notifier.update(message, found)
            except CannotUpdate:
                return found
        self.outbox.trying(message)
        return self.notifier.send(message)

    def _found(self, message: Message) -> str | None:
        """The message in the channel; None also where its history cannot be read: twice is better than never."""
        try:
            return self.notifier.find(message)
        except (ChannelClosed, Never) as error:
            _log.warning(
                "message_perhaps_twice",
                "message {message_id} is sent again and may arrive twice: {error}",
                message_id=message.id,
                error=error,
            )
            return None

    def _arrived(self) -> None:
        self._failures = self._stops = 0
        self._unclear = None
        self._not_before = self.now() + self.pace
        before = self._record(lambda state: state.working().counted(SendOutcome.SENT))
        if before.problem:
            _log.warning(
                "channel_opened",
                "{channel} takes messages again: {problem}",
                channel=self.notifier.name,
                problem=before.problem.message,
            )

    def _closed(self, message: Message, error: ChannelClosed) -> None:
        """The channel takes no message now: keep all of them in their order."""
        self._did_not_arrive(message)
        self._unclear = None
        now, state = self.now(), self.outbox.state()
        if not error.documented and state.stopped and state.since and now - state.since >= UNKNOWN_ERRORS:
            self._refused(message, str(error))
            self._record(QueueState.working)
            return
        self._stops += 1
        retry_at = now + STOPS.after(self._stops) if error.retried else _FOREVER
        self._not_before = retry_at
        problem = ChannelProblem(str(error), error.remedy)
        before = self._record(lambda state: state.waiting(problem, now, retry_at).counted(SendOutcome.STOPPED))
        (_log.info if before.stopped else _log.error)(
            "channel_closed",
            "no message is sent to {channel}: {error}. {remedy}",
            channel=self.notifier.name,
            error=error,
            remedy=error.remedy,
        )
        self._watch.messages_stopped(now)

    def _delayed(self, message: Message, error: NotNow) -> None:
        self._did_not_arrive(message)
        self._unclear = None
        self._wait(error, SendOutcome.DELAYED, error.retry_at)
        _log.warning(
            "message_delayed", "message {message_id} is sent later: {error}", message_id=message.id, error=error
        )

    def _uncertain(self, message: Message, error: PerhapsDone) -> None:
        now = self.now()
        if self._unclear is None or self._unclear[0] != message.id:
            self._unclear = (message.id, now)
        elif now - self._unclear[1] >= UNKNOWN_ERRORS:
            self._unclear = None
            self._refused(message, str(error))
            self._record(QueueState.working)
            return
        # It stays marked as tried: later the channel is searched for it.
        self._settled_at = self._wait(error, SendOutcome.UNCERTAIN, None, self.settling_time)
        _log.warning(
            "message_uncertain",
            "message {message_id} may have been sent: {error}; the channel is searched for it before it is sent again",
            message_id=message.id,
            error=error,
        )

    def _refused(self, message: Message, problem: str) -> None:
        self.outbox.refused(message, problem)
        _log.error(
            "message_refused", "message {message_id} was not sent: {error}", message_id=message.id, error=problem
        )
        self._not_before = self.now() + self.pace
        self._record(lambda state: state.counted(SendOutcome.REFUSED))

    def _did_not_arrive(self, message: Message) -> None:
        """Unmark it, unless the outcome of an earlier try is still unknown."""
        if not message.tried or message.receipt is not None:
            self.outbox.not_sent(message)

    def _wait(
        self,
        error: NotNow | PerhapsDone,
        outcome: SendOutcome,
        retry_at: datetime | None,
        at_least: timedelta | None = None,
    ) -> datetime:
        """Send nothing until the returned time: the one that the channel gave, else after a growing pause."""
        self._failures += 1
        now = self.now()
        until = max(retry_at or now + OUTAGES.after(self._failures), now + (at_least or self.pace))
        problem = ChannelProblem(str(error), _OUTAGE_REMEDY, stops=False)
        named = retry_at is not None
        self._record(lambda state: state.waiting(problem, now, until, named=named).counted(outcome))
        self._not_before = until
        return until

    def _record(self, change: Callable[[QueueState], QueueState]) -> QueueState:
        """Change the recorded state; returns the one before."""
        before = self.outbox.state()
        self.outbox.record(change(before))
        return before
