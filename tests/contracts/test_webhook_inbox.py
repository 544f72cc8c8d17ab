"""The inbox of webhooks, over each database."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, update

from catalog.image import Conclusion
from catalog.reference import Digest, ImageReference
from provider.domain.events import (
    BuildReported,
    Event,
    ImagePushed,
    Pinged,
    ReleasePublished,
    RunChanged,
    SourcePushed,
)
from provider.store.engine import writing
from provider.store.operations.webhook_inbox import (
    SqlWebhookInbox,
    webhook_deliveries,
)
from provider.webhook_ports import AlreadyTaken, Delivery, DeliveryFilter, DeliveryState, Taken
from tests.databases import KINDS, migrated_engine
from tests.provider.store.samples import NOW

MINUTE = timedelta(minutes=1)
PUSHED = SourcePushed("github", "acme/portal", ("https://github.com/acme/portal.git",), "main")
APP = ImageReference("ghcr.io", "acme/app", "latest")
A, B = Digest("sha256:" + "a" * 64), Digest("sha256:" + "b" * 64)


@pytest.fixture(name="database", params=KINDS)
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An empty database of each kind."""
    with migrated_engine(request.param, tmp_path) as engine:
        yield engine


@pytest.fixture(name="inbox")
def made(database: Engine) -> SqlWebhookInbox:
    """The inbox in that database."""
    return SqlWebhookInbox(database)


def github(number: int, *events: Event, after: timedelta = timedelta(), reason: str = "") -> Delivery:
    """A delivery of GitHub with this number as its id."""
    return Delivery("github", f"d-{number}", NOW + after, "push", events, reason)


def image(number: int, digest: Digest | None, after: timedelta = timedelta()) -> Delivery:
    """A delivery that names this digest for one image."""
    return github(number, ImagePushed(APP, digest), after=after)


EVENTS: tuple[Event, ...] = (
    PUSHED,
    ImagePushed(APP, A),
    ImagePushed(ImageReference("registry.example.com:5000", "team/app", "1.2"), None),
    RunChanged("github-actions", "acme/portal", "30433642", None),
    RunChanged("gitlab", "acme/team/portal", "31", "r-1"),
    ReleasePublished("https://github.com/acme/portal"),
    BuildReported("r-1", "completed", Conclusion.TIMED_OUT, "https://ci.example.org/1"),
    BuildReported("r-1", "queued", None, None),
    Pinged(),
)


def test_every_event_comes_out_as_it_went_in(inbox: SqlWebhookInbox) -> None:
    """Open deliveries are listed from the oldest, at most as many as asked for."""
    for number, event in enumerate(EVENTS):
        assert isinstance(inbox.take(github(number, event)), Taken)

    assert [stored.delivery for stored in inbox.open(100)] == [github(*each) for each in enumerate(EVENTS)]
    assert [stored.delivery.id for stored in inbox.open(2)] == ["d-0", "d-1"]


def test_an_event_that_this_release_does_not_know_is_left_out(database: Engine, inbox: SqlWebhookInbox) -> None:
    """Another release may have stored it; the delivery can still be closed."""
    inbox.take(github(1, PUSHED))
    with writing(database) as connection:
        connection.execute(update(webhook_deliveries).values(events='[{"event":"Later"},{"event":"ImagePushed"},{}]'))

    assert [stored.delivery.events for stored in inbox.open(9)] == [()]


def test_a_delivery_that_is_sent_again_adds_nothing(inbox: SqlWebhookInbox) -> None:
    """Neither while it is open, nor after it is done; the same id of another sender is another delivery."""
    assert isinstance(inbox.take(github(1, PUSHED)), Taken)
    assert inbox.take(github(1, PUSHED, after=MINUTE)) == AlreadyTaken("this delivery was already taken")
    inbox.done([stored.number for stored in inbox.open(9)], "discovered acme/portal")
    assert isinstance(inbox.take(github(1, PUSHED, after=2 * MINUTE)), AlreadyTaken)
    assert isinstance(inbox.take(Delivery("gitlab", "d-1", NOW, "push", (PUSHED,))), Taken)

    assert [stored.delivery.sender for stored in inbox.open(9)] == ["gitlab"]


@pytest.mark.parametrize(
    ("digests", "taken"),
    [
        ((A, A), (True, False)),
        ((A, A, A), (True, False, False)),
        ((A, B), (True, True)),
        ((A, B, A), (True, True, True)),
        ((A, None, A), (True, True, True)),
        ((None, None), (True, True)),
    ],
)
def test_a_digest_that_was_just_heard_of_adds_nothing(
    inbox: SqlWebhookInbox, digests: tuple[Digest | None, ...], taken: tuple[bool, ...]
) -> None:
    """Only the last digest of a reference counts: a tag may change and change back. Without digest, each counts."""
    answers = [inbox.take(image(number, digest)) for number, digest in enumerate(digests)]

    assert tuple(isinstance(answer, Taken) for answer in answers) == taken
    assert len(inbox.open(9)) == sum(taken)


