"""The rules of the cache, one entry and one moment at a time."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from proxy.cache.entries import FOR_EVER, Cached, CacheEntry, Confirmed, Fetched
from proxy.cache.rules import (
    FAILURE_KEPT,
    LONGEST_QUIET,
    QUIET,
    REFRESH_EVERY,
    REFUSAL_KEPT,
    Failed,
    after_answer,
    after_failure,
    applies,
    failed,
    held,
    newer,
)
from proxy.errors import AddressRefused, Garbage, NotFound, OutsideFailure, Refused, Unavailable
from tests.proxy.clocks import NOW

MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)
ENTRY = CacheEntry(b"one", {"a": "b"}, "tag", MINUTE, NOW)


def test_a_fresh_entry_is_used_from_its_fetch_until_it_expires() -> None:
    """The end is excluded; an entry from further in the future than its freshness is not used."""
    known = held(ENTRY)

    assert known.give() == Cached(b"one", {"a": "b"}, NOW, stale=False, problem=None)
    assert [applies(known, NOW + step, refresh=False) for step in (-MINUTE, MINUTE - SECOND, MINUTE)] == [
        True,
        True,
        False,
    ]
    assert not applies(known, NOW - MINUTE - SECOND, refresh=False)


def test_a_reader_refreshes_five_seconds_after_the_last_refresh() -> None:
    """A first refresh is possible at once."""
    refreshed = held(replace(ENTRY, refreshed_at=NOW))

    assert not applies(held(ENTRY), NOW, refresh=True)
    assert applies(refreshed, NOW + REFRESH_EVERY - SECOND, refresh=True)
    assert not applies(refreshed, NOW + REFRESH_EVERY, refresh=True)
    assert applies(refreshed, NOW + REFRESH_EVERY, refresh=False)


def test_after_a_failure_the_old_answer_is_used_until_the_next_try() -> None:
    """The answer is marked stale and has the problem; no refresh is possible before."""
    known = held(replace(ENTRY, failed_at=NOW, retry_at=NOW + QUIET, problem="503"))

    assert known.give() == Cached(b"one", {"a": "b"}, NOW, stale=True, problem="503")
    assert (known.since, known.until, known.refresh_from) == (NOW - QUIET, NOW + QUIET, NOW + QUIET)
    assert known.entry.problem == "503"
    assert held(replace(ENTRY, failed_at=NOW)).answer == held(ENTRY).answer


def test_the_newer_of_two_entries_is_used() -> None:
    """The later fetch counts, then the later failure; a single entry is returned as it is."""
    later = replace(ENTRY, fetched_at=NOW + SECOND)
    troubled = replace(ENTRY, failed_at=NOW + MINUTE)

    assert newer(ENTRY, later) == newer(later, ENTRY) == newer(troubled, later) == later
    assert newer(ENTRY, troubled) == newer(troubled, ENTRY) == troubled
    assert newer(ENTRY, None) == newer(None, ENTRY) == ENTRY
    assert newer(None, None) is None


@pytest.mark.parametrize("refresh", [True, False])
def test_a_new_answer_is_a_new_entry(refresh: bool) -> None:
    """The new entry keeps the time of the last refresh."""
    before = replace(ENTRY, refreshed_at=NOW - MINUTE)
    answer = Fetched(b"two", MINUTE, "new", {"c": "d"})
    refreshed_at = NOW if refresh else NOW - MINUTE

    assert after_answer(NOW, before, answer, refresh=refresh) == CacheEntry(
        b"two", {"c": "d"}, "new", MINUTE, NOW, refreshed_at=refreshed_at
    )


def test_the_first_answer_has_no_refresh_time() -> None:
    """A freshness beyond the last possible date is shortened."""
    found = after_answer(NOW, None, Fetched(b"one", timedelta.max, None), refresh=False)

    assert found
    assert (found.refreshed_at, found.fresh_for) == (None, FOR_EVER)


def test_a_confirmed_answer_is_fresh_without_a_problem() -> None:
    """A confirmation removes the failure; without an entry there is nothing to confirm."""
    troubled = replace(ENTRY, failed_at=NOW, retry_at=NOW + QUIET, problem="503")

    found = after_answer(NOW + MINUTE, troubled, Confirmed(), refresh=False)
    assert found == replace(ENTRY, fetched_at=NOW + MINUTE)
    assert after_answer(NOW, None, Confirmed(), refresh=False) is None


@pytest.mark.parametrize(
    ("error", "retry_at"),
    [
        (Unavailable("503", NOW + MINUTE), NOW + MINUTE),
        (Unavailable("503", NOW + 2 * LONGEST_QUIET), NOW + LONGEST_QUIET),
        (Unavailable("503", NOW), NOW + QUIET),
        (Unavailable("503", NOW - MINUTE), NOW + QUIET),
        (Unavailable("503"), NOW + QUIET),
        (Refused("403"), NOW + QUIET),
    ],
)
def test_after_a_failure_the_next_try_is_when_the_upstream_says(error: OutsideFailure, retry_at: datetime) -> None:
    """At most five minutes later; without a time in the future, fifteen seconds later."""
    assert after_failure(NOW, ENTRY, error) == replace(ENTRY, failed_at=NOW, retry_at=retry_at, problem=str(error))


@pytest.mark.parametrize("error", [NotFound("none"), AddressRefused("10.0.0.1")])
def test_not_found_and_refused_entries_are_removed(error: OutsideFailure) -> None:
    """NotFound and AddressRefused are kept longer than transient failures."""
    assert after_failure(NOW, ENTRY, error) is None
    assert failed(NOW, error).until == NOW + REFUSAL_KEPT


def test_an_error_is_kept_for_some_seconds() -> None:
    """Each call raises a new copy, which collects no tracebacks."""
    error = Garbage("html")
    known = failed(NOW, error)

    assert isinstance(known, Failed)
    assert (known.since, known.until) == (NOW - FAILURE_KEPT, NOW + FAILURE_KEPT)
    assert known.refresh_from == NOW + REFRESH_EVERY
    with pytest.raises(Garbage, match="html") as caught:
        known.give()
    assert caught.value is not error
    assert caught.value is not known.error
