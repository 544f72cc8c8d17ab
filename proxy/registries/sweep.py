"""The order of many requests to one registry."""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

Swept = TypeVar("Swept")

# The number of token batches that are fetched ahead, so that no request waits for a token.
BATCHES_AHEAD = 2


def with_preparations(
    items: Sequence[Swept], key: Callable[[Swept], str], firsts: Sequence[str]
) -> Iterator[tuple[Swept | None, str]]:
    """The items in their order, each batch's preparation some items ahead of the batch.

    Args:
        items: the items to process.
        key: returns the key of an item.
        firsts: the first key of each batch, in the order of the items.

    Yields:
        Pairs: an item and its key, or None and the first key of a batch to prepare.
    """
    batch_at = {first: number for number, first in enumerate(firsts)}
    for first in firsts[:BATCHES_AHEAD]:
        yield None, first
    for item in items:
        number = batch_at.pop(key(item), None)
        if number is not None and number + BATCHES_AHEAD < len(firsts):
            yield None, firsts[number + BATCHES_AHEAD]
        yield item, key(item)
