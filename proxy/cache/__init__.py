"""Answers that are kept: fresh ones without asking, old ones where the upstream fails, one request for many askers.

Start in `cache.py`; `rules.py` decides when a kept answer is good enough, `flights.py` joins askers of the same
thing.
"""

from proxy.cache.cache import Cache
from proxy.cache.entries import FOR_EVER, Cached, CacheEntry, Confirmed, Fetched, Storage, StorageFailed

__all__ = ["FOR_EVER", "Cache", "CacheEntry", "Cached", "Confirmed", "Fetched", "Storage", "StorageFailed"]
