"""Many requests to one registry at once, in threads."""

from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue
from typing import TypeVar

Result = TypeVar("Result")
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


def run_all(tasks: Sequence[Callable[[], Result]], threads: int) -> Generator[Result, None, None]:
    """Run every task, started in their order; results are yielded as they are ready.

    A generator that is closed early waits for the running tasks and starts no more.

    Raises:
        Exception: a task raised it; a task that may fail should return its failure.
    """
    waiting = deque(tasks)
    done: SimpleQueue[tuple[Result, None] | tuple[None, BaseException]] = SimpleQueue()

    def work() -> None:
        while waiting:
            try:
                task = waiting.popleft()
            except IndexError:
                return
            try:
                done.put((task(), None))
            except BaseException as error:  # noqa: BLE001 - raised again in the caller's thread
                done.put((None, error))

    with ThreadPoolExecutor(max(1, min(threads, len(tasks)))) as pool:
        try:
            for _ in range(min(threads, len(tasks))):
                pool.submit(work)
            for _ in tasks:
                result, error = done.get()
                if error is not None:
                    raise error
                yield result  # type: ignore[misc]  # without an error it is a result
        finally:
            waiting.clear()
