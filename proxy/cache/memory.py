"""The cache's entries in the memory of one process, bounded in bytes."""

import threading

from cachetools import LRUCache

from proxy.cache.rules import Failed, Held

Known = Held | Failed
# An upper estimate of the bytes around a body: measured about 1 kB with an empty body and a short key.
_OVERHEAD = 1_536


class Memory:
    """Entries and failures by key; the least recently read are removed first. Safe to use from many threads."""

    def __init__(self, most_bytes: int) -> None:
        self._lock = threading.Lock()
        self._known: LRUCache[str, tuple[Known, int]] = LRUCache(most_bytes, getsizeof=_size_of)

    def get(self, key: str) -> Known | None:
        """The entry or failure for this key; None if there is none."""
        with self._lock:
            try:
                return self._known[key][0]
            except KeyError:
                return None

    def put(self, key: str, known: Known) -> None:
        """Keep this for the key; an entry above the size limit is not kept."""
        size = _size(key, known)
        with self._lock:
            # The old entry goes even if the new one is too large to keep.
            self._known.pop(key, None)
            if size <= self._known.maxsize:
                self._known[key] = (known, size)


def _size_of(kept: tuple[Known, int]) -> int:
    return kept[1]


def _size(key: str, known: Known) -> int:
    texts = 2 * len(key)
    if isinstance(known, Failed):
        return _OVERHEAD + texts + len(str(known.error))
    headers = sum(len(name) + len(value) + _OVERHEAD // 8 for name, value in known.entry.headers.items())
    return _OVERHEAD + texts + headers + len(known.entry.body)
