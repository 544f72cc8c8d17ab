"""Remembering what was made."""

from proxy.versions.memo import Memo


def test_it_is_made_once_of_the_same_objects() -> None:
    """Equal objects are not the same: a list that was fetched anew is read anew."""
    memo: Memo[int] = Memo(lambda _: 1)
    parts = [bytes([1, 2]), bytes([3])]
    made: list[int] = []

    def make() -> int:
        made.append(1)
        return len(made)

    assert [memo.get("a", parts, make), memo.get("a", list(parts), make)] == [1, 1]
    assert memo.get("a", parts[:1], make) == 2
    assert memo.get("a", [bytes(bytearray(parts[0]))], make) == 3


def test_only_so_many_are_remembered() -> None:
    """By weight; the longest unused leave, and what is too heavy alone is made again each time."""
    memo: Memo[str] = Memo(len, most=4)
    for key in ("a", "b", "c"):
        memo.get(key, [], lambda key=key: key)  # type: ignore[misc]  # mypy cannot infer a lambda with a default
    assert memo.get("c", [], lambda: "anew") == "c"
    assert memo.get("a", [], lambda: "anew") == "anew"
    assert memo.get("a", [], lambda: "again") == "again"
