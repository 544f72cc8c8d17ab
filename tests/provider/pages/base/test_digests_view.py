"""The digest history of an image, as its pages show it."""

from dataclasses import replace

from provider.pages.base.digests_view import digest_rows, shown_digests
from tests.provider.web_images import base, digest, update

NODE = base("node", updates=(update(9, "1", None, 6), update(6, "2", "1", 2), update(2, "1", "2")))


def test_the_newest_digest_is_first() -> None:
    """Each with how many images contain it."""
    rows = digest_rows(NODE, shown_digests(NODE, 1, 10), {digest("2"): 7})

    assert [row.update for row in rows] == list(reversed(NODE.updates))
    assert [row.built_from for row in rows] == [0, 7, 0]
    assert [row.current for row in rows] == [True, False, False]
    assert [row.baseline for row in rows] == [False, False, True]


def test_a_digest_that_the_tag_moved_back_to_says_so() -> None:
    """Only the later time."""
    assert [row.again for row in digest_rows(NODE, shown_digests(NODE, 1, 10), {})] == [True, False, False]


def test_pages_go_on_with_older_digests() -> None:
    """One past the end is empty; so is a history that has not begun."""
    assert [each.digest for each in shown_digests(NODE, 2, 2)] == [digest("1")]
    assert shown_digests(NODE, 3, 2) == []
    assert digest_rows(base("new"), shown_digests(base("new"), 1, 2), {}) == []


def test_a_digest_that_is_gone_is_not_current() -> None:
    """The last entry of an image whose tag cannot be read any more has a time at which it was last seen."""
    gone = replace(NODE, updates=(update(9, "1", None, 6),))
    assert [row.current for row in digest_rows(gone, gone.updates, {})] == [False]
