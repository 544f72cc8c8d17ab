"""Decides in how many messages new releases are announced: one for each repository, a few for many, or one a day. Pure.

Every announcement first waits in the database, in the transaction of its poll. Whatever goes out is removed in the
transaction that queues it, so each announcement goes out once, and a missed time is made up for.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta

from provider.notifications.message import Message, MessageKind

MOST_SEPARATE = 10
"""The most repositories within `BURST` that get a message each."""

BURST = timedelta(minutes=10)
GATHERING = timedelta(minutes=1)
"""How long announcements of many repositories are gathered before they go out together."""

MOST_TOGETHER = 40
"""The most repositories in a message of those that were gathered."""

MOST_KEPT = 100
"""The most repositories that the body of a daily summary has; more than a message shows."""


@dataclass(frozen=True, slots=True)
class WaitingAnnouncement:
    """The announcement of one repository, and when its releases were found."""

    message: Message
    found_at: datetime


@dataclass(frozen=True, slots=True)
class DueAnnouncements:
    """What goes out now: the messages to queue, and the ids of the announcements that they contain."""

    messages: tuple[tuple[Message, datetime], ...] = ()
    ids: tuple[str, ...] = ()


def due_announcements(
    now: datetime, waiting: Sequence[WaitingAnnouncement], sent: int, summary_at: time | None
) -> DueAnnouncements:
    """What goes out of the announcements that wait.

    Args:
        now: the time, in UTC.
        waiting: all that wait, the oldest first.
        sent: how many repositories got a message of their own within `BURST` before now.
        summary_at: the time of the day, in UTC, of the one summary a day; None: no summary.
    """
    if summary_at is not None:
        return _summary(now, waiting, summary_at)
    if sent + len(waiting) <= MOST_SEPARATE or len(waiting) == 1:
        return DueAnnouncements(tuple((each.message, each.found_at) for each in waiting), _ids(waiting))
    if now - min(each.found_at for each in waiting) < GATHERING:
        return DueAnnouncements()
    together = (_together(part, daily=False) for part in _parts(waiting))
    return DueAnnouncements(tuple((message, now) for message in together), _ids(waiting))


def _parts(waiting: Sequence[WaitingAnnouncement]) -> Iterator[Sequence[WaitingAnnouncement]]:
    """Parts of at most `MOST_TOGETHER`, of about one size, so that none has a single repository."""
    parts = -(-len(waiting) // MOST_TOGETHER)
    size = -(-len(waiting) // parts)
    for begin in range(0, len(waiting), size):
        yield waiting[begin : begin + size]


def last_summary(now: datetime, at: time) -> datetime:
    """When the last daily summary was to go out; both in UTC."""
    today = datetime.combine(now.date(), at, UTC)
    return today if today <= now else today - timedelta(days=1)


def without_notes(message: Message) -> Message:
    """The announcement of a repository as it is in a message about several."""
    found = message.body.get("releases")
    releases = found if isinstance(found, list | tuple) else ()
    short = [{**each, "notes": ""} for each in releases if isinstance(each, dict)]
    return replace(message, body={**message.body, "releases": short})


def _summary(now: datetime, waiting: Sequence[WaitingAnnouncement], at: time) -> DueAnnouncements:
    """One message for all that was found before the last time of a summary; nothing for a day without news."""
    last = last_summary(now, at)
    found = [each for each in waiting if each.found_at < last]
    return DueAnnouncements(((_together(found, daily=True), now),), _ids(found)) if found else DueAnnouncements()


def _together(some: Sequence[WaitingAnnouncement], *, daily: bool) -> Message:
    fingerprint = hashlib.sha256("\n".join(sorted(_ids(some))).encode()).hexdigest()[:32]
    body: dict[str, object] = {
        "daily": daily,
        "count": len(some),
        "repositories": [without_notes(each.message).body for each in some[:MOST_KEPT]],
    }
    return Message(f"summary-{fingerprint}", MessageKind.SUMMARY, "releases", body)


def _ids(some: Sequence[WaitingAnnouncement]) -> tuple[str, ...]:
    return tuple(each.message.id for each in some)
