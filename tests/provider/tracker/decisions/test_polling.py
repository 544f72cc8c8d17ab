"""Tests of what a poll changes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from provider.tracker.decisions.addresses import parse_address
from provider.tracker.decisions.kinds import TagForm
from provider.tracker.decisions.outcomes import Found, PollFailure, PollResult, UnchangedList
from provider.tracker.decisions.polling import DAILY, DEAD_AFTER, after_poll
from provider.tracker.decisions.release import FoundRelease, Release
from provider.tracker.decisions.repository import Tracked, TrackingError
from provider.tracker.decisions.wanted import WantedVersions

NOW = datetime(2026, 3, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
TRACKED = Tracked(
    7,
    "app",
    NOW,
    parse_address("acme/app"),
    wanted=WantedVersions(TagForm.ANY),
    last_polled=NOW - HOUR,
    memory="old",
    baseline=False,
)
OLD = Release(1, "1.0.0", NOW, "notes", "https://example.org/1", "ab" * 20)


def _found(*releases: FoundRelease, tracked: Tracked = TRACKED, known: tuple[Release, ...] = (OLD,)) -> PollResult:
    return after_poll(NOW, tracked, known, Found(None, releases, "new"), HOUR)


def test_tracker_the_first_poll_announces_nothing() -> None:
    """Releases that existed before tracking began are not announced."""
    result = _found(FoundRelease("1.0.0"), tracked=replace(TRACKED, baseline=True, last_polled=None), known=())

    assert [release.version for release in result.new] == ["1.0.0"]
    assert result.announce == ()
    assert not result.baseline


def test_tracker_new_releases_are_announced_the_highest_first() -> None:
    """All new releases of a poll are announced together; a draft is announced when it is published."""
    draft = FoundRelease("3.0.0", draft=True)
    result = _found(FoundRelease("1.0.0"), FoundRelease("1.9.0"), draft, FoundRelease("1.10.0"))
    assert [release.version for release in result.announce] == ["1.10.0", "1.9.0"]
    assert draft in result.new

    out = _found(FoundRelease("3.0.0"), known=(Release(2, "3.0.0", draft=True),))
    assert [release.version for release in out.announce] == ["3.0.0"]
    assert out.changed == (Release(2, "3.0.0"),)


def test_only_differences_are_written() -> None:
    """An unchanged list writes nothing, and fields that the source did not read keep their values."""
    same = FoundRelease("1.0.0", None, "notes")
    assert (_found(same).new, _found(same).changed, _found(same).announce) == ((), (), ())

    moved = _found(FoundRelease("1.0.0", None, "better", None, "cd" * 20))
    assert moved.changed == (replace(OLD, notes="better", hash="cd" * 20),)
    assert moved.announce == ()


def test_a_release_that_disappears_is_marked_as_withdrawn() -> None:
    """It is marked as withdrawn once, and it is not announced when it returns."""
    gone = replace(OLD, withdrawn=True)

    assert _found().changed == (gone,)
    assert _found(known=(gone,)).changed == ()
    back = _found(FoundRelease("1.0.0", None, "notes"), known=(gone,))
    assert (back.changed, back.announce) == ((OLD,), ())


def test_a_release_that_a_person_edited_is_not_changed() -> None:
    """A poll does not change it, whether the source has the release or not."""
    mine = replace(OLD, by_hand=True)

    assert _found(known=(mine,)).changed == ()
    assert _found(FoundRelease("1.0.0", None, "theirs"), known=(mine,)).changed == ()


def test_of_two_releases_with_the_same_version_the_first_is_used() -> None:
    """The first one is used."""
    assert _found(FoundRelease("2.0.0", notes="a"), FoundRelease("2.0.0", notes="b")).new == (
        FoundRelease("2.0.0", notes="a"),
    )


def test_tracker_last_polled_moves_only_on_success() -> None:
    """An unchanged list is a success; a failure keeps the time and stores its message."""
    unchanged = after_poll(NOW, TRACKED, (OLD,), UnchangedList(), HOUR)
    assert (unchanged.last_polled, unchanged.next_poll, unchanged.memory) == (NOW, NOW + HOUR, "old")

    failed = after_poll(NOW, replace(TRACKED, failures=3), (OLD,), PollFailure("no such repository"), HOUR)
    assert (failed.last_polled, failed.failures, failed.next_poll) == (NOW - HOUR, 4, NOW + HOUR)
    assert failed.error == TrackingError(NOW, "no such repository")
    assert (failed.new, failed.changed, failed.announce) == ((), (), ())


def test_tracker_a_rate_limited_host_is_not_polled_before_its_reset() -> None:
    """A rate limit is not counted as a failure; a reset time in the past or in a year is ignored."""
    failed = after_poll(NOW, TRACKED, (), PollFailure("rate limit", NOW + 3 * HOUR), HOUR)
    assert (failed.next_poll, failed.failures) == (NOW + 3 * HOUR, 0)
    assert after_poll(NOW, TRACKED, (), PollFailure("", NOW - HOUR), HOUR).next_poll == NOW + timedelta(minutes=1)
    assert after_poll(NOW, TRACKED, (), PollFailure("", NOW + 365 * DAILY), HOUR).next_poll == NOW + DAILY


def test_tracker_after_100_failures_in_a_row_a_repository_is_dead_and_polled_daily() -> None:
    """After one success it is polled normally again."""
    almost = replace(TRACKED, failures=DEAD_AFTER - 2)
    assert not after_poll(NOW, almost, (), PollFailure("x"), HOUR).dead

    dead = after_poll(NOW, replace(almost, failures=DEAD_AFTER - 1), (), PollFailure("x"), HOUR)
    assert (dead.dead, dead.failures, dead.next_poll) == (True, DEAD_AFTER, NOW + DAILY)
    back = after_poll(NOW, replace(TRACKED, failures=200, dead=True), (), UnchangedList(), HOUR)
    assert (back.dead, back.failures, back.error, back.next_poll) == (False, 0, None, NOW + HOUR)


def test_a_poll_without_news_writes_only_how_polling_goes() -> None:
    """For the version of the repository that was polled, so that a change by a person since then is kept."""
    tracked = replace(TRACKED, version=4, failures=2)
    success = PollResult(7, 4, (), (), (), NOW, None, 0, False, NOW + HOUR, "old", False)
    assert after_poll(NOW, tracked, (OLD,), UnchangedList(), HOUR) == success

    for baseline in (True, False):
        failed = after_poll(NOW, replace(tracked, baseline=baseline), (OLD,), PollFailure("no answer"), HOUR)
        assert failed == replace(
            success,
            last_polled=NOW - HOUR,
            error=TrackingError(NOW, "no answer"),
            failures=3,
            baseline=baseline,
        )


def test_each_value_that_a_source_publishes_is_stored() -> None:
    """The values of a known release replace the stored ones, and the source gets its memory at the next poll."""
    found = FoundRelease("1.0.0", NOW - HOUR, "other", "https://example.org/2", "cd" * 20, prerelease=True, draft=True)
    result = _found(found)

    assert result.changed == (
        Release(1, "1.0.0", NOW - HOUR, "other", "https://example.org/2", "cd" * 20, prerelease=True, draft=True),
    )
    assert result.memory == "new"
