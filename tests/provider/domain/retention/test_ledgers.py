"""Which observations of a tag stay."""

from collections.abc import Mapping
from datetime import timedelta

import pytest

from provider.domain.ledger import BuiltOn, Ledger
from provider.domain.retention.ledgers import LEAST, shortened
from tests.provider.domain.samples import DAY, START, digest, ledger

LETTERS = "abcdefghijklmnopqrstuvwxyz"
AMD, ARM = "linux/amd64", "linux/arm64"
LATE = START + 100 * DAY


def daily(letters: str, platforms: Mapping[str, Mapping[str, str]] | None = None) -> Ledger:
    """A tag that moved to one of these each day."""
    return ledger(*((letter, day * DAY) for day, letter in enumerate(letters)), platforms=platforms)


def kept(known: Ledger, *built_on: BuiltOn, days: float = 100, missed: str = "") -> str:
    """The letters that stay, where everything that ended before so many days may go."""
    after = shortened(known, START + timedelta(days=days), built_on, [digest(letter) for letter in missed])
    return "".join(next(letter for letter in LETTERS if digest(letter) == seen.digest) for seen in after.observations)


def test_the_newest_observations_always_stay() -> None:
    """However old they are."""
    assert kept(daily(LETTERS)) == LETTERS[-LEAST:]
    assert kept(daily("abc")) == "abc"


@pytest.mark.parametrize(("days", "letters"), [(0, LETTERS), (1, LETTERS), (1.5, LETTERS[1:]), (5.5, LETTERS[5:])])
def test_what_ended_later_stays(days: float, letters: str) -> None:
    """An observation ends when the next one begins."""
    assert kept(daily(LETTERS), days=days) == letters


def test_what_an_image_is_built_from_stays_with_all_that_is_newer() -> None:
    """Of several images the oldest counts."""
    assert kept(daily(LETTERS), BuiltOn(digest("d"), LATE)) == LETTERS[3:]
    assert kept(daily(LETTERS), BuiltOn(digest("d"), LATE), BuiltOn(digest("c"), LATE)) == LETTERS[2:]


def test_what_the_tag_had_before_a_digest_stays_where_an_image_does_not_contain_that() -> None:
    """The first digest of a tag has none before it."""
    passed = BuiltOn(digest("f"), LATE)
    assert kept(daily(LETTERS), passed, missed="f") == LETTERS[4:]
    assert kept(daily(LETTERS), passed, missed="f", days=3.5) == LETTERS[3:]
    assert kept(daily(LETTERS), BuiltOn(digest("a"), LATE), missed="a") == LETTERS


def test_a_digest_that_the_tag_never_had_counts_from_the_time_when_it_was_learned() -> None:
    """What was current then stays."""
    assert kept(daily(LETTERS), BuiltOn(digest("never"), START + timedelta(days=4.5))) == LETTERS[4:]
    assert kept(daily(LETTERS), BuiltOn(digest("never"), START + timedelta(days=4))) == LETTERS[4:]
    assert kept(Ledger(), BuiltOn(digest("never"), START)) == ""


def test_a_digest_that_came_again_stays_with_those_that_its_return_withdrew() -> None:
    """Else they would become candidates."""
    for days in (2.5, 3.5):
        assert kept(daily("abcbdefghijklmnop"), days=days) == "bcbdefghijklmnop"
    assert kept(daily("abcbdefghijklmnop"), days=4.5) == "defghijklmnop"


def test_children_that_came_again_count_like_the_digest() -> None:
    """Two indexes with the same child are the same image on that platform."""
    children = {letter: {AMD: f"{letter}1", ARM: f"{letter}2"} for letter in LETTERS}
    children["d"] = {AMD: "b1", ARM: "d2"}

    assert kept(daily(LETTERS, children), days=2.5) == LETTERS[1:]
    assert kept(daily(LETTERS, children), days=4.5) == LETTERS[4:]


def test_the_last_index_with_a_platform_that_is_missing_now_stays() -> None:
    """Else an index that lost it would become a candidate."""
    children = {letter: {AMD: f"{letter}1"} for letter in LETTERS}
    children["b"] = {AMD: "b1", ARM: "b2"}

    assert kept(daily(LETTERS, children)) == LETTERS[1:]
    children["f"] = {AMD: "f1", ARM: "f2"}
    assert kept(daily(LETTERS, children)) == LETTERS[5:]
