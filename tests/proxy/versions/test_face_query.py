"""The query of the registry proxy."""

import pytest

from proxy.versions.face_query import A_TAG, PAGE_NUMBER, UP_TO_HUNDRED, UP_TO_THOUSAND, QueryKey, QueryRefused, checked

KEYS = {"page": PAGE_NUMBER, "per_page": UP_TO_HUNDRED}


def test_allowed_keys_are_passed_on() -> None:
    """Allowed values are not changed."""
    assert checked([("page", "3"), ("per_page", "100")], KEYS) == {"page": "3", "per_page": "100"}
    assert checked([], KEYS) == {}


@pytest.mark.parametrize(
    "query",
    [
        [("state", "deleted")],
        [("page", "1"), ("page", "2")],
        [("page", "0")],
        [("page", "-1")],
        [("page", "1&x=y")],
        [("page", "")],
        [("page", "٣")],
        [("per_page", "101")],
    ],
)
def test_other_keys_are_refused(query: list[tuple[str, str]]) -> None:
    """The message lists the allowed keys."""
    with pytest.raises(QueryRefused, match=r"per_page|page must be"):
        checked(query, KEYS)


@pytest.mark.parametrize(
    ("key", "good", "bad"),
    [
        (UP_TO_THOUSAND, ["1", "999", "1000"], ["0", "1001", "9999", "1e3"]),
        (A_TAG, ["1.0.0", "_x", "a" * 128], ["", "-x", "a b", "a/b", "a\n", "a" * 129]),
    ],
)
def test_values_are_checked(key: QueryKey, good: list[str], bad: list[str]) -> None:
    """Numbers must be in range, and tags must be valid."""
    assert all(map(key.allows, good))
    assert not any(map(key.allows, bad))
