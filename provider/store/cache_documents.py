"""Convert a cached response without its body to JSON and back without loss, and its key to a fingerprint. Pure."""

import hashlib
import json

from provider.store.json_dataclasses import loaded, plain, printed
from proxy.cache import CacheEntry


def document_of(entry: CacheEntry) -> str:
    """The entry as JSON, without its body."""
    fields = plain(entry)
    del fields["body"]
    return printed(fields)


def entry_of(document: str, body: bytes) -> CacheEntry:
    """The entry from its JSON and its body."""
    return loaded(CacheEntry, {**json.loads(document), "body": body})


def fingerprint_of(key: str) -> str:
    """A hash of the key: keys can be longer, and have other characters, than an index of PostgreSQL allows."""
    return hashlib.sha256(key.encode(errors="surrogatepass")).hexdigest()
