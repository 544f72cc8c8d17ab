"""Cached answers: fresh ones without a request, old ones while the upstream fails, one request for many callers.

Start in `cache.py`; `rules.py` decides when a cached answer is used, `flights.py` joins callers of the same key.
"""

from proxy.cache.cache import Cache
from proxy.cache.entries import FOR_EVER, Cached, CacheEntry, Confirmed, Fetched, KnownAnswer, Storage, StorageFailed

__all__ = [
    "FOR_EVER",
    "Cache",
    "CacheEntry",
    "Cached",
    "Confirmed",
    "Fetched",
    "KnownAnswer",
    "Storage",
    "StorageFailed",
]
