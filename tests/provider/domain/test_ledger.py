"""Tests of the history of a tag, and of the digests in it that are newer than an image's."""

from datetime import timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from provider.domain.ledger import BuiltOn, Ledger, Observation
from tests.provider.domain.samples import DAY, HOUR, START, digest, ledger

CHECKS = st.lists(st.tuples(st.sampled_from("abcde"), st.integers(-50, 100)), max_size=12)


def checked(checks: list[tuple[str, int]]) -> Ledger:
    """A ledger after checks by a clock that jumps."""
    found, hours = Ledger(), 0
    for letter, step in checks:
        hours += step
        found = found.observe(START + hours * HOUR, digest(letter))
    return found


def candidates(seen: Ledger, built_on: str, at: timedelta = timedelta(0), platforms: tuple[str, ...] = ()) -> list[str]:
    """The letters of the candidates."""
    found = seen.candidates(BuiltOn(digest(built_on), START + at), platforms)
    return [bytes.fromhex(each.digest.removeprefix("sha256:").lstrip("0")).decode() for each in found]


@given(CHECKS)
def test_observing_never_reorders(checks: list[tuple[str, int]]) -> None:
    """With any clock, each digest begins where the one before it ended, and none earlier."""
    seen = checked(checks).observations

    assert all(one.first_seen <= two.first_seen == one.last_seen for one, two in pairwise(seen))
    assert all(one.digest != two.digest for one, two in pairwise(seen))


@given(CHECKS.filter(bool), st.integers(-50, 100))
def test_a_check_that_finds_the_same_digest_changes_nothing(checks: list[tuple[str, int]], hours: int) -> None:
    """The result is the same ledger, so nothing is committed."""
    seen = checked(checks)

    assert seen.observe(START + hours * HOUR, digest(checks[-1][0])) is seen


@given(CHECKS, st.sampled_from("abcdex"))
def test_no_candidate_was_withdrawn_and_none_is_older(checks: list[tuple[str, int]], built_on: str) -> None:
    """Nothing between two sightings of one digest, and nothing before the newest sighting of what was built on."""
    seen = checked(checks)
    letters = [each.digest for each in seen.observations]
    for found in seen.candidates(BuiltOn(digest(built_on), START)):
        place = len(letters) - 1 - letters[::-1].index(found.digest)
        assert seen.observations[place] == found
        assert not set(letters[:place]) & set(letters[place + 1 :])
        assert digest(built_on) not in letters[place:]


def test_the_first_observation_is_the_baseline() -> None:
    """It is not an update for images that are built from it."""
    assert candidates(ledger(("a", timedelta(0))), "a") == []


def test_returning_withdraws_what_lay_between() -> None:
    """After A, B, A no image is rebuilt on B, and an image on B is rebuilt on A."""
    seen = ledger(("a", timedelta(0)), ("b", DAY), ("a", 2 * DAY))

    assert candidates(seen, "a") == []
    assert candidates(seen, "b") == ["a"]
    assert seen.observations[-1].first_seen == START + 2 * DAY


def test_a_digest_that_is_gone_is_no_candidate() -> None:
    """The digests before and after it still are candidates."""
    seen = ledger(("a", timedelta(0)), ("b", DAY), ("c", 2 * DAY)).without(digest("c"))

    assert candidates(seen, "a") == ["b"]


def test_an_unknown_digest_lies_before_what_was_current_then() -> None:
    """What was replaced before we learned of it is older; the rest is newer."""
    seen = ledger(("a", timedelta(0)), ("b", DAY), ("c", 3 * DAY))

    assert candidates(seen, "x", 2 * DAY) == ["b", "c"]


def test_a_repoint_is_judged_by_the_platforms_in_use() -> None:
    """Only arm changed: an image for amd has nothing to do, one for both has."""
    children = {"a": {"amd": "1", "arm": "2"}, "b": {"amd": "1", "arm": "3"}}
    seen = ledger(("a", timedelta(0)), ("b", DAY), platforms=children)

    assert candidates(seen, "a", platforms=("amd",)) == []
    assert candidates(seen, "a", platforms=("amd", "arm")) == ["b"]
    assert candidates(seen, "a") == ["b"]
    assert not seen.observations[-1].repoint