def test_after_an_hour_the_same_digest_is_checked_again(inbox: SqlWebhookInbox) -> None:
    """A change between the two may have gone unheard."""
    inbox.take(image(1, A))

    assert isinstance(inbox.take(image(2, A, after=59 * MINUTE)), AlreadyTaken)
    assert isinstance(inbox.take(image(3, A, after=60 * MINUTE)), Taken)


def test_a_duplicate_digest_among_others_is_left_out(inbox: SqlWebhookInbox) -> None:
    """What is new in the delivery stays; an event that is in it twice is there once."""
    inbox.take(image(1, A))
    inbox.take(github(2, ImagePushed(APP, A), PUSHED, PUSHED))

    assert [stored.delivery.events for stored in inbox.open(9)] == [(ImagePushed(APP, A),), (PUSHED,)]


def test_what_was_ignored_is_visible_with_its_reason(inbox: SqlWebhookInbox) -> None:
    """By itself, or because its digest was known; neither is open."""
    inbox.take(github(1, reason="a tag, not a branch\0"))
    inbox.take(image(2, A))
    inbox.take(image(3, A, after=MINUTE))

    ignored = inbox.recent(DeliveryFilter(state=DeliveryState.IGNORED), 1, 9)
    assert [stored.delivery.reason for stored in ignored.items] == [
        "the digest of this image was already reported by another delivery",
        "a tag, not a branch\ufffd",
    ]
    assert ignored.items[0].delivery.events == (ImagePushed(APP, A),)
    assert [stored.delivery.id for stored in inbox.open(9)] == ["d-2"]


def test_deliveries_are_found_by_sender_state_and_time(inbox: SqlWebhookInbox) -> None:
    """Newest first, in pages, each with what was done."""
    for number in range(4):
        inbox.take(github(number, PUSHED, after=number * MINUTE))
    inbox.take(Delivery("quay", "d-0", NOW, "push", (Pinged(),)))
    inbox.done([inbox.open(1)[0].number], "checked")
    inbox.done([], "nothing")

    def ids(**wanted: object) -> list[str]:
        return [stored.delivery.id for stored in inbox.every(DeliveryFilter(**wanted))]  # type: ignore[arg-type]  # a table of filters

    assert ids(sender="github") == ["d-3", "d-2", "d-1", "d-0"]
    assert ids(state=DeliveryState.DONE) == ["d-0"]
    assert ids(since=NOW + MINUTE, until=NOW + 3 * MINUTE) == ["d-2", "d-1"]
    first = inbox.recent(DeliveryFilter(sender="github"), 1, 3)
    second = inbox.recent(DeliveryFilter(sender="github"), 1, 3, first.end)
    assert [stored.delivery.id for stored in (*first.items, *second.items)] == ["d-3", "d-2", "d-1", "d-0"]
    assert (first.total, second.end, second.items[0].outcome) == (4, None, "checked")


def test_it_is_known_when_a_sender_or_a_registry_was_last_heard_of(inbox: SqlWebhookInbox) -> None:
    """An older delivery that arrives later does not set it back."""
    inbox.take(image(1, A, after=2 * MINUTE))
    inbox.take(image(2, B, after=MINUTE))
    inbox.take(github(3, reason="a tag", after=3 * MINUTE))

    assert inbox.last_heard("ghcr.io") == NOW + 2 * MINUTE
    assert inbox.last_heard("github") == NOW + 3 * MINUTE
    assert inbox.last_heard("quay.io") is None


def test_it_is_known_when_a_run_of_a_repository_was_last_reported(inbox: SqlWebhookInbox) -> None:
    """By the name of the group of runs, whatever the case of the repository's name."""
    inbox.take(github(1, RunChanged("github-actions", "Acme/Portal", "7", None), after=MINUTE))

    assert inbox.last_heard("github-actions acme/portal") == NOW + MINUTE
    assert inbox.last_heard("github-actions acme/billing") is None


def test_old_deliveries_are_removed_except_open_ones(inbox: SqlWebhookInbox) -> None:
    """An open one is never lost."""
    inbox.take(image(1, A))
    inbox.take(github(2, reason="a tag"))
    inbox.take(github(3, PUSHED))
    inbox.take(github(4, reason="a tag", after=MINUTE))
    inbox.done([stored.number for stored in inbox.open(1)], "checked")

    assert inbox.prune(NOW + MINUTE) == 2
    assert [stored.delivery.id for stored in inbox.every(DeliveryFilter())] == ["d-4", "d-3"]


def test_threads_take_each_delivery_once(inbox: SqlWebhookInbox) -> None:
    """Whoever comes second is a duplicate."""
    deliveries = [github(number % 10, ImagePushed(APP, None)) for number in range(40)]
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(inbox.take, deliveries))

    assert sum(isinstance(answer, Taken) for answer in answers) == 10
    assert len(inbox.open(100)) == 10
