"""Tests of the history of a tag, and of the digests in it that are newer than an image's."""

from datetime import timedelta
from itertools import pairwise

import pytest
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
    one, two = (
        Observation(
            digest(letter), START, platforms={"linux/arm64/v8": digest("c"), "linux/amd64": digest(f"x{letter}")}
        )
        for letter in "ab"
    )

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


SINGLE = Observation(digest("d"), START)


@pytest.mark.parametrize(
    ("children", "platforms", "same"),
    [
        ({"linux/amd64": "d"}, (), True),
        ({"linux/amd64": "d"}, ("linux/amd64",), True),
        ({"linux/amd64": "d", "linux/arm64": "e"}, ("linux/amd64",), True),
        ({"linux/amd64": "d", "linux/arm64": "e"}, (), False),
        ({"linux/amd64": "d", "linux/arm64": "e"}, ("linux/amd64", "linux/arm64"), False),
        ({"linux/amd64": "e"}, (), False),
        ({"linux/amd64": "e"}, ("linux/amd64",), False),
    ],
)
def test_an_index_over_exactly_one_manifest_is_the_same_image(
    children: dict[str, str], platforms: tuple[str, ...], same: bool
) -> None:
    """A publisher who begins to push an index changes nothing for the platforms that it had; and back again."""
    index = Observation(digest("i"), START, platforms={name: digest(letter) for name, letter in children.items()})

    assert (SINGLE.same_for(platforms, index), index.same_for(platforms, SINGLE)) == (same, same)
    for first, second in ((SINGLE, index), (index, SINGLE)):
        known = (
            Ledger()
            .observe(START, first.digest, first.platforms)
            .observe(START + HOUR, second.digest, second.platforms)
        )
        assert bool(known.candidates(BuiltOn(first.digest, START), platforms)) is (
            not same and not known.lost_platforms(platforms)
        )


def test_versions_of_windows_are_told_apart() -> None:
    """A new child for one version is a change; each version of the platform counts."""
    before = {"windows(10.0.17763.1)/amd64": "1", "windows(10.0.20348.1)/amd64": "2"}
    after = {"windows(10.0.17763.1)/amd64": "1", "windows(10.0.20348.9)/amd64": "3"}
    seen = ledger(("a", timedelta(0)), ("b", HOUR), platforms={"a": before, "b": after})

    assert seen.observations[0].children("windows/amd64") == (digest("1"), digest("2"))
    assert not seen.observations[1].repoint
    for platforms in ((), ("windows/amd64",)):
        assert [each.digest for each in seen.candidates(BuiltOn(digest("a"), START), platforms)] == [digest("b")]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("linux/arm64", "8"),
        ("linux/arm64/v8", "8"),
        ("linux/arm/v7", "7"),
        ("linux/arm", "6"),
        ("windows/amd64", "w"),
        ("linux/amd64", None),
        ("linux/ar", None),
        ("linux/arm/v8", None),
        ("linux/riscv64/v8", None),
    ],
)
def test_a_platform_is_found_in_every_spelling(wanted: str, found: str | None) -> None:
    """The default variant of arm64 may be written or not; without a variant any counts."""
    names = {"linux/arm64/v8": "8", "linux/arm/v6": "6", "linux/arm/v7": "7", "windows(10.0.1)/amd64": "w"}
    index = Observation(digest("i"), START, platforms={name: digest(letter) for name, letter in names.items()})

    assert index.child(wanted) == (digest(found) if found else None)
    plain = Observation(digest("i"), START, platforms={"linux/arm64": digest("8")})
    assert plain.child("linux/arm64/v8") == digest("8")
    assert SINGLE.child(wanted) is None
    assert SINGLE.children(wanted) == (digest("d"),)
    assert Observation(digest("u"), START, unread=True).children(wanted) == ()


BOTH = ("linux/amd64", "linux/arm64")


@pytest.mark.parametrize(
    ("children", "candidates", "lost"),
    [
        ([{"linux/amd64": "1", "linux/arm64": "2"}, {"linux/amd64": "3"}], [], ("linux/arm64",)),
        ([{"linux/amd64": "1", "linux/arm64": "2"}, {"linux/amd64": "3"}, {"linux/amd64": "4"}], [], ("linux/arm64",)),
        (
            [{"linux/amd64": "1", "linux/arm64": "2"}, {"linux/amd64": "3"}, {"linux/amd64": "3", "linux/arm64": "4"}],
            ["c"],
            (),
        ),
        ([{"linux/amd64": "1", "linux/arm64": "2"}, {}], [], BOTH),
        (
            [{"linux/amd64": "1"}, {"linux/amd64": "3", "linux/arm64": "4"}, {"linux/arm64": "5"}],
            ["b"],
            ("linux/amd64",),
        ),
        ([{"linux/amd64": "1"}, {"linux/amd64": "3"}], ["b"], ()),
        ([{"linux/amd64": "1", "linux/s390x": "2"}, {"linux/amd64": "3"}], ["b"], ()),
        ([{}, {"linux/amd64": "3"}], ["b"], ()),
        ([{"linux/amd64": "1"}, {}], ["b"], ()),
    ],
)
def test_an_index_that_lost_a_platform_of_the_image_is_no_candidate(
    children: list[dict[str, str]], candidates: list[str], lost: tuple[str, ...]
) -> None:
    """It is still being filled, or the publisher gave the platform up: in either case the build would fail."""
    letters = "abc"[: len(children)]
    platforms = dict(zip(letters, children, strict=True))
    seen = ledger(*((letter, position * HOUR) for position, letter in enumerate(letters)), platforms=platforms)

    assert [each.digest for each in seen.candidates(BuiltOn(digest("a"), START), BOTH)] == list(map(digest, candidates))
    assert seen.lost_platforms(BOTH) == lost
    assert Ledger().lost_platforms(BOTH) == ()


