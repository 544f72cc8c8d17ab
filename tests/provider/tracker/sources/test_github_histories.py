"""Tests of lists at GitHub that change in ways that mislead, through polls that are recorded."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from provider.tracker.decisions.repository import RepositoryState
from provider.tracker.decisions.wanted import ListSource
from tests.peers.exchange import json_answer
from tests.peers.github.scripts import answered, carried_out, unavailable
from tests.provider.tracker.sources.test_github_identity import OLD, Subject, engine, made_subject

__all__ = ["engine", "made_subject"]

DAY = datetime(2026, 1, 1, 12, tzinfo=UTC)


def standing(subject: Subject) -> tuple[str | None, set[str]]:
    """The latest version, and those that count as withdrawn."""
    latest = subject.store.get(1).latest
    return latest.version if latest else None, {each.version for each in subject.store.known(1) if each.withdrawn}


def without_releases(subject: Subject) -> None:
    """Remove the release and its tag that the repository has at first."""
    repository = subject.github.state.repositories[OLD]
    repository.releases.clear()
    repository.tags.clear()


TAGS = (
    ("v1.0.0", "v1.1.0", "v1.2.0", "v1.3.0"),
    ("1.8", "1.9", "1.10", "1.11"),
    ("release-3.6.8", "release-3.6.9", "release-3.6.10", "release-3.6.11"),
    ("jdk-21.0.1+9", "jdk-21.0.1+10", "jdk-21.0.1+11", "jdk-21.0.1+12"),
    ("REL_16_2", "REL_16_3", "REL_16_4", "REL_17_0"),
)


@pytest.mark.parametrize("released", [0, 1])
@pytest.mark.parametrize("tags", TAGS, ids=[tags[0] for tags in TAGS])
def test_tracker_a_release_of_an_old_tag_loses_no_later_tag(
    subject: Subject, tags: tuple[str, ...], released: int
) -> None:
    """The highest tag stays the latest, nothing is withdrawn, and the next tag is announced."""
    without_releases(subject)
    *older, new = tags
    for tag in older:
        subject.github.add_tag(OLD, tag)
    subject.add()
    subject.github.add_release(OLD, older[released], published_at=DAY)
    subject.poll()
    assert (standing(subject), subject.told()) == ((older[-1], set()), [])
    subject.github.add_tag(OLD, new)
    subject.poll()
    assert (standing(subject), subject.told()) == ((new, set()), [new])


@pytest.mark.parametrize(
    ("channel", "number"), [("nightly", 1), ("nightly", 40), ("edge", 3), ("continuous", 12), ("latest", 40)]
)
def test_tracker_a_channel_that_is_made_anew_announces_no_old_tags(subject: Subject, channel: str, number: int) -> None:
    """A poll that falls into the gap finds no release, and takes the tags for none."""
    without_releases(subject)
    for minor in range(number):
        subject.github.add_tag(OLD, f"v0.{minor}.0")
    subject.github.add_release(OLD, channel, prerelease=True)
    subject.add()
    subject.github.state.repositories[OLD].releases.clear()
    subject.poll()
    assert (standing(subject), subject.told()) == ((channel, set()), [])
    subject.github.add_release(OLD, channel, prerelease=True)
    subject.poll()
    assert (standing(subject), subject.told()) == ((channel, set()), [])


@pytest.mark.parametrize(
    ("source", "told"),
    [
        (None, []),
        (ListSource.RELEASES, []),
        (ListSource.TAGS, ["1.5.0", "1.4.0", "1.3.0", "1.2.0", "1.1.0"]),
        (ListSource.BOTH, ["1.5.0", "1.4.0", "1.3.0", "1.2.0", "1.1.0"]),
    ],
)
def test_tracker_tags_without_releases_are_announced_where_they_are_wanted(
    subject: Subject, source: ListSource | None, told: list[str]
) -> None:
    """A publisher made one release, and only tags since."""
    subject.add(source=source)
    for minor in range(1, 6):
        subject.github.add_tag(OLD, f"1.{minor}.0")
    subject.poll()
    assert subject.told() == told


@pytest.mark.parametrize("version", ["v1.1.0", "v1.30.1+k3s1", "2.8.0", "release-3"])
def test_tracker_a_pre_release_that_is_promoted_is_told_twice(subject: Subject, version: str) -> None:
    """Once as a pre-release, once when its mark is removed, and not again."""
    subject.add()
    subject.github.add_release(OLD, version, prerelease=True)
    subject.poll()
    assert subject.told() == [version]
    releases = subject.github.state.repositories[OLD].releases
    releases[-1] = replace(releases[-1], prerelease=False)
    subject.poll()
    subject.poll(hours=24)
    assert subject.told() == [version, version]


@pytest.mark.parametrize("hours", [1, 6, 24, 24 * 7])
def test_tracker_a_tag_that_was_made_anew_is_told_with_both_hashes(subject: Subject, hours: int) -> None:
    """At the latest by the daily poll that reads everything."""
    subject.add()
    subject.poll()
    before = subject.store.known(1)[0].hash
    now = subject.github.commit(OLD, {"moved": "1"})
    subject.github.add_tag(OLD, "1.0.0")
    subject.poll(hours=hours)
    subject.poll(hours=24)
    (release,) = subject.store.known(1)
    assert release.moved is not None
    assert (release.hash, release.moved.previous_hash) == (now, before)
    assert subject.told() == ["1.0.0"]


@pytest.mark.parametrize("limit", [1_000, 10_000])
def test_tracker_a_list_that_github_ends_fails_no_poll(subject: Subject, limit: int) -> None:
    """New releases are found, and what is behind the end is not withdrawn."""
    for minor in range(199):
        subject.github.add_release(OLD, f"0.{minor}.0", published_at=DAY - timedelta(days=400 - minor))
    beyond = json_answer(422, {"message": f"Only the first {limit} results are available."})
    steps = (carried_out, carried_out, answered(beyond))
    subject.github.script(f"GET /repos/{OLD}/releases", *steps)
    subject.add()
    subject.github.add_release(OLD, "2.0.0")
    subject.github.script(f"GET /repos/{OLD}/releases", *steps)
    after = subject.poll()
    assert (after.error, standing(subject), subject.told()) == (None, ("2.0.0", set()), ["2.0.0"])


@pytest.mark.parametrize("status", [502, 503, 504])
@pytest.mark.parametrize("source", [ListSource.RELEASES, ListSource.TAGS], ids=["releases", "tags"])
def test_tracker_a_full_page_that_fails_is_read_in_smaller_ones(
    subject: Subject, source: ListSource, status: int
) -> None:
    """So the poll succeeds."""
    subject.add(source=source)
    subject.github.add_release(OLD, "1.1.0")
    subject.github.script(f"GET /repos/{OLD}/{source}", *[unavailable(status)] * 3)
    after = subject.poll()
    assert (after.error, subject.told()) == (None, ["1.1.0"])


SECONDARY = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."


@pytest.mark.parametrize("status", [403, 429])
@pytest.mark.parametrize(
    ("words", "headers"),
    [
        (SECONDARY, [("Retry-After", "120")]),
        (SECONDARY, []),
        ("API rate limit exceeded for installation ID 1.", [("X-RateLimit-Remaining", "0"), ("Retry-After", "3600")]),
        ("You have triggered an abuse detection mechanism. Please wait.", [("Retry-After", "60")]),
    ],
)
def test_tracker_a_limit_of_github_is_calm(
    subject: Subject, status: int, words: str, headers: list[tuple[str, str]]
) -> None:
    """The repository waits, and no error is recorded."""
    subject.add()
    limited = json_answer(status, {"message": words}, *headers)
    subject.github.script(f"GET /repos/{OLD}/releases", answered(limited))
    after = subject.poll()
    assert (after.state, after.error, after.failures) == (RepositoryState.WAITING, None, 0)
    assert after.waiting is not None
    assert after.waiting.until > subject.clock.at
