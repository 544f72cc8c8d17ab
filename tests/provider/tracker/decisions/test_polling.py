"""Tests of what a poll changes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from provider.tracker.decisions.addresses import parse_address
from provider.tracker.decisions.kinds import TagForm
from provider.tracker.decisions.outcomes import (
    FailureNews,
    Found,
    News,
    NewsKind,
    PollFailure,
    PollResult,
    UnchangedList,
)
from provider.tracker.decisions.polling import DAILY, DEAD_AFTER, after_poll
from provider.tracker.decisions.release import FoundRelease, MovedTag, Release, ReleaseList
from provider.tracker.decisions.repository import MissingReleases, Tracked, TrackingError, TrackingWait
from provider.tracker.decisions.wanted import Prereleases, WantedVersions

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
    assert [news.release.version for news in result.announce] == ["1.10.0", "1.9.0"]
    assert draft in result.new

    out = _found(FoundRelease("3.0.0"), known=(Release(2, "3.0.0", draft=True),))
    assert [news.release.version for news in out.announce] == ["3.0.0"]
    assert out.changed == (Release(2, "3.0.0", first_seen=NOW, baseline=False),)


@pytest.mark.parametrize(
    "name", ["2.0.0\n3.0.0", "2.0.0" + "-a" * 30_000, "", " 2.0.0", "2.0.0\x00", "2.0.0\u202e-txt", "2.0.0\x1b[2J"]
)
def test_tracker_a_name_that_is_no_version_for_people_is_no_release(name: str) -> None:
    """Of a hostile server: it is not written, since no index could have it; nothing else of the list is lost."""
    result = _found(FoundRelease(name), FoundRelease("1.0.0", notes="notes"), FoundRelease("1.1.0"))
    assert [release.version for release in result.new] == ["1.1.0"]
    assert [news.release.version for news in result.announce] == ["1.1.0"]


def test_only_differences_are_written() -> None:
    """An unchanged list writes nothing, and fields that the source did not read keep their values."""
    same = FoundRelease("1.0.0", None, "notes")
    assert (_found(same).new, _found(same).changed, _found(same).announce) == ((), (), ())

    better = _found(FoundRelease("1.0.0", None, "better"))
    assert (better.changed, better.announce) == ((replace(OLD, notes="better"),), ())


def test_a_release_that_disappears_is_marked_as_withdrawn() -> None:
    """It is marked as withdrawn once, and it is not announced when it returns."""
    gone, other = replace(OLD, withdrawn=True), Release(2, "2.0.0")
    still = FoundRelease("2.0.0")

    assert _found(still, known=(OLD, other)).changed == (gone,)
    assert _found(still, known=(gone, other)).changed == ()
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
    nothing = after_poll(NOW, replace(TRACKED, version=4), (), UnchangedList(), HOUR)
    success = replace(nothing, new=(), changed=(), announce=(), memory="old", next_poll=NOW + HOUR, failures=0)
    assert after_poll(NOW, tracked, (OLD,), UnchangedList(), HOUR) == success

    for baseline in (True, False):
        failed = after_poll(NOW, replace(tracked, baseline=baseline), (OLD,), PollFailure("no answer"), HOUR)
        assert failed == replace(
            success,
            last_polled=NOW - HOUR,
            error=TrackingError(NOW, "no answer"),
            failures=3,
            failing_since=NOW,
            baseline=baseline,
        )


def test_each_value_that_a_source_publishes_is_stored() -> None:
    """The values of a known release replace the stored ones, and the source gets its memory at the next poll."""
    found = FoundRelease("1.0.0", NOW - HOUR, "other", "https://example.org/2", "cd" * 20, prerelease=True, draft=True)
    result = _found(found)

    assert result.changed == (
        Release(
            1,
            "1.0.0",
            NOW - HOUR,
            "other",
            "https://example.org/2",
            "cd" * 20,
            prerelease=True,
            draft=True,
            moved=MovedTag("ab" * 20, NOW),
        ),
    )
    assert result.memory == "new"


def _versions(number: int) -> tuple[FoundRelease, ...]:
    return tuple(FoundRelease(f"1.{minor}.0", listed_in=ReleaseList.TAGS) for minor in range(number))


def _stored(number: int) -> tuple[Release, ...]:
    return tuple(Release(minor, f"1.{minor}.0", listed_in=ReleaseList.TAGS) for minor in range(number))


def test_tracker_a_prerelease_that_is_promoted_is_news() -> None:
    """Also where pre-releases are only shown; the stored release is none any more."""
    before = Release(1, "1.1.0", prerelease=True)
    for prereleases in (Prereleases.TELL, Prereleases.SHOW):
        tracked = replace(TRACKED, wanted=replace(TRACKED.wanted, prereleases=prereleases))
        result = _found(FoundRelease("1.1.0"), tracked=tracked, known=(before,))
        assert result.announce == (News(FoundRelease("1.1.0"), NewsKind.PROMOTED),)
        assert result.changed == (replace(before, prerelease=False),)
    ignoring = replace(TRACKED, wanted=replace(TRACKED.wanted, prereleases=Prereleases.IGNORE))
    assert _found(FoundRelease("1.1.0"), tracked=ignoring, known=()).announce == (News(FoundRelease("1.1.0")),)


def test_tracker_a_tag_that_is_moved_is_news_with_both_hashes() -> None:
    """The new hash is stored with the old one; a channel moves by design, and a first hash is no move."""
    found = FoundRelease("1.0.0", hash="cd" * 20)
    result = _found(found)
    assert result.announce == (News(found, NewsKind.MOVED, "ab" * 20),)
    assert result.changed == (replace(OLD, notes="", hash="cd" * 20, moved=MovedTag("ab" * 20, NOW)),)

    nightly = Release(2, "nightly", hash="ab" * 20)
    channel = _found(FoundRelease("nightly", hash="cd" * 20), known=(nightly,))
    assert (channel.announce, channel.changed) == ((), (replace(nightly, hash="cd" * 20),))
    first = _found(FoundRelease("1.0.0", hash="cd" * 20), known=(replace(OLD, hash=None, notes=""),))
    assert (first.announce, first.changed[0].moved) == ((), None)
    mine = _found(found, known=(replace(OLD, by_hand=True),))
    assert (mine.announce, mine.changed) == ((), ())


@pytest.mark.parametrize(("left", "withdrawn"), [(10, 0), (9, 1), (8, 2), (7, 0), (1, 0), (0, 0)])
def test_tracker_a_poll_withdraws_at_most_a_fifth(left: int, withdrawn: int) -> None:
    """And nothing where the list is empty."""
    result = _found(*_versions(left), known=_stored(10))
    assert len(result.changed) == withdrawn
    assert all(release.withdrawn for release in result.changed)
    assert (result.missing is None) == (withdrawn > 0 or left == 10)


def test_tracker_many_releases_are_withdrawn_when_polls_over_a_day_agree() -> None:
    """The third poll, at least a day after the first one; a list that is complete again begins anew."""
    tracked, withdrawn = TRACKED, []
    for hours in (0, 12, 25):
        result = after_poll(NOW + hours * HOUR, tracked, _stored(10), Found(None, ()), HOUR)
        withdrawn.append(len(result.changed))
        tracked = replace(tracked, missing=result.missing)
    assert withdrawn == [0, 0, 10]
    assert tracked.missing is None

    early = replace(TRACKED, missing=MissingReleases(NOW, 5))
    assert after_poll(NOW + 23 * HOUR, early, _stored(10), Found(None, ()), HOUR).changed == ()
    assert after_poll(NOW + 30 * HOUR, early, _stored(10), Found(None, _versions(10)), HOUR).missing is None


def test_tracker_only_what_its_own_list_has_no_more_is_withdrawn() -> None:
    """A list that was not read, or not to its end, says nothing about its releases."""
    known = (*_stored(5), Release(9, "v9", listed_in=ReleaseList.RELEASES))
    found = _versions(4)
    for whole, gone in (
        (frozenset[ReleaseList](), set[int]()),
        (frozenset({ReleaseList.RELEASES}), set()),
        (frozenset({ReleaseList.TAGS}), {4}),
        (frozenset(ReleaseList), set()),
    ):
        result = after_poll(NOW, TRACKED, known, Found(None, found, whole=whole), HOUR)
        assert {release.id for release in result.changed} == gone


def test_tracker_what_another_list_shows_is_no_news() -> None:
    """A change between releases and tags is silent."""
    result = after_poll(NOW, TRACKED, (), Found(None, _versions(3), silent=True), HOUR)
    assert (len(result.new), result.announce) == (3, ())


def test_tracker_a_rate_limit_is_a_calm_state() -> None:
    """It is not known whether anything is wrong: what was wrong before stays as it was, and no failure is counted."""
    limited = after_poll(NOW, TRACKED, (), PollFailure("wait an hour", NOW + HOUR), HOUR)
    assert (limited.waiting, limited.error) == (TrackingWait(NOW + HOUR, "wait an hour"), None)
    assert (limited.failures, limited.failing_since, limited.last_polled) == (0, None, TRACKED.last_polled)

    broken = replace(TRACKED, error=TrackingError(NOW - HOUR, "gone"), failures=2, failing_since=NOW - 2 * HOUR)
    still = after_poll(NOW, broken, (), PollFailure("wait", NOW + HOUR), HOUR)
    assert (still.error, still.failures, still.failing_since) == (broken.error, 2, broken.failing_since)
    waiting = replace(TRACKED, waiting=limited.waiting)
    assert after_poll(NOW + HOUR, waiting, (), UnchangedList(), HOUR).waiting is None


def test_tracker_a_repository_that_fails_for_a_day_is_told_once() -> None:
    """And once more when its releases are found again; what fails for less is not told."""
    tracked, told = TRACKED, []
    for hours in (0, 12, 23, 24, 25, 50):
        result = after_poll(NOW + hours * HOUR, tracked, (), PollFailure("no such repository"), HOUR)
        told.append(result.tell)
        tracked = replace(
            tracked,
            error=result.error,
            failures=result.failures,
            failing_since=result.failing_since,
            failure_told=result.failure_told,
        )
    assert told == [None, None, None, FailureNews.FAILS, None, None]
    back = after_poll(NOW + 51 * HOUR, tracked, (), UnchangedList(), HOUR)
    assert (back.tell, back.failure_told, back.failing_since) == (FailureNews.WORKS_AGAIN, False, None)
    short = replace(TRACKED, error=TrackingError(NOW, "x"), failures=1, failing_since=NOW)
    assert after_poll(NOW + HOUR, short, (), UnchangedList(), HOUR).tell is None


def test_tracker_a_pause_that_this_service_chose_is_a_failure_that_does_not_count() -> None:
    """The host does not answer: that is no rate limit, and only requests that were sent count towards 100."""
    paused = after_poll(NOW, TRACKED, (), PollFailure("no answer", NOW + HOUR / 12, by_host=False), HOUR)
    assert (paused.error, paused.waiting) == (TrackingError(NOW, "no answer"), None)
    assert (paused.failures, paused.failing_since, paused.next_poll) == (0, NOW, NOW + HOUR / 12)
    down = replace(TRACKED, failing_since=NOW - DAILY)
    lasting = after_poll(NOW, down, (), PollFailure("no answer", NOW + HOUR / 12, by_host=False), HOUR)
    assert (lasting.tell, lasting.failure_told) == (FailureNews.FAILS, True)


def test_tracker_a_repository_that_is_given_up_is_told_once() -> None:
    """After 100 failures, whether they were told after a day or not; then daily, and when it works again."""
    for told in (True, False):
        almost = replace(TRACKED, failures=DEAD_AFTER - 1, failing_since=NOW - HOUR, failure_told=told)
        given_up = after_poll(NOW, almost, (), PollFailure("gone"), HOUR)
        assert (given_up.tell, given_up.failure_told, given_up.dead) == (FailureNews.DEAD, True, True)
        dead = replace(almost, failures=DEAD_AFTER, dead=True, failure_told=True)
        assert after_poll(NOW + DAILY, dead, (), PollFailure("gone"), HOUR).tell is None
        assert after_poll(NOW + DAILY, dead, (), PollFailure("limited", NOW + 2 * DAILY), HOUR).tell is None
        assert after_poll(NOW + DAILY, dead, (), UnchangedList(), HOUR).tell is FailureNews.WORKS_AGAIN


def _poll(tags: list[FoundRelease], known: tuple[Release, ...], tracked: Tracked = TRACKED) -> PollResult:
    return _found(*tags, tracked=replace(tracked, wanted=WantedVersions(TagForm.SEMVER)), known=known)


def test_tracker_a_plain_tag_that_comes_after_its_variants_is_no_news() -> None:
    """The release gets its hash silently: no tag was moved."""
    stored = Release(2, "1.1.0", hash="a", variants=("1.1.0-amd64",), tag="1.1.0-amd64")
    tags = [FoundRelease("1.0.0", NOW, "notes"), FoundRelease("1.1.0", hash="b"), FoundRelease("1.1.0-amd64", hash="a")]
    result = _poll(tags, (OLD, stored))
    assert result.changed == (Release(2, "1.1.0", hash="b", variants=("1.1.0-amd64",)),)
    assert (result.new, result.merged, result.announce) == ((), (), ())


def test_tracker_a_variant_that_is_moved_is_no_news_and_a_plain_tag_is() -> None:
    """A version's hash is that of its plain tag."""
    stored = Release(1, "1.0.0", hash="a", variants=("1.0.0-slim",))
    unmoved = _poll([FoundRelease("1.0.0", hash="a"), FoundRelease("1.0.0-slim", hash="other")], (stored,))
    assert (unmoved.changed, unmoved.announce) == ((), ())

    moved = _poll([FoundRelease("1.0.0", hash="b"), FoundRelease("1.0.0-slim", hash="c")], (stored,))
    assert [(news.kind, news.previous_hash) for news in moved.announce] == [(NewsKind.MOVED, "a")]


