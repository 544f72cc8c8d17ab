"""In how many messages new releases are announced."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provider.notifications.message import Message, MessageKind
from provider.tracker.decisions.announcements.grouping import (
    GATHERING,
    MOST_KEPT,
    MOST_SEPARATE,
    MOST_TOGETHER,
    DueAnnouncements,
    WaitingAnnouncement,
    due_announcements,
    last_summary,
)

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
EIGHT = time(8)
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)


def waiting(number: int, found_at: datetime = NOW) -> WaitingAnnouncement:
    """The announcement of a repository."""
    body = {"repository": {"id": number, "name": f"app-{number}"}, "releases": [{"version": "1.0", "notes": "long"}]}
    return WaitingAnnouncement(Message(f"releases-{number}", MessageKind.RELEASES, f"app-{number}", body), found_at)


def many(number: int, found_at: datetime = NOW) -> list[WaitingAnnouncement]:
    """So many announcements."""
    return [waiting(each, found_at) for each in range(number)]


def names(message: Message) -> list[str]:
    """The repositories that a message is about."""
    if message.kind is MessageKind.RELEASES:
        return [message.subject]
    body: Any = message.body
    return [each["repository"]["name"] for each in body["repositories"]]


@pytest.mark.parametrize(("sent", "found"), [(0, 1), (0, 10), (5, 5), (9, 1), (500, 1)])
def test_tracker_a_few_repositories_have_a_message_each_at_once(sent: int, found: int) -> None:
    """One alone always has."""
    due = due_announcements(NOW, many(found), sent, None)

    assert [message.kind for message, _ in due.messages] == [MessageKind.RELEASES] * found
    assert [at for _, at in due.messages] == [NOW] * found


@pytest.mark.parametrize(("sent", "found"), [(0, 11), (10, 2), (9, 2), (0, 200)])
def test_tracker_many_repositories_are_gathered_for_a_minute(sent: int, found: int) -> None:
    """Then they have a few messages, without notes."""
    assert due_announcements(NOW + GATHERING - SECOND, many(found), sent, None) == DueAnnouncements()
    due = due_announcements(NOW + GATHERING, many(found), sent, None)

    assert len(due.messages) == -(-found // MOST_TOGETHER)
    assert {message.kind for message, _ in due.messages} == {MessageKind.SUMMARY}
    assert [name for message, _ in due.messages for name in names(message)] == [f"app-{n}" for n in range(found)]
    assert "long" not in str(due.messages)
    assert len({message.id for message, _ in due.messages}) == len(due.messages)


@pytest.mark.parametrize("number", [MOST_TOGETHER + 1, 2 * MOST_TOGETHER + 1])
def test_no_message_of_several_has_one_repository_alone(number: int) -> None:
    """They are of about one size."""
    due = due_announcements(NOW + GATHERING, many(number), 0, None)
    sizes = [len(names(message)) for message, _ in due.messages]
    assert max(sizes) - min(sizes) <= 1


@pytest.mark.parametrize(
    ("now", "found_at", "is_due"),
    [
        (NOW.replace(hour=7, minute=59), NOW - DAY, False),
        (NOW.replace(hour=8), NOW - DAY, True),
        (NOW.replace(hour=8), NOW.replace(hour=7), True),
        (NOW.replace(hour=8), NOW.replace(hour=8), False),
        (NOW, NOW.replace(hour=7), True),
        (NOW, NOW.replace(hour=9), False),
        (NOW + 5 * DAY, NOW, True),
    ],
)
def test_tracker_a_daily_summary_has_all_that_was_found_before_its_time(
    now: datetime, found_at: datetime, is_due: bool
) -> None:
    """If the service was down then, it goes out later; what is found after it is in the next one."""
    due = due_announcements(now, [waiting(1, found_at)], 0, EIGHT)
    assert bool(due.messages) is is_due


def test_tracker_a_day_without_releases_has_no_summary() -> None:
    """Nothing waits, so nothing goes out."""
    assert due_announcements(NOW, [], 0, EIGHT) == DueAnnouncements()


def test_tracker_a_summary_is_one_message_whatever_it_contains() -> None:
    """The body has the first hundred repositories, and the number of all."""
    due = due_announcements(NOW, many(1_000, NOW - DAY), 0, EIGHT)
    ((message, at),) = due.messages

    assert (at, message.body["daily"], message.body["count"], len(names(message))) == (NOW, True, 1_000, MOST_KEPT)
    assert len(due.ids) == 1_000


def test_tracker_without_the_setting_what_waited_for_a_summary_goes_out() -> None:
    """After a restart with other settings nothing is lost."""
    due = due_announcements(NOW, many(3, NOW - DAY), 0, None)
    assert [message.subject for message, _ in due.messages] == ["app-0", "app-1", "app-2"]


@given(
    st.lists(st.tuples(st.integers(0, 7_200), st.integers(1, 15)), max_size=25),
    st.lists(st.integers(1, 400), min_size=1, max_size=60),
    st.none() | st.just(time(12, 30)),
)
def test_every_announcement_goes_out_once_whenever_the_service_looks(
    found: list[tuple[int, int]], gaps: list[int], summary_at: time | None
) -> None:
    """At most ten have a message of their own within ten minutes, as long as more than one waits."""
    arrivals = sorted(NOW + timedelta(seconds=after) for after, times in found for _ in range(times))
    fresh = [waiting(number, at) for number, at in enumerate(arrivals)]
    now, held, out = NOW, list[WaitingAnnouncement](), list[str]()
    own: list[datetime] = []
    for gap in [*gaps, 7_200, 86_400, 120]:
        now += timedelta(seconds=gap)
        held += [each for each in fresh if each.found_at <= now]
        fresh = [each for each in fresh if each.found_at > now]
        recent = sum(at > now - timedelta(minutes=10) for at in own)
        due = due_announcements(now, held, recent, summary_at)
        singles = [at for message, at in due.messages if message.kind is MessageKind.RELEASES]
        assert len(singles) <= 1 or recent + len(singles) <= MOST_SEPARATE
        own += singles
        out += due.ids
        held = [each for each in held if each.message.id not in due.ids]
    assert held == fresh == []
    assert sorted(out) == sorted(f"releases-{number}" for number in range(len(arrivals)))


@given(st.integers(0, 10_000_000).map(lambda minutes: NOW + timedelta(minutes=minutes)), st.times())
def test_the_last_summary_is_at_most_a_day_ago(now: datetime, at: time) -> None:
    """And never in the future."""
    last = last_summary(now, at)
    assert timedelta(0) <= now - last < DAY
    assert last.time() == at
