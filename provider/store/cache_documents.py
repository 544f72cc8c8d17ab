"""A kept answer without its body as a JSON text, and back without loss; its key as a fingerprint. Pure."""

import hashlib
import json

from provider.store.json_dataclasses import loaded, plain, printed
from proxy.cache import CacheEntry


def document_of(entry: CacheEntry) -> str:
    """The entry in JSON, without its body."""
    fields = plain(entry)
    del fields["body"]
    return printed(fields)


def entry_of(document: str, body: bytes) -> CacheEntry:
    """The entry out of its JSON and its body."""
    return loaded(CacheEntry, {**json.loads(document), "body": body})


def fingerprint_of(key: str) -> str:
    """What stands for the key: keys may be longer, and hold other characters, than an index of PostgreSQL allows."""
    return hashlib.sha256(key.encode(errors="surrogatepass")).hexdigest()
