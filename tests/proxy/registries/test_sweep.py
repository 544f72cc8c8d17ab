"""The order of many requests."""

from proxy.registries.sweep import with_preparations


def test_batches_are_prepared_ahead() -> None:
    """The first two are prepared at once, each further one when the batch two before it begins."""
    items = ["a1", "a2", "b1", "c1", "d1"]
    ordered = list(with_preparations(items, str, ["a1", "b1", "c1", "d1"]))

    assert [f"+{key}" if item is None else item for item, key in ordered] == [
        "+a1", "+b1", "+c1", "a1", "a2", "+d1", "b1", "c1", "d1",
    ]  # fmt: skip
