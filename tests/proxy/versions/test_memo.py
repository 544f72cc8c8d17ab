"""Results that are kept in memory."""

from proxy.versions.memo import Memo


def test_a_result_is_computed_once_for_the_same_objects() -> None:
    """Equal objects are not the same objects: a list that was fetched again is parsed again."""
    memo: Memo[int] = Memo(lambda _: 1)
    parts = [bytes([1, 2]), bytes([3])]
    made: list[int] = []

    def make() -> int:
        made.append(1)
        return len(made)

    assert [memo.get("a", parts, make), memo.get("a", list(parts), make)] == [1, 1]
    assert memo.get("a", parts[:1], make) == 2
    assert memo.get("a", [bytes(bytearray(parts[0]))], make) == 3


def test_the_weight_of_results_is_limited() -> None:
    """The least recently used results are removed, and a result above the limit is not kept."""
    memo: Memo[str] = Memo(len, most=4)
    for key in ("a", "b", "c"):
        memo.get(key, [], lambda key=key: key)  # type: ignore[misc]  # mypy cannot infer a lambda with a default
    assert memo.get("c", [], lambda: "anew") == "c"
    assert memo.get("a", [], lambda: "anew") == "anew"
    assert memo.get("a", [], lambda: "again") == "again"