def test_an_index_over_the_same_children_is_a_repoint() -> None:
    """It is recorded as a repoint, and causes no rebuild."""
    seen = ledger(("a", timedelta(0)), ("b", DAY), platforms={"a": {"amd": "1"}, "b": {"amd": "1"}})

    assert seen.observations[-1].repoint
    assert candidates(seen, "a") == []


def test_returning_to_the_same_children_withdraws_what_lay_between() -> None:
    """A retracted image often comes back under another index."""
    children = {"a": {"amd": "1"}, "b": {"amd": "2"}, "c": {"amd": "1"}}
    seen = ledger(("a", timedelta(0)), ("b", DAY), ("c", 2 * DAY), platforms=children)

    assert candidates(seen, "a") == []
    assert candidates(seen, "b") == ["c"]


def test_a_repoint_does_not_take_the_place_of_what_has_aged() -> None:
    """An index that is rebuilt each day over the same children must not delay the digest before it."""
    children = {"a": {"amd": "1"}, "b": {"amd": "2"}, "c": {"amd": "2"}}
    seen = ledger(("a", timedelta(0)), ("b", DAY), ("c", 2 * DAY), platforms=children)

    assert candidates(seen, "a") == ["b", "c"]
    assert candidates(seen, "b") == []


def test_a_platform_without_a_variant_means_whichever_there_is() -> None:
    """An enrolled linux/arm64 is the index's linux/arm64/v8: a repoint there is no reason to build."""
    first = Observation(digest("a"), START, platforms={"linux/arm64/v8": digest("x"), "linux/amd64": digest("y")})
    second = Observation(digest("b"), START, platforms={"linux/arm64/v8": digest("x"), "linux/amd64": digest("z")})

    assert first.same_for(("linux/arm64",), second)
    assert not first.same_for(("linux/amd64",), second)


def test_a_child_is_found_by_its_platform() -> None:
    """None where the index has none for it; two indexes without it are not the same for it."""
    one, two = (Observation(digest(letter), START, platforms={"linux/arm64/v8": digest("c")}) for letter in "ab")

    assert one.child("linux/arm64/v8") == one.child("linux/arm64") == digest("c")
    assert one.child("linux/s390x") is None
    assert not one.same_for(("linux/s390x",), two)
    assert one.same_for(("linux/arm64",), two)


def test_an_observation_says_who_saw_it() -> None:
    """The default is the poll."""
    seen = Ledger().observe(START, digest("a")).observe(START + HOUR, digest("b"))
    ledger = Ledger().observe(START, digest("a"), seen_by="webhook").observe(START, digest("b"), seen_by="build")

    assert [each.seen_by for each in seen.observations] == ["poll", "poll"]
    assert [each.seen_by for each in ledger.observations] == ["webhook", "build"]


def test_what_is_seen_again_is_not_gone() -> None:
    """History before it stays as it is."""
    seen = ledger(("a", timedelta(0)), ("b", HOUR), ("c", 2 * HOUR))

    assert seen.without(digest("c")).observe(START + DAY, digest("c")) == seen


def test_an_empty_ledger_holds_no_clock_back() -> None:
    """A later time does not stop the clock either."""
    assert Ledger().clamp(START) == START
    assert ledger(("a", HOUR)).clamp(START) == START + HOUR
    assert ledger(("a", HOUR)).clamp(START + DAY) == START + DAY


def test_a_return_is_judged_by_the_platforms_in_use() -> None:
    """For one platform the tag came back to what it was, for the other it went on."""
    children = {
        "a": {"linux/amd64": "1", "linux/arm64": "5"},
        "b": {"linux/amd64": "2", "linux/arm64": "6"},
        "c": {"linux/amd64": "1", "linux/arm64": "7"},
    }
    seen = ledger(("x", timedelta(0)), ("a", HOUR), ("b", 2 * HOUR), ("c", 3 * HOUR), platforms=children)

    assert candidates(seen, "x", platforms=("linux/amd64",)) == ["c"]
    assert candidates(seen, "x", platforms=("linux/arm64",)) == ["a", "b", "c"]


def test_an_unknown_digest_is_older_than_a_first_observation_that_is_current() -> None:
    """And than nothing that ended at the very moment when we learned of it."""
    assert candidates(ledger(("a", HOUR)), "x", at=DAY) == ["a"]
    assert candidates(ledger(("a", HOUR), ("b", 2 * HOUR)), "x", at=2 * HOUR) == ["b"]
