"""Tests of polling one repository."""

from datetime import timedelta

import pytest

from provider.errors import NotTracked, PolledJustNow
from provider.tracker.decisions.outcomes import Found, PollFailure, UnchangedList
from provider.tracker.decisions.release import FoundRelease
from provider.tracker.decisions.repository import RepositoryState
from provider.tracker.services.editing import RepositoryRequest
from provider.tracker.services.polling import BETWEEN_REQUESTS, KeptVersions
from proxy.errors import KeptBack, NotFound, Unavailable
from tests.provider.tracker.services.tracker_world import TrackerWorld

PATH = "acme/portal"


def test_tracker_a_successful_poll_moves_last_polled() -> None:
    """The time changes even if the list did not, and a new release is stored."""
    world = TrackerWorld()
    tracked = world.tracked(PATH, "1.0.0")
    world.publish(PATH, "1.1.0")
    world.wait()

    polled = world.poller.poll_one(tracked.id)
    now = world.store.get(tracked.id)
    assert [release.version for release in polled.result.new] == ["1.1.0"]
    assert (now.last_polled, now.latest and now.latest.version) == (world.clock.at, "1.1.0")

    world.wait()
    assert world.poller.poll_one(tracked.id).outcome == UnchangedList()
    assert world.store.get(tracked.id).last_polled == world.clock.at


def test_tracker_a_failed_poll_keeps_last_polled_and_its_error() -> None:
    """The error is raised and stored, and the next success removes it."""
    world = TrackerWorld()
    before = world.tracked(PATH, "1.0.0")
    world.wait()
    world.github.fail(PATH, NotFound("there is no repository acme/portal"))

    with pytest.raises(NotFound):
        world.poller.poll_one(before.id)
    failed = world.store.get(before.id)
    assert (failed.last_polled, failed.failures, failed.state) == (before.last_polled, 1, RepositoryState.ERROR)
    assert failed.error is not None
    assert failed.error.message == "there is no repository acme/portal"

    world.github.heal()
    world.wait()
    world.poller.poll_one(before.id)
    assert world.store.get(before.id).error is None


def test_a_person_can_poll_one_repository_only_every_few_seconds() -> None:
    """A second request within seconds is refused with a retry time; another repository can be polled."""
    world = TrackerWorld()
    one, other = world.tracked(PATH, "1.0.0"), world.tracked("acme/other", "1.0.0")
    world.poller.poll_one(one.id)
    asked = len(world.github.asked)

    with pytest.raises(PolledJustNow) as refused:
        world.poller.poll_one(one.id)
    assert refused.value.retry_at == world.clock.at + BETWEEN_REQUESTS
    assert len(world.github.asked) == asked
    world.poller.poll_one(other.id)
    world.clock.sleep(BETWEEN_REQUESTS.total_seconds())
    world.poller.poll_one(one.id)


def test_an_unknown_repository_is_not_polled() -> None:
    """An unknown id raises NotTracked."""
    with pytest.raises(NotTracked):
        TrackerWorld().poller.poll_one(7)


def test_an_unexpected_error_is_stored_without_its_message(monkeypatch: pytest.MonkeyPatch) -> None:
    """The stored message refers to the log, which has the details."""
    world = TrackerWorld()
    tracked = world.tracked(PATH, "1.0.0")

    def broken(*_: object, **__: object) -> Found:
        raise ZeroDivisionError("hunter2")

    monkeypatch.setattr(world.github, "poll", broken)
    polled = world.poller.poll(tracked)
    assert polled.outcome == PollFailure("unexpected ZeroDivisionError; see the log of the service")
    assert isinstance(polled.error, ZeroDivisionError)


def test_a_source_receives_the_stored_versions() -> None:
    """Drafts are left out, because they may change, and releases without a hash, which is asked for again."""
    world = TrackerWorld()
    world.github.put(PATH, FoundRelease("1.0.0", hash="ab"), FoundRelease("1.0.1"), FoundRelease("2.0.0", draft=True))
    tracked = world.tracked(PATH)
    world.publish(PATH, "1.1.0")
    world.poller.poll(tracked)
    assert world.github.asked[-1].known == {"1.0.0"}


def test_stored_versions_are_read_only_if_they_are_used() -> None:
    """They are read once, and not at all if the source does not use them."""
    world = TrackerWorld()
    tracked = world.tracked(PATH, "1.0.0", "1.1.0")
    reads: list[int] = []

    def read() -> list[object]:
        reads.append(1)
        return list(world.store.known(tracked.id))

    kept = KeptVersions(read)  # type: ignore[arg-type]  # the list of releases, counted
    assert reads == []
    assert (len(kept), set(kept), "1.0.0" in kept, "2.0.0" in kept) == (2, {"1.0.0", "1.1.0"}, True, False)
    assert reads == [1]


def test_the_host_of_a_failure_is_remembered() -> None:
    """It is not polled before its retry time."""
    world = TrackerWorld()
    tracked = world.tracked(PATH, "1.0.0")
    until = world.clock.at + timedelta(minutes=20)
    world.github.fail(PATH, Unavailable("the rate limit is used up", until))
    world.poller.poll(tracked)

    assert world.poller.patience.paused("github", world.clock.at) == PollFailure(
        f"github is not polled before {until:%Y-%m-%d %H:%M:%S} UTC, because the poll of another repository failed: "
        "the rate limit is used up",
        until,
    )
    assert world.poller.patience.paused("github", until) is None


def test_a_request_that_was_not_sent_is_no_failure() -> None:
    """A limit of this service says nothing about the repository or its host: it waits, and no cause is remembered."""
    world = TrackerWorld()
    tracked = world.tracked(PATH, "1.0.0")
    for retry_at in (None, world.clock.at + timedelta(minutes=5)):
        world.github.fail(PATH, KeptBack("all requests that a host gets at a time are in progress", retry_at))
        result = world.poller.poll(tracked).result
        assert (result.error, result.failures, result.waiting is not None) == (None, 0, True)
        assert result.next_poll == (retry_at or world.clock.at + timedelta(minutes=1))
    assert world.poller.patience.paused("github", world.clock.at) is None


def test_a_person_cannot_poll_a_host_with_a_rate_limit() -> None:
    """No repository of the host can be polled or checked before the reset."""
    world = TrackerWorld()
    one, other = world.tracked(PATH, "1.0.0"), world.tracked("acme/other", "1.0.0")
    world.publish("acme/third", "1.0.0")
    world.github.fail(PATH, Unavailable("slow down", world.clock.at + timedelta(minutes=20)))
    with pytest.raises(Unavailable):
        world.poller.poll_one(one.id)
    asked = len(world.github.asked)

    with pytest.raises(Unavailable, match="slow down"):
        world.poller.poll_one(other.id)
    with pytest.raises(Unavailable, match="slow down"):
        world.editing.add(RepositoryRequest("acme/third"))
    assert len(world.github.asked) == asked
    world.clock.sleep(20 * 60)
    world.editing.add(RepositoryRequest("acme/third"))


def test_the_tag_that_a_hash_is_of_is_known() -> None:
    """So the hash of the plain tag is read as soon as it is there."""
    world = TrackerWorld()
    image = "quay.io/acme/app"
    tracked = world.tracked(image, "1.0.0-amd64", "1.0.0-arm64")
    world.publish(image, "1.0.0")
    world.poller.poll_one(tracked.id)
    assert world.container.asked[-1].known == {"1.0.0-amd64"}
    (one,) = world.store.releases(tracked.id, 9).items
    assert (one.version, one.hash, one.tag) == ("1.0.0", "hash of 1.0.0", None)