def test_a_digest_is_written_down_before_its_manifest_is_read() -> None:
    """It ages from its first sight, and becomes a candidate when its manifest has been read."""
    first = ledger(("a", timedelta(0)))
    unread = first.observe_unread(START + HOUR, digest("b"))
    assert unread.observe_unread(START + DAY, digest("b")) is unread
    assert unread.candidates(BuiltOn(digest("a"), START)) == []
    assert unread.observations[0].last_seen == START + HOUR

    read = unread.observe(START + DAY, digest("b"), {"linux/amd64": digest("1")})
    assert [each.first_seen for each in read.candidates(BuiltOn(digest("a"), START))] == [START + HOUR]
    assert read.observations[-1].platforms == {"linux/amd64": digest("1")}
    assert not read.observations[-1].unread
    assert read.observe(START + DAY, digest("b")) is read


def test_a_digest_that_is_read_later_can_be_a_repoint() -> None:
    """As if it had been read at once; the first digest of a tag never is."""
    children = {"linux/amd64": digest("1")}
    known = Ledger().observe(START, digest("a"), children).observe_unread(START + HOUR, digest("b"))
    assert not known.observations[-1].repoint
    assert known.observe(START + HOUR, digest("b"), children).observations[-1].repoint

    alone = Ledger().observe_unread(START, digest("a"))
    assert alone.observe(START + HOUR, digest("a"), children).observations[-1] == Observation(
        digest("a"), START, platforms=children
    )


def test_a_digest_that_is_back_can_be_read_or_not() -> None:
    """A digest that was gone counts again."""
    gone = ledger(("a", timedelta(0))).without(digest("a"))
    for back in (gone.observe(START + HOUR, digest("a")), gone.observe_unread(START + HOUR, digest("a"))):
        assert back.observations == ledger(("a", timedelta(0))).observations


def test_children_that_change_places_are_a_change() -> None:
    """The same two manifests for other platforms are another image."""
    one = Observation(digest("i"), START, platforms={"linux/amd64": digest("1"), "linux/arm64": digest("2")})
    other = Observation(digest("j"), START, platforms={"linux/amd64": digest("2"), "linux/arm64": digest("1")})

    assert not one.same_for((), other)
    assert not one.same_for(("linux/amd64",), other)


def test_a_digest_that_was_not_read_has_lost_nothing() -> None:
    """Its platforms are not known yet."""
    both = {"linux/amd64": digest("1"), "linux/arm64": digest("2")}

    assert Ledger().observe(START, digest("a"), both).observe_unread(START, digest("b")).lost_platforms(BOTH) == ()


def test_a_digest_that_is_back_and_still_cannot_be_read_is_not_read() -> None:
    """It becomes a candidate only with its manifest."""
    unread = ledger(("a", timedelta(0))).observe_unread(START + HOUR, digest("b"))
    back = unread.without(digest("b")).observe_unread(START + DAY, digest("b"))

    assert back == unread
    assert back.candidates(BuiltOn(digest("a"), START)) == []


def test_asking_changes_no_ledger() -> None:
    """What was computed for one image is no part of the history, and is not taken for other platforms or checks."""
    children = {"a": {"linux/amd64": "1", "linux/arm64": "5"}, "b": {"linux/amd64": "1", "linux/arm64": "6"}}
    asked, new = (ledger(("a", timedelta(0)), ("b", DAY), platforms=children) for _ in range(2))

    assert candidates(asked, "a", platforms=("linux/amd64",)) == []
    assert candidates(asked, "a", platforms=("linux/arm64",)) == ["b"]
    assert (asked, hash(asked), repr(asked)) == (new, hash(new), repr(new))
    moved = asked.observe(START + 2 * DAY, digest("c"), {"linux/amd64": digest("2"), "linux/arm64": digest("5")})
    assert candidates(moved, "b", platforms=("linux/amd64",)) == ["c"]
    assert candidates(moved, "b", platforms=("linux/arm64",)) == ["c"]
