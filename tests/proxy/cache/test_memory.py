"""The cache's entries in memory."""

import tracemalloc
from dataclasses import replace

from proxy.cache.entries import CacheEntry
from proxy.cache.memory import Memory
from proxy.cache.rules import Held, failed, held
from proxy.errors import NotFound
from tests.proxy.cache.upstreams import MINUTE
from tests.proxy.clocks import NOW

ENTRY = CacheEntry(b"", {}, None, MINUTE, NOW)


def _held(size: int) -> Held:
    return held(replace(ENTRY, body=bytes(size)))


def test_the_least_recently_read_are_removed() -> None:
    """The bytes stay within their limit, and the entries read last stay."""
    memory = Memory(100_000)
    for number in range(9):
        memory.put(str(number), _held(9_000))
    memory.get("0")
    memory.put("new", _held(30_000))

    assert memory._known.currsize <= 100_000
    assert memory.get("0") is not None
    assert memory.get("1") is None


def test_an_entry_that_is_too_large_removes_only_its_old_version() -> None:
    """The old answer is removed if the new one is too large."""
    memory = Memory(50_000)
    memory.put("a", _held(10))
    memory.put("b", _held(10))
    memory.put("a", _held(60_000))

    assert memory.get("a") is None
    assert memory.get("b") is not None


def test_the_count_of_bytes_is_honest() -> None:
    """Many small answers and failures take little more memory than is counted."""
    memory = Memory(10_000_000)
    tracemalloc.start()
    try:
        for number in range(2_000):
            entry = replace(ENTRY, body=bytes(100 + number % 2), headers={"link": f"<{number}>"}, etag=f'"{number}"')
            memory.put(f"entry {number}", held(entry))
            memory.put(f"failure {number}", failed(NOW, NotFound(f"no {number}")))
        taken, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert taken <= 1.1 * memory._known.currsize
