"""What one process knows by heart, bounded in bytes."""

import threading

from cachetools import LRUCache

from proxy.cache.rules import Failed, Held

Known = Held | Failed
# What the objects around a body weigh, generously: measured about 1 kB with an empty body and a short key.
_AROUND = 1_536


class Memory:
    """Entries and failures by key; the longest unread leave first. Safe to use from many threads."""

    def __init__(self, most_bytes: int) -> None:
        self._lock = threading.Lock()
        self._known: LRUCache[str, tuple[Known, int]] = LRUCache(most_bytes, getsizeof=_size_of)

    def get(self, key: str) -> Known | None:
        """What is known under this key."""
        with self._lock:
            try:
                return self._known[key][0]
            except KeyError:
                return None

    def put(self, key: str, known: Known) -> None:
        """Know this under the key; what is larger than all room is not kept."""
        size = _size(key, known)
        with self._lock:
            # What was there is older than what could not be kept.
            self._known.pop(key, None)
            if size <= self._known.maxsize:
                self._known[key] = (known, size)


def _size_of(kept: tuple[Known, int]) -> int:
    return kept[1]


def _size(key: str, known: Known) -> int:
    texts = 2 * len(key)
    if isinstance(known, Failed):
        return _AROUND + texts + len(str(known.error))
    headers = sum(len(name) + len(value) + _AROUND // 8 for name, value in known.entry.headers.items())
    return _AROUND + texts + headers + len(known.entry.body)