def test_tracker_a_variant_that_is_moved_is_news_where_it_stands_for_its_version() -> None:
    """There is no plain tag, so the hash is that of the variant."""
    stored = Release(1, "1.0.0", hash="a", variants=("1.0.0-arm64", "1.0.0-amd64"), tag="1.0.0-amd64")
    moved = _poll([FoundRelease("1.0.0-amd64", hash="b"), FoundRelease("1.0.0-arm64", hash="c")], (stored,))
    assert [(news.kind, news.previous_hash) for news in moved.announce] == [(NewsKind.MOVED, "a")]


def test_tracker_variants_that_were_releases_become_one_silently() -> None:
    """Rows of an earlier version are neither withdrawn nor announced."""
    rows = tuple(Release(number, f"1.{number}.0-{word}") for number in range(9) for word in ("amd64", "alpine"))
    rows = tuple(replace(row, id=number) for number, row in enumerate(rows))
    result = _poll([FoundRelease(row.version) for row in rows], rows)
    assert (result.new, result.announce, result.missing) == ((), (), None)
    assert [(row.id, row.version, row.withdrawn) for row in result.changed] == [
        (2 * number, f"1.{number}.0", False) for number in range(9)
    ]
    assert result.merged == tuple(range(1, 18, 2))


def test_tracker_a_variant_of_a_version_that_a_person_removed_stays_away() -> None:
    """A person removed the version; its variants bring it back neither at once nor later."""
    gone = Release(1, "1.0.0", by_hand=True)
    result = _poll([FoundRelease("1.0.0"), FoundRelease("1.0.0-alpine"), FoundRelease("1.0.0-amd64")], (gone,))
    assert (result.new, result.changed, result.announce) == ((), (), ())
