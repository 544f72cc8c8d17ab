"""The state of a queue of messages: whether the channel takes them, why not, and how often what happened. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum


class SendOutcome(StrEnum):
    """How an attempt to send a message ended.

    Attributes:
        SENT: it arrived, as a new message or as a new revision.
        DELAYED: it did not arrive; the channel is down, or allows no more requests now.
        UNCERTAIN: the answer was lost.
        STOPPED: the channel takes no messages until its configuration changes.
        REFUSED: the channel refuses the content of this message.
    """

    SENT = "sent"
    DELAYED = "delayed"
    UNCERTAIN = "uncertain"
    STOPPED = "stopped"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class ChannelProblem:
    """What is wrong with the configuration of a channel.

    Attributes:
        message: what is wrong.
        remedy: what a person has to do; a sentence.
        stops: no message arrives until it is solved.
    """

    message: str
    remedy: str
    stops: bool = True


@dataclass(frozen=True, slots=True)
class QueueState:
    """What is known about the sending of the messages of a queue.

    Attributes:
        channel: the name of the channel, such as `slack`; empty before the first start.
        where: the channel's address for people, such as `#builds`.
        problem: why messages wait; None: they do not.
        since: when the problem began.
        retry_at: when the next message is tried; None: at once.
        named: the channel itself named `retry_at`, so it holds through a restart.
        notes: what is wrong with the configuration although messages arrive.
        outcomes: how many attempts ended like this.
    """

    channel: str = ""
    where: str = ""
    problem: ChannelProblem | None = None
    since: datetime | None = None
    retry_at: datetime | None = None
    named: bool = False
    notes: tuple[ChannelProblem, ...] = ()
    outcomes: Mapping[str, int] = field(default_factory=dict)

    @property
    def stopped(self) -> bool:
        """Whether no message arrives until a person changes something."""
        return self.problem is not None and self.problem.stops

    @property
    def notice(self) -> str:
        """The problem and the notes for a person; empty where there are none."""
        found = (*filter(None, (self.problem,)), *self.notes)
        return " ".join(f"{self.channel}: {each.message}. {each.remedy}".strip() for each in found)

    def waiting(
        self, problem: ChannelProblem, now: datetime, retry_at: datetime | None, *, named: bool = False
    ) -> "QueueState":
        """With this problem; `since` stays, except where an outage becomes a fault of the configuration or back."""
        same = self.problem is not None and self.problem.stops == problem.stops
        since = self.since if same else now
        return replace(self, problem=problem, since=since, retry_at=retry_at, named=named)

    def working(self) -> "QueueState":
        """A message has arrived, so nothing stops the others."""
        return replace(self, problem=None, since=None, retry_at=None, named=False)

    def checked(self, found: Sequence[ChannelProblem], now: datetime, *, idle: bool) -> "QueueState":
        """After a check of the channel: the first problem that stops it, and notes.

        While messages wait, a problem that the check does not see stays until one arrives.
        """
        notes = tuple(each for each in found if not each.stops)
        stops = next((each for each in found if each.stops), None)
        if stops is not None:
            return replace(self.waiting(stops, now, self.retry_at), notes=notes)
        return replace(self.working() if idle else self, notes=notes)

    def counted(self, outcome: SendOutcome) -> "QueueState":
        """With one more attempt that ended like this."""
        return replace(self, outcomes={**self.outcomes, outcome.value: self.outcomes.get(outcome.value, 0) + 1})


@dataclass(frozen=True, slots=True)
class Refusals:
    """A reason why messages were refused; `since` is when the oldest of them was queued."""

    text: str
    messages: int
    since: datetime


@dataclass(frozen=True, slots=True)
class QueueFigures:
    """A queue in numbers: how many messages wait, since when the oldest does, and which were refused."""

    state: QueueState
    waiting: int
    oldest: datetime | None
    refusals: tuple[Refusals, ...]
